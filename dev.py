#!/usr/bin/env python3
"""Everything a developer does with the tree, from a fresh clone on; needs nothing but Python 3.11.

    python3 dev.py setup            make .venv from the lock, with the command .venv/bin/kith
    python3 dev.py run [ARGS]       open the application, or any `kith` command: run rpc --profile DIR
    python3 dev.py demo             a window, and a second Kith that it meets on this computer and that answers
    python3 dev.py test [ARGS]      the whole test suite, or what pytest's ARGS select
    python3 dev.py slow [ARGS]      what takes hours: a thousand kills, two hours of soak, longer random histories
    python3 dev.py fuzz [NAMES]     hostile bytes for every parser, 100,000 inputs each; --count N for fewer or more
    python3 dev.py mutate [MODULES] faults put into the protocol, one at a time, to see that a test fails for each
    python3 dev.py bench [NAMES]    the benchmarks, one JSON object a figure
    python3 dev.py lab [SCENARIOS]  two homes behind routers: who finds whom, by which path, how soon; --runs N of each
    python3 dev.py lab soak         three people and everything that befalls networks; --minutes N, --seed S
    python3 dev.py sim              ten thousand users on a virtual clock: who meets, how soon, what the DHT carries
    python3 dev.py screenshots      every screen, light, dark, at 1x, right to left, German, in build/screenshots
    python3 dev.py translate        gather the words of the window, and make the catalogues that it loads
    python3 dev.py package          what people install, for this system: build/; --verify tries it in a fresh Debian 12
    python3 dev.py lint             formatter, linter, types and import rules by themselves
    python3 dev.py lock [ARGS]      renew requirements/ from pyproject.toml by uv; --upgrade for newer versions

Each command first brings .venv up to date; while the lock is unchanged, that costs nothing.
"""

import argparse
import ctypes
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PROGRAMS = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = PROGRAMS / ("python.exe" if os.name == "nt" else "python")
FUZZ_VENV = ROOT / ".venv-fuzz"
PACKAGE_VENV = ROOT / ".venv-package"
MUTATION_VENV = ROOT / ".venv-mutation"
LOCKS = ROOT / "requirements"
OLDEST_PYTHON = (3, 11)
EXIT_USAGE = 2
SLOW_TIMEOUT_S = 2 * 3600  # a test; those that take longer say so

# What each lock is compiled from.  One list of runtime versions: what is tested is what runs.
LOCK_SOURCES = {
    "runtime": ["pyproject.toml", "--group", "build"],
    "test": ["pyproject.toml", "--group", "build", "--group", "test", "--constraint", "requirements/runtime.txt"],
    "fuzz": ["--group", "fuzz"],
    "mutation": ["--group", "mutation", "--constraint", "requirements/test.txt"],
    "packaging": ["--group", "packaging"],
}
PIP_OPTIONS = ("--quiet", "--disable-pip-version-check", "--no-input")
LOCKED = ("--require-hashes", "--only-binary", ":all:", "--requirement")
LOCK_OPTIONS = [
    "--quiet",
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--only-binary=:all:",
    "--no-header",
]

# What PySide6 loads and its wheel does not carry: the file, and the Debian package that brings it.
QT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libbrotlidec.so.1": "libbrotli1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}

# What the laboratory of tests/lab calls: the program, and the Debian package that brings it.
LAB_TOOLS = {
    "ip": "iproute2",
    "nft": "nftables",
    "conntrack": "conntrack",
    "turnserver": "coturn",
    "miniupnpd": "miniupnpd-nftables",
}

# What the packager calls.
PACKAGE_TOOLS = {"strip": "binutils"}


# Runs a command as root of namespaces of its own, for who is not root: `ip netns` needs a /run that it may write to.
AS_ROOT_OF_NOTHING = ("/usr/bin/unshare", "-Urnm", "sh", "-c", 'mount -t tmpfs none /run && exec "$@"', "sh")


class SetupError(Exception):
    """The tree cannot be made ready; the message tells the person at the terminal what to do."""


def main(arguments: Sequence[str]) -> int:
    options, rest = parse(arguments)
    try:
        return COMMANDS[options.command](rest)
    except SetupError as error:
        print(f"dev.py: {error}", file=sys.stderr)
        return EXIT_USAGE
    except subprocess.CalledProcessError as error:
        print(f"dev.py: {Path(error.cmd[0]).name} ended with {error.returncode}", file=sys.stderr)
        return 1


