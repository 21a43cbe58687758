"""The window: one page at a time, a banner above it, and a wish to close that is told, not followed."""

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from app.gui.codes.offered import is_offered, offered
from app.gui.codes.problem import CodeError
from app.gui.theme.theme import Theme, stretched
from app.gui.theme.tokens import Size
from app.gui.widgets.banner import Banner
from app.gui.widgets.main_page import MainPage
from app.gui.widgets.parts import column
from app.gui.widgets.unlock_page import UnlockPage
from app.gui.widgets.welcome_page import WelcomePage


class Window(QWidget):
    """Welcome, unlock, lock or main page."""

    close_wanted = Signal()
    activated = Signal()
    """The window came to the front: what it shows may be read now."""
    dropped = Signal(object)
    """A link or a picture, as :func:`app.gui.codes.offered.offered` tells, for the open profile."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self.setWindowTitle("Kith")
        self.resize(Size.WINDOW_WIDTH, Size.WINDOW_HEIGHT)
        self.banner = Banner(theme)
        self.welcome = WelcomePage(theme)
        self.unlock = UnlockPage(self.tr("Welcome back"), self.tr("Your profile is locked."))
        self.lock = UnlockPage(self.tr("Kith is locked"), "")
        self.main = MainPage(theme)
        pages = QWidget()
        self._pages = QStackedLayout(pages)
        for page in (self.welcome, self.unlock, self.lock, self.main):
            self._pages.addWidget(page)
        theme.changed.connect(self._make_room)
        self._make_room()
        content = column(self)
        content.addWidget(self.banner)
        content.addWidget(pages, 1)

    def _make_room(self) -> None:
        """Both columns need more width for larger text."""
        self.setMinimumSize(stretched(Size.WINDOW_MIN_WIDTH), Size.WINDOW_MIN_HEIGHT)

    def show_page(self, page: WelcomePage | UnlockPage | MainPage) -> None:
        """Put the page in front, ready for the keyboard."""
        self._pages.setCurrentWidget(page)
        page.setFocus()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 (Qt's name)
        event.ignore()
        self.close_wanted.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 (Qt's name)
        if self._pages.currentWidget() is self.main and is_offered(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 (Qt's name)
        event.acceptProposedAction()
        try:
            self.dropped.emit(offered(event.mimeData()))
        except CodeError as error:
            self.banner.say(error.sentence)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 (Qt's name)
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange and self.isActiveWindow():
            self.activated.emit()
