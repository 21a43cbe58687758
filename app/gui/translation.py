"""The language of the window.

Every visible word is marked where it stands: ``self.tr("…")`` in a QObject, ``translate("Context", "…")`` elsewhere,
and plurals by ``self.tr("%Ln days", "", count)`` alone, for ``lupdate`` recognises them nowhere else.  Values are put
in afterwards, by name: ``self.tr("Message {name}").format(name=name)``.

``python3 dev.py translate`` gathers the marked words into ``translations/kith_LANGUAGE.ts`` and makes of those what the
application loads; ``tests/gui/test_translation.py`` finds words that are not marked or not translated.  English has a
catalogue of its own, for its plurals.
"""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator

from app.domain.errors import REASON, SENTENCES, ErrorKind, KithError

LANGUAGES = ("en", "de")
"""What can be spoken; the first one where the system speaks another."""

CATALOGUES = Path(__file__).parent / "translations"

translate = QCoreApplication.translate


class Catalogue(QTranslator):
    """The words of one file, read.  Qt by itself maps the file, and ends when an update writes over it meanwhile."""

    def __init__(self, compiled: bytes, parent: QObject) -> None:
        super().__init__(parent)
        self._compiled = compiled  # Qt reads in it as long as this lives
        self.load(compiled)


def install(application: QCoreApplication, language: str = "") -> None:
    """Speak ``language``, or that of the system; dates follow.  Widgets that exist already keep their words."""
    system = QLocale.system()
    if language not in LANGUAGES:
        language = spoken_by(system)
    QLocale.setDefault(system if _is_of(system, language) else QLocale(language))
    qt = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    for path in (qt / f"qtbase_{language}.qm", CATALOGUES / f"kith_{language}.qm"):
        if path.exists():
            application.installTranslator(Catalogue(path.read_bytes(), application))


def spoken_by(locale: QLocale) -> str:
    """The first of the person's languages that can be spoken."""
    wanted = [tag.partition("-")[0] for tag in locale.uiLanguages()]
    return next((tag for tag in wanted if tag in LANGUAGES), LANGUAGES[0])


def error_sentence(error: KithError) -> str:
    """What to tell about the failure.  Qt knows some of what systems say."""
    return translate("Errors", error.template).replace(REASON, translate("QIODevice", error.reason))


def unexpected_sentence() -> str:
    return translate("Errors", SENTENCES[ErrorKind.UNEXPECTED])


def _is_of(locale: QLocale, language: str) -> bool:
    """Whether the locale's dates go with the language; those of no locale at all go with English."""
    return locale.name().partition("_")[0] == language or (locale.language() is QLocale.Language.C and language == "en")
