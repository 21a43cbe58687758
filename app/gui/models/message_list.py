"""A window of at most 300 rows on a conversation, oldest first.

The conversation may hold a hundred thousand messages; the window holds a page of its newest, is extended by pages in
both directions, and forgets what is far from where the person reads.  Rows are in the order of ``(clock, message_id)``,
which is the same on both sides.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import IntEnum
from types import MappingProxyType

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from app.domain.identifiers import MessageId
from app.domain.message import Message, MessageState
from app.gui.models.message_row import MessageRow, Quote, row_of
from app.gui.models.message_words import details, state_words

Index = QModelIndex | QPersistentModelIndex

PAGE = 40
"""Messages asked for at a time."""

MAX_ROWS = 300
"""Rows held: every one costs a layout when the width changes.  What is too much goes a page at a time, for each
removal makes a view place all its rows anew."""

_MAX_EARLY_STATES = 1_000
_MAX_QUOTED = 1_000
"""Quoted messages kept that are not in the window."""
_NO_PARENT = QModelIndex()
_SPOKEN = (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole)
_NOBODY: Mapping[MessageId, Message] = MappingProxyType({})


class MessageRole(IntEnum):
    """What the delegate asks for besides Qt's own roles."""

    MESSAGE = Qt.ItemDataRole.UserRole + 1
    """The :class:`Message`."""
    DAY = Qt.ItemDataRole.UserRole + 2
    """The ``date`` that begins with this row, or None."""
    STARTS_GROUP = Qt.ItemDataRole.UserRole + 3
    """Whether the row is the first of its sender's group."""


