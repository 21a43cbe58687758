"""One theme for all windows of the test process."""

import pytest
from PySide6.QtWidgets import QApplication

from app.gui.theme.theme import Theme


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp)
