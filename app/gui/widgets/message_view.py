"""The list of bubbles: keeps its place while pages come and go, and asks for more at both ends."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QKeySequence, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QListView, QWidget

from app.domain.annotation import Reaction
from app.domain.identifiers import MessageId
from app.gui.links import Link
from app.gui.models.message_list import MessageListModel
from app.gui.models.message_row import MessageRow, Quote
from app.gui.theme.theme import Theme
from app.gui.theme.tokens import Size
from app.gui.widgets.bubble import Target
from app.gui.widgets.message_delegate import MessageDelegate
from app.gui.widgets.message_menu import MessageActions

_MARKED_MS = 2_000
"""How long a message that was jumped to stands out."""
_BY_KEY = {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}


class MessageView(QListView):
    """Shows one :class:`MessageListModel` at a time."""

    older_wanted = Signal()
    newer_wanted = Signal()
    at_bottom_changed = Signal(bool)
    resized = Signal()

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
        self.message_actions = MessageActions(self)
        self.setMouseTracking(True)
        self._pressed: Target | None = None
        self._wanted: MessageId | None = None
        self._opening = True
        """Nothing of this conversation has been shown yet."""
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
        self._wanted = None
        self._opening = True
        if model is not None:
            model.rowsAboutToBeInserted.connect(self._keep_place)
            model.rowsInserted.connect(self._settle)
            model.rowsAboutToBeRemoved.connect(self._keep_place)
            model.rowsRemoved.connect(self._settle)
            model.modelReset.connect(self._reset)
            model.reshaping.connect(self._keep_place)
            model.reshaped.connect(self._settle)
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
        self.resized.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 (Qt's name)
        """By Tab one comes to a message in sight, the newest if it is, and goes on from there."""
        model, by_key = self.model(), event.reason() in _BY_KEY
        if by_key and isinstance(model, MessageListModel) and model.rowCount() and not self.currentIndex().isValid():
            seen = None if self._at_bottom else self._first_visible()
            self.setCurrentIndex(model.index(model.rowCount() - 1) if seen is None else seen)
        super().focusInEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 (Qt's name)
        row = self._row(self.currentIndex())
        if row is None:
            super().keyPressEvent(event)
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.message_actions.copy(row.message)
        elif event.matches(QKeySequence.StandardKey.Delete):
            self.message_actions.delete.emit(row.message)
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._want_whole(row)
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        row = self._row(self.indexAt(event.position().toPoint()))
        if row is not None:
            self._want_whole(row)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        self._pressed = self._target(event.position().toPoint())
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        super().mouseReleaseEvent(event)
        target, self._pressed = self._pressed, None
        if event.button() is Qt.MouseButton.LeftButton and target == self._target(event.position().toPoint()):
            self._open(target, self.indexAt(event.position().toPoint()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 (Qt's name)
        super().mouseMoveEvent(event)
        points = self._target(event.position().toPoint()) is not None
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if points else Qt.CursorShape.ArrowCursor)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 (Qt's name)
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        row = self._row(index)
        if row is not None:
            place = self.viewport().mapToGlobal(self.visualRect(index).center()) if by_key else event.globalPos()
            self.message_actions.menu(row, self).popup(place)

    def _row(self, index: QModelIndex) -> MessageRow | None:
        model = self.model()
        return model.row(index.row()) if index.isValid() and isinstance(model, MessageListModel) else None

    def _target(self, position: QPoint) -> Target | None:
        return self._delegate.target(self.indexAt(position), position)

    def _open(self, target: Target | None, index: QModelIndex) -> None:
        match target:
            case Link(url=url):
                self.message_actions.open_link.emit(url)
            case Quote(message_id=quoted):
                self.message_actions.show_quoted.emit(quoted)
            case Reaction(mine=mine, emoji=emoji):
                row = self._row(index)
                if row is not None:
                    self.message_actions.react.emit(row.message, None if mine else emoji)
            case None:
                pass

    def _reset(self) -> None:
        if not self._show_wanted():
            self.go_to_end()
            self._go_to_unread()

    def _go_to_unread(self) -> None:
        """When a conversation is opened: what was not read, from its beginning, if that is further up than a screen."""
        model = self.model()
        if not self._opening or not isinstance(model, MessageListModel) or not model.rowCount():
            return
        self._opening = False
        first = model.first_unread()
        if first is not None and self.visualRect(model.index(first)).top() < 0:
            self._sticks = False
            self.scrollTo(model.index(first), QListView.ScrollHint.PositionAtTop)

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

    def _want_whole(self, row: MessageRow) -> None:
        if row.shortened:
            self.message_actions.whole.emit(row.message)

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
        self._rest_on_composer()
        bar = self.verticalScrollBar()
        if self._sticks:
            self.scrollToBottom()
        elif self._anchor is not None and self._anchor[0].isValid():
            index, before = self._anchor
            moved = self.visualRect(index).bottom() - before
            bar.setValue(bar.value() + moved)
        self._settling = False
        self._scrolled(bar.value())

    def _rest_on_composer(self) -> None:
        """Few rows stand at the lower end, beside what is written next."""
        gap = max(0, self.height() - self.contentsSize().height())
        if gap != self.viewportMargins().top():
            self.setViewportMargins(0, gap, 0, 0)
            self.doItemsLayout()

    def _scrolled(self, value: int) -> None:
        if self._settling:
            return
        at_bottom = value >= self.verticalScrollBar().maximum() - Size.SCROLL_STEP
        if at_bottom != self._at_bottom:
            self._at_bottom = at_bottom
            self.at_bottom_changed.emit(at_bottom)
        self.want_more()