class MessageListModel(QAbstractListModel):
    """The rows of one conversation; ``peer`` is what the other is called."""

    quote_wanted = Signal(str)
    """A message is quoted that the model does not know: :meth:`tell_quoted`."""
    reshaping = Signal()
    """A row is about to become higher or lower."""
    reshaped = Signal()

    def __init__(self, peer: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.peer = peer
        self.has_older = True
        """Whether there may be messages before the first row."""
        self.has_newer = False
        """Whether messages after the last row were forgotten or not taken in."""
        self.unread_from: Message | None = None
        """What was not read when the conversation was opened begins with this one; set before its row is made."""
        self._rows: list[MessageRow] = []
        self._early: dict[MessageId, MessageState] = {}
        self._quoted: dict[MessageId, Message | None] = {}

    def rowCount(self, parent: Index = _NO_PARENT) -> int:  # noqa: N802 (Qt's name)
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.text
            case Qt.ItemDataRole.AccessibleTextRole:
                return self.spoken(row)
            case Qt.ItemDataRole.ToolTipRole:
                return details(row.message)
            case MessageRole.MESSAGE:
                return row.message
            case MessageRole.DAY:
                return row.day
            case MessageRole.STARTS_GROUP:
                return row.starts_group
            case _:
                return None

    def row(self, number: int) -> MessageRow:
        """The row of that number, without Qt in between: a view asks for all of them at every layout."""
        return self._rows[number]

    def spoken(self, row: MessageRow) -> str:
        """Sender, text, time and state, for a screen reader."""
        mine = row.message.mine
        parts = [self.author(row.message), row.text, row.time]
        if row.quote is not None:
            parts.append(self.tr("in reply to: {text}").format(text=row.quote.text))
        parts += [f"{reaction.emoji} {self.person(mine=reaction.mine)}" for reaction in row.message.reactions]
        return ", ".join([*parts, state_words(row.message.state)] if mine else parts)

    def author(self, message: Message) -> str:
        """Who wrote it."""
        return self.person(mine=message.mine)

    def person(self, *, mine: bool) -> str:
        return self.tr("You") if mine else self.peer

    def change_all(self, messages: Sequence[Message]) -> None:
        """Messages were edited, deleted by their author, or reacted to; quotes of them follow, and one layout."""
        changed = {message.message_id: message for message in messages}
        if not changed:
            return
        self.reshaping.emit()
        for number, row in enumerate(self._rows):
            message = changed.get(row.message.message_id)
            if message is not None:
                self._rows[number] = replace(row, message=self._with_early_state(message))
                self._look_back(number)
                self._changed(number, [MessageRole.MESSAGE, Qt.ItemDataRole.DisplayRole, *_SPOKEN])
        answered = {row.message.reply_to for row in self._rows} | self._quoted.keys()
        for message in changed.values():
            if message.message_id in answered:
                self.tell_quoted(message.message_id, message)
        self.reshaped.emit()

    def last_own_text(self) -> Message | None:
        """The newest text of ours that can be edited."""
        own = (row for row in reversed(self._rows) if row.message.mine and not row.is_faded)
        return next((row.message for row in own), None)

    def oldest(self) -> Message | None:
        return self._rows[0].message if self._rows else None

    def newest(self) -> Message | None:
        return self._rows[-1].message if self._rows else None

    def replace_all(self, newest_first: Sequence[Message], *, has_older: bool, has_newer: bool = False) -> None:
        """Show this page, and nothing else."""
        self.beginResetModel()
        self._rows = []
        self._put_in(0, list(reversed(newest_first))[-MAX_ROWS:])
        self.has_older, self.has_newer = has_older, has_newer
        self.endResetModel()

    def add_older(self, newest_first: Sequence[Message], *, has_older: bool) -> None:
        """Put a page before the first row; what then is too much at the end is forgotten."""
        first = self.oldest()
        page = [message for message in reversed(newest_first) if first is None or key(message) < key(first)]
        self._insert(0, page)
        self.has_older = has_older
        if len(self._rows) > MAX_ROWS:
            self.has_newer = True
            self._drop(MAX_ROWS, len(self._rows))

    def add_newer(self, newest_first: Sequence[Message], *, has_newer: bool) -> None:
        """Put a page behind the last row; what then is too much at the beginning is forgotten."""
        last = self.newest()
        page = [message for message in reversed(newest_first) if last is None or key(message) > key(last)]
        self._insert(len(self._rows), page)
        self.has_newer = has_newer
        self._drop_beginning()

    def add_all(self, messages: Sequence[Message]) -> None:
        """Take messages in, each at its place; those behind the last row in one step, however many."""
        last = self.newest()
        ordered = sorted({message.message_id: message for message in messages}.values(), key=key)
        behind = [message for message in ordered if last is not None and key(message) > key(last)]
        for message in ordered[: len(ordered) - len(behind)]:
            self.add(message)
        if not self.has_newer:
            self._insert(len(self._rows), behind)
            self._drop_beginning()

    def add(self, message: Message) -> None:
        """Take one message in at its place, or anew if it is there; one beyond a forgotten end stays out."""
        row = self._place(message)
        if row < len(self._rows) and self._rows[row].message.message_id == message.message_id:
            self.set_state(message.message_id, message.state)
            return
        if (row == len(self._rows) and self.has_newer) or (row == 0 and self._rows and self.has_older):
            return
        self._insert(row, [message])
        self._drop_beginning()

    def set_state(self, message: MessageId, state: MessageState) -> None:
        """The message climbed the ladder.  A state that comes before its message is kept for it."""
        row = self._row(message)
        if row is None:
            self._early[message] = max(state, self._early.get(message, state))
            if len(self._early) > _MAX_EARLY_STATES:
                del self._early[next(iter(self._early))]
        elif state > (known := self._rows[row]).message.state:
            self._rows[row] = replace(known, message=replace(known.message, state=state))
            self._changed(row, [MessageRole.MESSAGE, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole])

    def tell_quoted(self, message_id: MessageId, message: Message | None) -> None:
        """The quoted message, or that it is not there."""
        self._quoted[message_id] = message
        if len(self._quoted) > _MAX_QUOTED:
            del self._quoted[next(iter(self._quoted))]
        for number, row in enumerate(self._rows):
            if row.message.reply_to == message_id:
                quote = Quote(message_id, message, is_missing=message is None)
                self._rows[number] = replace(row, quote=quote)
                self._changed(number, [MessageRole.MESSAGE, Qt.ItemDataRole.AccessibleTextRole])

    def first_unread(self) -> int | None:
        """The row with that line before it."""
        return next((number for number, row in enumerate(self._rows) if row.starts_unread), None)

    def waits(self) -> bool:
        """Whether one of our newest messages waits to be sent."""
        newest = (row.message for row in self._rows[-PAGE:])
        return any(message.mine and message.state is MessageState.QUEUED for message in newest)

    def remove(self, message: MessageId) -> None:
        """The message was deleted."""
        row = self._row(message)
        if row is not None:
            self._drop(row, row + 1)

    def row_of(self, message: MessageId) -> int | None:
        """Where the message stands, if it is in the window."""
        return self._row(message)

    def _insert(self, row: int, messages: Sequence[Message]) -> None:
        if not messages:
            return
        self.beginInsertRows(QModelIndex(), row, row + len(messages) - 1)
        self._put_in(row, messages)
        self._look_back(row + len(messages))
        self.endInsertRows()
        self._tell_of(row + len(messages))

    def _drop(self, begin: int, end: int) -> None:
        self.beginRemoveRows(QModelIndex(), begin, end - 1)
        del self._rows[begin:end]
        self._look_back(begin)
        self.endRemoveRows()
        self._tell_of(begin)

    def _drop_beginning(self) -> None:
        if len(self._rows) > MAX_ROWS:
            self._drop(0, len(self._rows) - MAX_ROWS + PAGE)
            self.has_older = True

    def _put_in(self, row: int, messages: Sequence[Message]) -> None:
        before = self._rows[row - 1].message if row else None
        made, together = [], {message.message_id: message for message in messages}
        for message in messages:
            made.append(self._made(self._with_early_state(message), before, together))
            before = message
        self._rows[row:row] = made

    def _made(
        self, message: Message, before: Message | None, together: Mapping[MessageId, Message] = _NOBODY
    ) -> MessageRow:
        """The row of the message; it may answer one of those that come ``together`` with it."""
        starts_unread = self.unread_from is not None and key(message) == key(self.unread_from)
        return row_of(message, before, self._quote(message, together), starts_unread=starts_unread)

    def _quote(self, message: Message, together: Mapping[MessageId, Message]) -> Quote | None:
        answered = message.reply_to
        if answered is None:
            return None
        row = self._row(answered)
        known = together.get(answered) if row is None else self._rows[row].message
        if known is None and answered not in self._quoted:
            self.quote_wanted.emit(answered)
        known = known or self._quoted.get(answered)
        return Quote(answered, known, is_missing=known is None and answered in self._quoted)

    def _look_back(self, row: int) -> None:
        """The row has another row before it: day and group may begin elsewhere."""
        if row < len(self._rows):
            before = self._rows[row - 1].message if row else None
            self._rows[row] = self._made(self._rows[row].message, before)

    def _tell_of(self, row: int) -> None:
        if row < len(self._rows):
            self._changed(row, [MessageRole.DAY, MessageRole.STARTS_GROUP])

    def _changed(self, row: int, roles: Sequence[int]) -> None:
        changed = self.index(row)
        self.dataChanged.emit(changed, changed, [int(role) for role in roles])

    def _with_early_state(self, message: Message) -> Message:
        early = self._early.pop(message.message_id, message.state)
        return replace(message, state=early) if early > message.state else message

    def _place(self, message: Message) -> int:
        return bisect_left(self._rows, key(message), key=lambda row: key(row.message))

    def _row(self, message: MessageId) -> int | None:
        rows = range(len(self._rows) - 1, -1, -1)
        return next((row for row in rows if self._rows[row].message.message_id == message), None)


def key(message: Message) -> tuple[int, str]:
    """The order of a conversation."""
    return message.clock, message.message_id
