"""The documents are right about the tree: links lead somewhere, and commands are there and take what they are given."""

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest

import dev
from app import VERSION
from app.config import parse_arguments
from app.gui.translation import CATALOGUES
from tests.bench import __main__ as bench
from tests.fuzz.registry import TARGETS
from tests.lab import __main__ as lab
from tests.lab import scenarios
from tests.mutation.modules import subjects
from tests.support.catalogues import entries
from tests.support.documents import Shown, anchors, commands, documents, flags, links
from tests.support.tree import ROOT, package_folders

DOCUMENTS = documents()
SHOWN = sorted({shown for path in DOCUMENTS for shown in commands(path)}, key=str)
MAX_PICTURE_BYTES = 150_000
"""A page is to be there at once, also over a slow line."""

OTHERS = {"export", "git", "cd", "apt", "ls"}
"""Programs of others that may follow a prompt."""

STAND_INS = {"LINK": "kith:stand-in", "HOST:PORT": "127.0.0.1:0", "COMMAND": "rpc", "…": "kith:stand-in"}
"""For what stands in a command in place of a value."""

RUN_BY = {
    "dev.py setup": "tests/e2e/fresh_debian.sh",
    "dev.py run": "tests/e2e/fresh_debian.sh",
    "dev.py test": "tests/e2e/fresh_debian.sh",
    "dev.py demo": "tests/e2e/test_demo.py",
    "dev.py screenshots": "tests/gui/test_screenshots.py",
    "dev.py slow": "tests/unit/test_dev.py",
    "dev.py fuzz": "tests/fuzz/test_fuzz.py",
    "dev.py mutate": "tests/mutation/test_mutation.py",
    "dev.py bench": "tests/unit/bench/test_figure.py",
    "dev.py lab": "tests/e2e/test_homes.py",
    "dev.py sim": "tests/sim/test_sim.py",
    "dev.py translate": "tests/gui/test_translation.py",
    "dev.py package": "tests/packaging/test_deb.py",
    "dev.py lint": "tests/architecture/test_tools.py",
    "dev.py lock": "tests/architecture/test_packaging.py",
    "kith": "tests/e2e/test_instance.py",
    "kith rpc": "tests/e2e/test_documented_bot.py",
    "kith doctor": "tests/e2e/test_doctor.py",
    "kith self-test": "tests/e2e/test_command_line.py",
    "kith version": "tests/e2e/test_command_line.py",
}
"""What runs each command, or the work that it does: by parts where the whole takes hours, root or the internet."""

HELP = {
    "test": ("-m", "pytest"),
    "fuzz": ("-m", "tests.fuzz"),
    "bench": ("-m", "tests.bench"),
    "lab": ("-m", "tests.lab"),
    "sim": ("-m", "tests.sim"),
    "package": ("packaging/package.py",),
    "rpc": ("-m", "app", "rpc"),
    "doctor": ("-m", "app", "doctor"),
    "desktop": ("-m", "app"),
    "self-test": ("-m", "app", "self-test"),
    "version": ("-m", "app", "version"),
}
"""Who tells of the options."""

NAMES_OF_THE_SYSTEM = {"kith"}
"""What the guide emphasizes and others show: an entry of the keyring."""

OF_PIP = {"--require-hashes", "--only-binary"}
OF_UV = {"--upgrade", "--universal", "--generate-hashes"}
"""``dev.py lock`` hands its options to uv, which is not installed here."""


# --- Links


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_within_the_tree_leads_somewhere(path: Path) -> None:
    assert [target for target in links(path.read_text(encoding="utf-8")) if not leads_somewhere(path, target)] == []


def test_a_link_to_nothing_is_noticed() -> None:
    page = "See [this](nowhere.md), [that](README.md#no-such-part) and [it](LICENSE). `[no](link.md)`\n"
    broken = [target for target in links(page) if not leads_somewhere(ROOT / "README.md", target)]
    assert broken[:2] == ["nowhere.md", "README.md#no-such-part"]
    assert "LICENSE" not in broken


