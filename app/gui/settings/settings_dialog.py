"""The settings: subjects at the left, one page at the right."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QDialog, QStackedWidget, QWidget

from app.gui.settings.page import SettingsPage
from app.gui.settings.profile_page import ProfilePage
from app.gui.theme.theme import stretched
from app.gui.theme.tokens import Size, Space
from app.gui.widgets.parts import button, column, label, row, scrolled, set_margins
from app.gui.widgets.row_list import SubjectList


class SettingsDialog(QDialog):
    """Each page is brought up to date when it is shown."""

    renamed = Signal(object)
    """The account has another name: its :class:`AccountInfo`."""

    def __init__(self, pages: Sequence[SettingsPage], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Settings"))
        self.setFixedSize(stretched(Size.SETTINGS_WIDTH), Size.SETTINGS_HEIGHT)
        self.pages = list(pages)
        self.subjects = SubjectList()
        self.subjects.setProperty("look", "subjects")
        self.subjects.setAccessibleName(self.tr("Subjects"))
        self.subjects.setFixedWidth(stretched(Size.SUBJECTS_WIDTH))
        self.stack = QStackedWidget()
        for page in pages:
            self.subjects.addItem(page.title)
            self.subjects.item(self.subjects.count() - 1).setSizeHint(QSize(0, stretched(Size.BUTTON) + Space.XS))
            self.stack.addWidget(scrolled(page))
            if isinstance(page, ProfilePage):
                page.renamed.connect(self.renamed)
        self.close_button = button(self.tr("Close"), "primary")
        left = column(spacing=Space.M)
        left.addWidget(label(self.tr("Settings"), "title"))
        left.addWidget(self.subjects, 1)
        right = column(spacing=Space.M)
        right.addWidget(self.stack, 1)
        last = row()
        set_margins(last, 0, 0, Space.M, 0)  # below what is clear of the scroll bar
        last.addStretch()
        last.addWidget(self.close_button)
        right.addLayout(last)
        content = row(self, margin=Space.XL, spacing=Space.XL)
        content.addLayout(left)
        content.addLayout(right, 1)
        self.close_button.clicked.connect(self.accept)
        self.subjects.currentRowChanged.connect(self._show_page)
        self.subjects.setCurrentRow(0)
        self.subjects.setFocus()

    def _show_page(self, number: int) -> None:
        self.stack.setCurrentIndex(number)
        self.pages[number].opened()