def parse(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """The command, and what follows it untouched, options included."""
    parser = argparse.ArgumentParser(prog="dev.py", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("command", choices=COMMANDS)
    return parser.parse_args(arguments[:1]), list(arguments[1:])


# --- Commands


def setup(_: list[str]) -> int:
    ensure("runtime", system_tools=[])
    print(f"Ready: {PROGRAMS / 'kith'}")
    return 0


def run(arguments: list[str]) -> int:
    ensure("runtime", system_tools=[])
    return become([str(PROGRAMS / "kith"), *arguments])  # in the caller's folder: arguments may name files in it


def demo(arguments: list[str]) -> int:
    ensure("runtime", system_tools=[])
    os.chdir(ROOT)
    return become([str(PYTHON), "-m", "tests.demo", *arguments])


def screenshots(arguments: list[str]) -> int:
    ensure_tests()
    os.chdir(ROOT)
    return become([str(PYTHON), "-m", "tests.gui.screenshots", *(arguments or ["build/screenshots"])])


def test(arguments: list[str]) -> int:
    ensure_tests()
    os.chdir(ROOT)
    return become([str(PYTHON), "-m", "pytest", *arguments])


def slow(arguments: list[str]) -> int:
    os.environ["KITH_SLOW"] = "1"
    return test(["-m", "endurance or thorough", "--timeout", str(SLOW_TIMEOUT_S), *arguments])


def fuzz(arguments: list[str]) -> int:
    ensure_tests()
    os.chdir(ROOT)
    guide = ensure_guide()
    return become([str(PYTHON), "-m", "tests.fuzz", *(["--guide", str(guide)] if guide else []), *arguments])


def mutate(arguments: list[str]) -> int:
    if os.name == "nt":
        raise SetupError("mutate forks, which Windows cannot")
    ensure_tests()
    os.chdir(ROOT)
    return become([str(ensure_beside("mutation", MUTATION_VENV)), "-m", "tests.mutation", *arguments])


def bench(arguments: list[str]) -> int:
    ensure_tests()
    os.chdir(ROOT)
    return become([str(PYTHON), "-m", "tests.bench", *arguments])


def lab(arguments: list[str]) -> int:
    if not sys.platform.startswith("linux"):
        raise SetupError("the laboratory is made of network namespaces, which only Linux has")
    ensure_tests()
    os.chdir(ROOT)
    return become([*(AS_ROOT_OF_NOTHING if os.geteuid() else []), str(PYTHON), "-m", "tests.lab", *arguments])


def sim(arguments: list[str]) -> int:
    ensure_tests()
    os.chdir(ROOT)
    return become([str(PYTHON), "-m", "tests.sim", *arguments])


def translate(_: list[str]) -> int:
    ensure_tests()
    return become([str(PYTHON), "-m", "tests.support.catalogues"])


def package(arguments: list[str]) -> int:
    ensure_packager()
    os.chdir(ROOT)
    python = PACKAGE_VENV / PYTHON.relative_to(VENV)
    return become([str(python), "packaging/package.py", *arguments])


def lint(_: list[str]) -> int:
    ensure_tests()
    checks = (
        ["ruff", "format", "--check", "."],
        ["ruff", "check", "."],
        ["mypy"],
        ["lint-imports"],
    )
    return max(subprocess.call([str(PROGRAMS / name), *rest], cwd=ROOT) for name, *rest in checks)


def lock(arguments: list[str]) -> int:
    uv = shutil.which("uv", path=os.pathsep.join([str(PROGRAMS), os.environ.get("PATH", "")]))
    if uv is None:
        raise SetupError("lock needs uv: pip install uv")
    for name, sources in LOCK_SOURCES.items():
        call([uv, "pip", "compile", *sources, *LOCK_OPTIONS, *arguments, "--output-file", f"requirements/{name}.txt"])
    return 0


COMMANDS = {
    "setup": setup,
    "run": run,
    "demo": demo,
    "screenshots": screenshots,
    "test": test,
    "slow": slow,
    "fuzz": fuzz,
    "mutate": mutate,
    "bench": bench,
    "lab": lab,
    "sim": sim,
    "translate": translate,
    "package": package,
    "lint": lint,
    "lock": lock,
}


# --- The virtual environment


def ensure_tests() -> None:
    ensure("test", system_tools=LAB_TOOLS)


def ensure(lock_name: str, system_tools: Iterable[str]) -> None:
    """Bring system libraries and .venv up to the lock of that name."""
    if sys.version_info < OLDEST_PYTHON:
        raise SetupError(f"Kith needs Python {'.'.join(map(str, OLDEST_PYTHON))} or newer")
    install_system_packages(missing_system_packages(system_tools))
    make_venv()
    install_lock(LOCKS / f"{lock_name}.txt")
    install_project()


def ensure_guide() -> "Path | None":
    """The Python that has atheris; None where atheris does not run."""
    if not sys.platform.startswith("linux"):
        print("dev.py: atheris runs on Linux only; fuzzing without it", file=sys.stderr)
        return None
    return ensure_beside("fuzz", FUZZ_VENV)


def ensure_beside(lock_name: str, venv: Path) -> Path:
    """The Python of a virtual environment that has the lock of that name, and the packages of .venv behind it."""
    python, lock = venv / "bin" / "python", LOCKS / f"{lock_name}.txt"

    def install() -> None:
        call([sys.executable, "-m", "venv", "--clear", str(venv)])
        call([str(python), "-m", "pip", *PIP_OPTIONS, "install", "--no-deps", *LOCKED, str(lock)])
        (tested,) = VENV.glob("lib/python*/site-packages")
        (beside,) = venv.glob("lib/python*/site-packages")
        (beside / "tested.pth").write_text(f"{tested}\n", encoding="utf-8")

    once(lock, install, venv=venv)
    return python


def ensure_packager() -> None:
    """A virtual environment that holds what is bundled and what bundles it, and nothing of the tests."""
    if sys.version_info < OLDEST_PYTHON:
        raise SetupError(f"Kith needs Python {'.'.join(map(str, OLDEST_PYTHON))} or newer")
    install_system_packages(missing_system_packages(PACKAGE_TOOLS))
    python = PACKAGE_VENV / PYTHON.relative_to(VENV)
    if not python.exists():
        call([sys.executable, "-m", "venv", "--clear", str(PACKAGE_VENV)])
    for name in ("runtime", "packaging"):
        lock = LOCKS / f"{name}.txt"

        def install(lock: Path = lock) -> None:
            call([str(python), "-m", "pip", *PIP_OPTIONS, "install", *LOCKED, str(lock)])

        once(lock, install, venv=PACKAGE_VENV)


def make_venv() -> None:
    if not PYTHON.exists():
        call([sys.executable, "-m", "venv", "--clear", str(VENV)])


def install_lock(path: Path) -> None:
    """Install exactly what the lock names, by hash; only wheels, so that no package runs code while it installs."""

    def install() -> None:
        pip("install", *LOCKED, str(path))

    once(path, install)


def install_project() -> None:
    """Put the tree itself on the path, with the command `kith`."""

    def install() -> None:
        pip("install", "--no-deps", "--no-build-isolation", "--no-index", "--editable", str(ROOT))

    once(ROOT / "pyproject.toml", install)


def once(source: Path, install: Callable[[], None], *, venv: "Path | None" = None) -> None:
    """Do ``install`` unless ``venv``, .venv by default, had it done for these very contents of ``source``."""
    stamp = (venv or VENV) / f"{source.name}.sha256"
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="ascii") == digest:
        return
    install()
    stamp.write_text(digest, encoding="ascii")


def pip(*arguments: str) -> None:
    call([str(PYTHON), "-m", "pip", *PIP_OPTIONS, *arguments])


# --- System packages


def missing_system_packages(tools: Iterable[str]) -> list[str]:
    """Names of the Debian packages that would bring what this computer lacks; of no use but to tell it elsewhere."""
    if not sys.platform.startswith("linux"):
        return []
    packages = [package for library, package in QT_LIBRARIES.items() if not loads(library)]
    packages += [
        package for tool, package in (LAB_TOOLS | PACKAGE_TOOLS).items() if tool in tools and not on_path(tool)
    ]
    if importlib.util.find_spec("ensurepip") is None:
        packages.append("python3-venv")
    return packages


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def on_path(program: str) -> bool:
    return shutil.which(program, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])) is not None