def test_there_are_links_to_check() -> None:
    assert sum(len(links(path.read_text(encoding="utf-8"))) for path in DOCUMENTS) > 30


def test_every_picture_is_shown_and_small() -> None:
    shown = {
        (path.parent / target).resolve() for path in DOCUMENTS for target in links(path.read_text(encoding="utf-8"))
    }
    pictures = list((ROOT / "docs" / "images").iterdir())
    assert [path.name for path in pictures if path not in shown or path.stat().st_size > MAX_PICTURE_BYTES] == []


def leads_somewhere(document: Path, target: str) -> bool:
    if target.startswith(("https://", "http://", "mailto:")):
        return True
    name, _, anchor = unquote(target).partition("#")
    there = (document.parent / name).resolve() if name else document
    if not there.exists() or not there.is_relative_to(ROOT):
        return False
    return not anchor or anchor in anchors(there.read_text(encoding="utf-8"))


# --- Commands


@pytest.mark.parametrize("shown", SHOWN, ids=str)
def test_every_command_that_is_shown_is_there_and_takes_what_it_is_given(shown: Shown) -> None:
    assert fault(shown) is None


NOT_THERE = """
    dev.py fly | dev.py bench nothing | dev.py fuzz nothing | dev.py mutate gui | dev.py test tests/unit/nothing
    dev.py package --fly | dev.py setup --fast | kith fly | kith rpc --fly | kith --create Ann | make fly | fly
"""


@pytest.mark.parametrize("line", re.split(r" \| |\n\s*", NOT_THERE.strip()))
def test_a_command_that_is_not_there_is_noticed(line: str) -> None:
    program, *arguments = line.split()
    assert fault(Shown("page", program, tuple(arguments))) is not None


def test_what_ends_by_itself_and_touches_nothing_does_so() -> None:
    quick = {
        shown.arguments
        for shown in SHOWN
        if name(shown) in {"kith self-test", "kith version"}
        or (name(shown) == "kith rpc" and "--help" in shown.arguments)
    }
    assert len(quick) > 2
    for arguments in quick:
        environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
        subprocess.run(
            [sys.executable, "-m", "app", *arguments],
            cwd=ROOT,
            env=environment,
            check=True,
            timeout=100,
            capture_output=True,
        )


def test_the_documents_show_every_command() -> None:
    named = {name(shown) for shown in SHOWN}
    assert {f"dev.py {command}" for command in dev.COMMANDS} <= named
    assert {"kith", "kith rpc", "kith doctor", "kith self-test", "kith version"} <= named


def test_everything_that_is_shown_is_run_by_a_test() -> None:
    shown = {name(each) for each in SHOWN if each.program == "dev.py" or Path(each.program).name == "kith"}
    assert shown - RUN_BY.keys() - {"dev.py --help"} == set()
    assert [path for path in RUN_BY.values() if not (ROOT / path).is_file()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_option_that_a_document_names_is_there(document: Path) -> None:
    known = (OF_UV | OF_PIP).union(*(options(program) for program in HELP))
    assert flags(document) - known == set()


def test_the_manual_page_names_what_is_there_and_everything_that_can_be_switched_off() -> None:
    page = (ROOT / "packaging" / "debian" / "kith.1").read_text(encoding="utf-8").replace("\\-", "-")
    named, known = set(re.findall(r"--[a-z][a-z-]+", page)), options("desktop")
    assert named - known == set()
    assert {option for option in known if option.startswith("--no-")} - named == set()


def test_the_package_is_named_with_the_version_that_it_has() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in DOCUMENTS)
    assert set(re.findall(r"kith-messenger_(\d[\d.]*)_", text)) == {VERSION}


def fault(shown: Shown) -> str | None:
    """What is wrong with a command; None where nothing is."""
    given = [STAND_INS.get(word, word) for word in shown.arguments if not word.startswith("[")]
    if shown.program == "dev.py":
        return fault_of_dev(given)
    if Path(shown.program).name == "kith":
        return fault_of_kith(given)
    if shown.program == "make":
        return None if set(given) <= dev.COMMANDS.keys() else "no such target"
    if "/" in shown.program:
        return None if (ROOT / shown.program).stat().st_mode & 0o100 else "not executable"
    return None if shown.program in OTHERS else "unknown program"


