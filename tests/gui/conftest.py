"""One theme for all windows of the test process; any Qt warning fails the test, except one that is not about us."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from app.gui.theme.theme import Theme
from app.gui.translation import install

_NO_WINDOW_MANAGER = r"This plugin does not support (propagateSizeHints|raise|grabbing)"
"""The offscreen platform says so of every window whose size is fixed, and of every menu."""


class Marking(QTranslator):
    """A language in which every word that goes through translation is in brackets."""

    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str:
        return f"⟦{text}⟧" if text else text

    def isEmpty(self) -> bool:  # noqa: N802 (Qt's name)
        return False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore(_NO_WINDOW_MANAGER))


@pytest.fixture(autouse=True, scope="session")
def english(qapp: QApplication) -> None:
    install(qapp, "en")


@pytest.fixture
def german(qapp: QApplication) -> Iterator[None]:
    locale, earlier = QLocale(), qapp.findChildren(QTranslator)
    install(qapp, "de")
    yield
    QLocale.setDefault(locale)
    for translator in set(qapp.findChildren(QTranslator)) - set(earlier):
        qapp.removeTranslator(translator)
        translator.deleteLater()


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp)


@pytest.fixture
def marked(qapp: QApplication) -> Iterator[None]:
    translator = Marking()
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)
