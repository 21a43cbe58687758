"""One target under atheris, which sees the branches that an input takes: ``python -m tests.fuzz.guided TARGET COUNT``.

Runs in ``.venv-fuzz``, made by ``dev.py fuzz``.  A finding's input is kept in ``tests/fuzz/corpus``.
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["app", "crypto", "net"]):
    from tests.fuzz import corpus
    from tests.fuzz.campaign import FindingError, examine
    from tests.fuzz.registry import TARGETS
    from tests.fuzz.target import Target

_TIMEOUT_S = 20
_MEMORY_MIB = 2_048


def main() -> None:
    name, count = sys.argv[1:]
    target = TARGETS[name]
    with tempfile.TemporaryDirectory(prefix="kith-fuzz-") as folder, target.prepared() as check:
        samples, words = Path(folder, "samples"), Path(folder, "words")
        samples.mkdir()
        words.write_text(dictionary(target), encoding="ascii")
        for number, sample in enumerate([*corpus.load(name), *target.samples()]):
            (samples / str(number)).write_bytes(sample)

        def examine_one(data: bytes) -> None:
            try:
                examine(target, check, data)
            except FindingError as finding:
                print(f"kept as {corpus.keep(name, finding.data)}", flush=True)
                raise

        options: dict[str, object] = {
            "atheris_runs": count,
            "max_len": target.max_bytes,
            "timeout": _TIMEOUT_S,
            "rss_limit_mb": _MEMORY_MIB,
            "verbosity": 0,
            "artifact_prefix": f"{folder}/",
        }
        if target.words:  # libFuzzer takes an empty dictionary for a mistake
            options["dict"] = words
        flags = [f"-{option}={value}" for option, value in options.items()]
        atheris.Setup([sys.argv[0], *flags, str(samples)], examine_one)
        atheris.Fuzz()


def dictionary(target: Target) -> str:
    """The target's words in libFuzzer's form."""
    escaped = ("".join(f"\\x{byte:02x}" for byte in word[:64]) for word in target.words)
    return "".join(f'"{word}"\n' for word in escaped)


if __name__ == "__main__":
    main()
