"""No visible word escapes translation, and the German catalogue is whole."""

import ast
import gc
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from app.domain.errors import SENTENCES, ErrorKind, KithError
from app.domain.remark import Remark
from app.gui.durations import ago, duration
from app.gui.translation import CATALOGUES, LANGUAGES, Catalogue, error_sentence, spoken_by, translate
from tests.support.catalogues import as_text, entries, gather, occasional_sentences, release
from tests.support.tree import ROOT

_GUI = ROOT / "app" / "gui"
_MARKS = {"tr", "translate", "QT_TRANSLATE_NOOP"}
_SILENT = {"debug", "info", "warning", "error", "exception", "start", "setProperty", "Template", "colour", "getLogger"}
"""Calls whose strings nobody reads in the window: the log, names of tasks, style sheets."""

_WORDS = re.compile(r"[^\W\d_]{2,} [^\W\d_]|^[A-Z][a-z]+|[^\W\d_] ?…$")
"""What looks like something to read: two words, or one that begins with a capital."""

_NOT_WORDS = {"Kith", "Fusion", "PySide6.QtMultimedia", "Mn", "Me"}
"""Names of the program, of a style, of a module."""

_FOR_MACHINES = {"autostart.py", "libraries.py", "self_test.py"}
"""What these hold is read by other programs, is a name, or is written to a terminal in English."""


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(_GUI.rglob("*.py")) if path.name not in _FOR_MACHINES],
    ids=lambda path: path.relative_to(_GUI).as_posix(),
)
def test_every_visible_word_is_marked_for_translation(path: Path) -> None:
    assert list(unmarked(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("name", ["doctor.py", "contact_doctor.py", "internet_doctor.py"])
def test_the_doctor_says_nothing_but_remarks_that_are_translated(name: str) -> None:
    assert list(unmarked((ROOT / "app" / "services" / name).read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    [
        'label("Message")',
        'label(f"Message {name}")',
        'x = {1: "waits to be sent"}',
        'button("Unlocking …")',
        'self.tr("Message") + "waits for him"',
        'name.setText("no words" if x else self.tr("Words"))',
    ],
)
def test_an_unmarked_word_is_found(source: str) -> None:
    assert list(unmarked(source))


@pytest.mark.parametrize(
    "source",
    [
        '"""A docstring of many words."""',
        'self.tr("Message {name}").format(name=name)',
        'translate("Words", "two words")',
        'logger.error("task %s failed", name)',
        'tasks.start(work(), name="profile: two words")',
    ],
)
def test_a_marked_word_and_one_that_nobody_sees_are_let_be(source: str) -> None:
    assert list(unmarked(source)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_holds_the_words_of_the_source(language: str, tmp_path: Path) -> None:
    known = CATALOGUES / f"kith_{language}.ts"
    renewed = Path(shutil.copy(known, tmp_path))
    gather(renewed)
    assert as_text(entries(known)) == as_text(entries(renewed)), "run: python3 dev.py translate"


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_loaded_is_made_of_the_catalogue(language: str, tmp_path: Path) -> None:
    release(CATALOGUES / f"kith_{language}.ts", tmp_path / "made.qm")
    made, known = (tmp_path / "made.qm").read_bytes(), (CATALOGUES / f"kith_{language}.qm").read_bytes()
    assert made == known, "run: python3 dev.py translate"


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_untranslated(language: str) -> None:
    assert [entry.source for entry in entries(CATALOGUES / f"kith_{language}.ts") if not entry.finished] == []


def test_a_translation_has_the_places_of_its_source() -> None:
    wrong = [
        (entry.source, form)
        for entry in entries(CATALOGUES / "kith_de.ts")
        for form in entry.forms
        if places(form) != places(entry.source) or form.count("\n") != entry.source.count("\n")
    ]
    assert wrong == []


@pytest.mark.usefixtures("german")
def test_german_is_spoken_when_it_is_chosen(qapp: QApplication) -> None:
    assert translate("Formatting", "Yesterday") == "Gestern"
    assert duration(3_600) == "1 Stunde"
    assert duration(7_200) == "2 Stunden"
    assert ago(2 * 86_400) == "vor 2 Tagen"
    assert qapp.translate("QWidgetTextControl", "&Copy") == "&Kopieren"
    assert QLocale().dayName(1) == "Montag"


def test_a_catalogue_that_is_written_over_meanwhile_goes_on_speaking(qapp: QApplication, tmp_path: Path) -> None:
    file = Path(shutil.copy(CATALOGUES / "kith_de.qm", tmp_path))
    catalogue = Catalogue(file.read_bytes(), qapp)
    file.write_bytes(b"")
    gc.collect()
    assert catalogue.translate("Formatting", "Yesterday") == "Gestern"
    catalogue.deleteLater()


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize("kind", ErrorKind)
def test_every_error_is_told_in_german(kind: ErrorKind) -> None:
    assert error_sentence(KithError(kind)) not in {"", SENTENCES[kind]}


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize("sentence", list(occasional_sentences()))
def test_an_error_that_is_worded_for_its_occasion_is_told_in_german(sentence: str) -> None:
    assert error_sentence(KithError(ErrorKind.UNEXPECTED, sentence)) not in {"", sentence}


@pytest.mark.usefixtures("german")
def test_what_the_system_says_of_a_file_is_told_in_german_where_qt_knows_it() -> None:
    error = KithError(ErrorKind.FILE_UNREADABLE, "The file cannot be written: {reason}.", reason="Permission denied")
    assert error.sentence == "The file cannot be written: Permission denied."
    assert error_sentence(error) == "Die Datei lässt sich nicht schreiben: Zugriff verweigert."


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize("remark", Remark)
def test_every_remark_of_the_doctor_is_made_in_german(remark: Remark) -> None:
    has_words = any(character.isalpha() for character in re.sub(r"\{\w*\}", "", remark.value))
    assert (translate("Doctor", remark.value) != remark.value) == has_words


@pytest.mark.parametrize(
    ("system", "spoken"), [("de_AT", "de"), ("de_DE", "de"), ("en_GB", "en"), ("fr_FR", "en"), ("C", "en")]
)
def test_the_language_is_that_of_the_system_or_english(system: str, spoken: str) -> None:
    assert spoken_by(QLocale(system)) == spoken


def places(text: str) -> list[str]:
    """The names of the values that are put in, sorted."""
    return sorted(re.findall(r"\{\w*\}|%L?n", text))


def unmarked(source: str) -> Iterator[str]:
    """Every literal that looks like words for people and is not marked, with its line."""
    tree = ast.parse(source)
    hidden = {id(literal) for node in ast.walk(tree) for unseen in _unseen(node) for literal in ast.walk(unseen)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in hidden:
            text = node.value.strip()
            if _WORDS.search(text) and text not in _NOT_WORDS:
                yield f"{node.lineno}: {text}"


def _unseen(node: ast.AST) -> list[ast.AST]:
    """What of the node holds only docstrings, annotations, marked words, or words for no reader."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Raise() | ast.Assert():
            return [node]
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in _MARKS | _SILENT:
            return [node]
        case ast.FunctionDef(returns=annotation) | ast.AnnAssign(annotation=annotation) if annotation is not None:
            return [annotation]
        case _:
            return []
