"""The tree stands alone."""

from tests.support.tree import ROOT, tracked_files

# Taken apart, so that this file does not name them itself.
PARENT, HOME = "..", "work"
OUTSIDE = (f"{PARENT}/shared", f"/{HOME}/")


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
