"""The tree stands alone."""

import re

from tests.support.tree import ROOT, tracked_files

# Taken apart, so that this file does not name them itself.
PARENT, HOME = "..", "work"
SWITCH = f'environ.get("{"KITH"}_SLOW")'
OUTSIDE = (f"{PARENT}/shared", f"/{HOME}/")

NAMED_FILE = re.compile(
    r"\b(?:app|crypto|docs|net|packaging|requirements|tests)/[\w./-]+\.(?:md|py|json|sh|toml|txt|sql)\b"
)

NAMED_TEST = re.compile(r"`(test_\w+)`")
DEFINED_TEST = re.compile(r"\bdef (test_\w+)")


def test_no_file_refers_to_anything_outside_the_tree() -> None:
    referring = [
        path.relative_to(ROOT)
        for path in tracked_files()
        if any(place.encode() in path.read_bytes() for place in OUTSIDE)
    ]
    assert referring == []


def test_the_files_that_every_reader_looks_for_are_there() -> None:
    names = {path.relative_to(ROOT).as_posix() for path in tracked_files()}
    assert {"README.md", "LICENSE", "CHANGELOG.md", "SECURITY.md", "docs/architecture.md"} <= names


def test_every_file_that_a_text_names_is_there() -> None:
    texts = [path for path in tracked_files() if path.suffix in {".md", ".py"}]
    named = {(path.name, name) for path in texts for name in NAMED_FILE.findall(path.read_text(encoding="utf-8"))}
    assert len(named) > 20
    assert [each for each in sorted(named) if not (ROOT / each[1]).is_file()] == []


def test_every_test_that_a_document_names_is_there() -> None:
    documents = [path for path in tracked_files() if path.suffix == ".md"]
    named = {name for path in documents for name in NAMED_TEST.findall(path.read_text(encoding="utf-8"))}
    tests = [path.read_text(encoding="utf-8") for path in tracked_files() if path.name.startswith("test_")]
    defined = {name for text in tests for name in DEFINED_TEST.findall(text)}
    assert len(named) > 30
    assert sorted(named - defined) == []


def test_whatever_does_more_in_the_slow_suite_is_part_of_it() -> None:
    tests = [path for path in tracked_files() if path.name.startswith("test_") and path.suffix == ".py"]
    asking = {path: text for path in tests if SWITCH in (text := path.read_text(encoding="utf-8"))}
    assert len(asking) > 4
    assert [path.name for path, text in asking.items() if "pytest.mark.thorough" not in text] == []


def test_every_decision_has_a_number_of_its_own() -> None:
    notes = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert [int(note.name.partition("-")[0]) for note in notes] == list(range(1, len(notes) + 1))
    assert [note.read_text(encoding="utf-8").split(".")[0] for note in notes] == [
        f"# {number}" for number in range(1, len(notes) + 1)
    ]
