"""Gather the words of the window and make the catalogues that it loads: ``python3 dev.py translate``.

Qt's ``lupdate`` reads the marked words from the source, ``lrelease`` writes what Qt reads.  The sentences of errors,
notices and the doctor stand where no Qt is known; they are handed to ``lupdate`` as a source of their own.
"""

import ast
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from app.domain.contact import ContactNotice
from app.domain.errors import SENTENCES
from app.domain.remark import Remark
from app.gui.translation import CATALOGUES, LANGUAGES
from tests.support.tree import ROOT

_GUI = ROOT / "app" / "gui"
_SETTLED = ("-silent", "-locations", "none", "-no-obsolete", "-sort-messages", "-source-language", "en")
"""No line numbers: a catalogue changes only where words do."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One text of a catalogue and what it is translated to; several forms for a plural."""

    context: str
    source: str
    comment: str
    forms: tuple[str, ...]
    finished: bool


def main() -> int:
    for language in LANGUAGES:
        gather(CATALOGUES / f"kith_{language}.ts")
        release(CATALOGUES / f"kith_{language}.ts", CATALOGUES / f"kith_{language}.qm")
        missing = [entry for entry in entries(CATALOGUES / f"kith_{language}.ts") if not entry.finished]
        for entry in missing:
            sys.stderr.write(f"{language}: {entry.context}: {entry.source!r} is not translated\n")
    return 0


def gather(catalogue: Path) -> None:
    """Bring the catalogue up to the words in the source; translations stay.  English keeps its plurals alone."""
    plurals = ["-pluralonly"] if catalogue.stem.endswith("_en") else []
    with tempfile.TemporaryDirectory() as folder:
        domain = Path(folder) / "domain.py"
        marked = [_marked("Errors", sentence) for sentence in SENTENCES.values()]
        marked += [_marked("Errors", sentence) for sentence in occasional_sentences()]
        marked += [_marked("Notices", notice.sentence) for notice in ContactNotice if notice.sentence]
        marked += [_marked("Doctor", remark.value) for remark in Remark]
        domain.write_text("".join(marked), encoding="utf-8")
        sources = [*sorted(map(str, _GUI.rglob("*.py"))), str(domain)]
        _run("lupdate", *sources, "-ts", str(catalogue), *_SETTLED, *plurals)


def occasional_sentences() -> Iterator[str]:
    """Of errors that are worded where they are raised."""
    for path in sorted((ROOT / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="KithError" | "StorageError"), args=[_, ast.Constant(value=str(text))]):
                    yield text
                case _:
                    pass


def release(catalogue: Path, compiled: Path) -> None:
    """Write what Qt loads; what is not translated is left out."""
    _run("lrelease", "-silent", str(catalogue), "-qm", str(compiled))


def entries(catalogue: Path) -> Iterator[Entry]:
    for context in ET.parse(catalogue).iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            assert translation is not None
            forms = [form.text or "" for form in translation.iter("numerusform")] or [translation.text or ""]
            yield Entry(
                context=context.findtext("name", ""),
                source=message.findtext("source", ""),
                comment=message.findtext("comment", ""),
                forms=tuple(forms),
                finished="type" not in translation.attrib and all(forms),
            )


def _marked(context: str, text: str) -> str:
    return f"translate({_quoted(context)}, {_quoted(text)})\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _run(tool: str, *arguments: str) -> None:
    program = Path(sys.executable).parent / f"pyside6-{tool}"
    subprocess.run([program, *arguments], check=True, cwd=ROOT)


def as_text(entries: Iterable[Entry]) -> list[tuple[str, str, str]]:
    """What identifies the entries."""
    return [(entry.context, entry.source, entry.comment) for entry in entries]


if __name__ == "__main__":
    sys.exit(main())