def install_system_packages(packages: list[str]) -> None:
    """Install them by apt where that is possible and allowed.

    Raises:
        SetupError: apt is there, but this user may not use it, or it failed.
    """
    if not packages:
        return
    if shutil.which("apt-get") is None:
        print(f"dev.py: this system may lack what Debian calls: {' '.join(packages)}", file=sys.stderr)
        return
    prefix = privilege()
    if prefix is None:
        raise SetupError(f"system packages are missing: apt-get install {' '.join(packages)}")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    apt = [*prefix, "apt-get", "-q", "-y"]
    try:
        call([*apt, "update"], environment)
        call([*apt, "install", "--no-install-recommends", *packages], environment)
    except subprocess.CalledProcessError as error:
        raise SetupError(f"apt-get could not install {' '.join(packages)}") from error


def privilege() -> "list[str] | None":
    """What makes a command run as root without asking: nothing for root, sudo where it needs no password."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and subprocess.call(["sudo", "-n", "true"], stderr=subprocess.DEVNULL) == 0:
        return ["sudo", "-n"]
    return None


# --- Processes


def call(command: Sequence[str], environment: "dict[str, str] | None" = None) -> None:
    """Run to the end, output unswallowed; CalledProcessError unless it ended well."""
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


def become(command: list[str]) -> int:
    """Hand the terminal and its signals to ``command``; it replaces this process where the system can do that."""
    sys.stdout.flush()
    if os.name != "nt":
        os.execv(command[0], command)
    return subprocess.call(command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
