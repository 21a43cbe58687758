"""The list of bubbles: keeps its place while pages come and go, and asks for more at both ends."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QListView, QMenu, QWidget

from app.domain.identifiers import MessageId
from app.domain.message import Message
from app.gui.formatting import is_shortened
from app.gui.models.message_list import MessageListModel, MessageRole
from app.gui.theme.theme import Theme
from app.gui.theme.tokens import Size
from app.gui.widgets.message_delegate import MessageDelegate

_MARKED_MS = 2_000
"""How long a message that was jumped to stands out."""


class MessageView(QListView):
    """Shows one :class:`MessageListModel` at a time."""

    older_wanted = Signal()
    newer_wanted = Signal()
    at_bottom_changed = Signal(bool)
    whole_wanted = Signal(object)
    """The :class:`Message` whose bubble shows only its beginning."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._delegate = MessageDelegate(theme, self)
        self.setItemDelegate(self._delegate)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QListView.SelectionMode.SingleSelection)
        self.verticalScrollBar().setSingleStep(Size.SCROLL_STEP)
        self.setAccessibleName(self.tr("Messages"))
        self._wanted: MessageId | None = None
        self._unmark = QTimer(self)
        self._unmark.setSingleShot(True)
        self._unmark.timeout.connect(self._end_mark)
        self._anchor: tuple[QPersistentModelIndex, int] | None = None
        self._at_bottom = True
        self._sticks = True
        self._settling = False
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        theme.changed.connect(self.scheduleDelayedItemsLayout)

    @property
    def at_bottom(self) -> bool:
        """Whether the newest row is in sight."""
        return self._at_bottom

    def show_conversation(self, model: MessageListModel | None) -> None:
        """Show this model from its end."""
        earlier = self.model()
        if earlier is not None:
            earlier.disconnect(self)
        self._delegate.show(model)
        self.setModel(model)
        self._anchor = None
        if model is not None:
            model.rowsAboutToBeInserted.connect(self._keep_place)
            model.rowsInserted.connect(self._settle)
            model.rowsAboutToBeRemoved.connect(self._keep_place)
            model.rowsRemoved.connect(self._settle)
            model.modelReset.connect(self._reset)
        self.go_to_end()

    def go_to_end(self) -> None:
        """Show the last row."""
        self._sticks = True
        self._settle()

    def mark(self, message: MessageId) -> None:
        """Go to the message and mark it for a moment; one that is not there yet when its page comes."""
        self._wanted = message
        self._show_wanted()

    def want_more(self) -> None:
        """Ask for the pages that are less than a screen away."""
        bar = self.verticalScrollBar()
        page = self.viewport().height()
        if bar.value() < page:
            self.older_wanted.emit()
        if bar.maximum() - bar.value() < page:
            self.newer_wanted.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 (Qt's name)
        self._keep_place()
        super().resizeEvent(event)
        self._settle()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        message = self.currentIndex().data(MessageRole.MESSAGE)
        if event.matches(QKeySequence.StandardKey.Copy) and isinstance(message, Message):
            QGuiApplication.clipboard().setText(message.text)
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and isinstance(message, Message):
            self._want_whole(message)
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        message = self.indexAt(event.position().toPoint()).data(MessageRole.MESSAGE)
        if isinstance(message, Message):
            self._want_whole(message)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 (Qt's name)
        message = self.indexAt(event.pos()).data(MessageRole.MESSAGE)
        if not isinstance(message, Message):
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(self.tr("Copy text"), lambda: QGuiApplication.clipboard().setText(message.text))
        if is_shortened(message.text):
            menu.addAction(self.tr("Read the whole message"), lambda: self._want_whole(message))
        menu.popup(event.globalPos())

    def _reset(self) -> None:
        if not self._show_wanted():
            self.go_to_end()

    def _show_wanted(self) -> bool:
        """Whether the message to go to is there; then it is in sight."""
        model = self.model()
        if self._wanted is None or not isinstance(model, MessageListModel):
            return False
        row = model.row_of(self._wanted)
        if row is None:
            return False
        self._delegate.marked = self._wanted
        self._wanted = None
        self._unmark.start(_MARKED_MS)
        self._sticks = False
        self.doItemsLayout()
        self.scrollTo(model.index(row), QListView.ScrollHint.PositionAtCenter)
        self.setCurrentIndex(model.index(row))
        self._scrolled(self.verticalScrollBar().value())
        self.viewport().update()
        return True

    def _end_mark(self) -> None:
        self._delegate.marked = None
        self.viewport().update()

    def _want_whole(self, message: Message) -> None:
        if is_shortened(message.text):
            self.whole_wanted.emit(message)

    def _keep_place(self) -> None:
        """Remember before rows come or go: the end, or which row is at the top and where it ends.

        Its end, for the day above its bubble goes when it is no longer the first row.
        """
        model = self.model()
        self._sticks = self._at_bottom and isinstance(model, MessageListModel) and not model.has_newer
        top = self._first_visible()
        self._anchor = None if top is None else (QPersistentModelIndex(top), self.visualRect(top).bottom())

    def _first_visible(self) -> QModelIndex | None:
        index = self.indexAt(QPoint(self.viewport().width() // 2, 0))
        return index if index.isValid() else None

    def _settle(self) -> None:
        """Lay the rows out, and stand where we stood: at the end, or with the same row at the same height."""
        self._settling = True
        self.doItemsLayout()
        bar = self.verticalScrollBar()
        if self._sticks:
            self.scrollToBottom()
        elif self._anchor is not None and self._anchor[0].isValid():
            index, before = self._anchor
            moved = self.visualRect(index).bottom() - before
            bar.setValue(bar.value() + moved)
        self._settling = False
        self._scrolled(bar.value())

    def _scrolled(self, value: int) -> None:
        if self._settling:
            return
        at_bottom = value >= self.verticalScrollBar().maximum() - Size.SCROLL_STEP
        if at_bottom != self._at_bottom:
            self._at_bottom = at_bottom
            self.at_bottom_changed.emit(at_bottom)
        self.want_more()