def fault_of_dev(given: list[str]) -> str | None:
    if given == ["--help"]:
        return None
    command, *rest = given
    if command not in dev.COMMANDS:
        return "no such command"
    if command == "run":
        return fault_of_kith(rest)
    unknown = {word for word in rest if word.startswith("-")} - options_of_dev(command)
    if unknown:
        return f"no such option: {unknown}"
    names = [word for word in rest if not word.startswith("-") and not word.isupper() and not word.isdecimal()]
    wrong = [word for word in names if not is_name(command, word)]
    return f"no such name: {wrong}" if wrong else None


def fault_of_kith(given: list[str]) -> str | None:
    """An option that is shown without its value is tried with one."""
    for more in ([], ["127.0.0.1:0"]):
        try:
            parse_arguments([*given, *more])
        except SystemExit as ended:
            if not ended.code:
                return None
        else:
            return None
    return "kith does not understand it"


def options_of_dev(command: str) -> set[str]:
    if command == "lock":
        return OF_UV
    if command == "slow":
        return options("test")
    return options(command) if command in HELP else set()


def is_name(command: str, word: str) -> bool:
    """Whether a command knows something of that name."""
    match command:
        case "test" | "slow":
            return (ROOT / word).exists()
        case "bench":
            return word in bench.names()
        case "fuzz":
            return word in TARGETS
        case "lab":
            return word in {lab.SOAK, *(scenario.name for scenario in scenarios.ALL)}
        case "mutate":
            return any(f"{subject.name}.".startswith(f"{word}.") for subject in subjects())
        case _:
            return command in {"screenshots", "package"}  # a folder


def name(shown: Shown) -> str:
    """The program and what it is told to do."""
    program = Path(shown.program).name
    command = shown.arguments[0] if shown.arguments else ""
    is_command = program != "kith" or command in {"rpc", "doctor", "self-test", "version"}
    return f"{program} {command}".strip() if is_command else program


@cache
def options(program: str) -> set[str]:
    """What ``--help`` names, run for real."""
    command = [sys.executable, *HELP[program], "--help"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    return set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", told.stdout))


# --- The window


def test_the_guide_calls_everything_as_the_window_does() -> None:
    emphasized = re.findall(r"(?<![*\w])\*([^*]+)\*(?!\*)", (ROOT / "docs" / "user-guide.md").read_text("utf-8"))
    named = {re.sub(r"\s+", " ", words).lower() for words in emphasized} - NAMES_OF_THE_SYSTEM
    shown = [entry.source.lower() for entry in entries(CATALOGUES / "kith_de.ts")]
    assert len(named) > 25
    assert [words for words in sorted(named) if not any(words in each for each in shown)] == []


# --- The map


def test_every_package_has_its_place_on_the_map() -> None:
    places = {path.relative_to(ROOT).as_posix() for path in mapped()}
    missing = [folder.relative_to(ROOT).as_posix() for folder in package_folders()]
    assert [folder for folder in missing if folder not in places and "/migrations" not in folder] == []


def test_everything_on_the_map_is_there() -> None:
    assert len(mapped()) > 50
    assert [path.relative_to(ROOT) for path in mapped() if not path.exists()] == []


def mapped() -> list[Path]:
    """The files and folders that ``docs/architecture.md`` lists, under *Folders*."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    block = page.partition("## Folders\n")[2].partition("\n## ")[0]
    above: list[Path] = [ROOT]
    found: list[Path] = []
    for line in block.splitlines():
        text = line[4:]
        depth, rest = (len(text) - len(text.lstrip())) // 2, text.strip().split("  ")[0]
        names = [word for word in rest.split() if word.endswith(("/", ".py"))]
        if not line.startswith("    ") or not names or depth >= len(above):
            continue
        paths = [above[depth] / word.rstrip("/") for word in names]
        found += paths
        above[depth + 1 :] = [paths[-1]]
    return found
