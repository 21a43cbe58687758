"""What a search found: contacts under one heading, messages under another."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.domain.contact import ContactSummary
from app.domain.identifiers import ContactId
from app.domain.message import Message
from app.gui.formatting import full_time
from app.gui.models.contact_list import ContactRole
from app.gui.models.contact_words import spoken

Index = QModelIndex | QPersistentModelIndex

_NO_PARENT = QModelIndex()
_BEFORE_MATCH = 12
"""Characters of the text before what was found that stand in the snippet."""
_MAX_SNIPPET = 160


class SearchRole(IntEnum):
    """Beside :class:`ContactRole`, by which contacts and the writers of messages are asked for."""

    HEADING = Qt.ItemDataRole.UserRole + 11
    HIT = Qt.ItemDataRole.UserRole + 12
    """The :class:`Hit`, if the row is a message."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """A piece of a text on one line, and where in it the words stand: start and length."""

    text: str
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A message that was found."""

    message: Message
    contact: ContactSummary
    """Whose conversation it is of, as of then: its time is the message's."""
    snippet: Snippet


Row = str | ContactSummary | Hit


class SearchResultsModel(QAbstractListModel):
    """Headings, contacts and messages, in this order."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.query = ""
        self._rows: list[Row] = []

    def rowCount(self, parent: Index = _NO_PARENT) -> int:  # noqa: N802 (Qt's name)
        return 0 if parent.isValid() else len(self._rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if index.isValid() and isinstance(self._rows[index.row()], str):
            return Qt.ItemFlag.ItemIsEnabled
        return super().flags(index)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        match self._rows[index.row()], role:
            case str(heading), Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole | SearchRole.HEADING:
                return heading
            case ContactSummary() as contact, _:
                return self._of_contact(contact, role)
            case Hit() as hit, _:
                return self._of_hit(hit, role)
            case _:
                return None

    def show(
        self,
        query: str,
        contacts: Sequence[ContactSummary],
        messages: Sequence[Message],
        contact_of: Callable[[ContactId], ContactSummary | None],
    ) -> None:
        """Make these the rows; a message whose contact is not there any more stays out."""
        words = query.split()
        hits = [
            Hit(message, replace(contact, unread=0, last_message_at=message.sent_at), snippet(message.text, words))
            for message in messages
            if (contact := contact_of(message.contact)) is not None
        ]
        self.beginResetModel()
        self.query = query
        self._rows = []
        if contacts:
            self._rows += [self.tr("Contacts"), *contacts]
        if hits:
            self._rows += [self.tr("Messages"), *hits]
        self.endResetModel()

    def _of_contact(self, contact: ContactSummary, role: int) -> object:
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return contact.name
            case Qt.ItemDataRole.AccessibleTextRole:
                return spoken(contact)
            case ContactRole.CONTACT:
                return contact
            case _:
                return None

    def _of_hit(self, hit: Hit, role: int) -> object:
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return hit.snippet.text
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{hit.contact.name}, {hit.snippet.text}, {full_time(hit.message.sent_at)}"
            case ContactRole.CONTACT:
                return hit.contact
            case SearchRole.HIT:
                return hit
            case _:
                return None


def snippet(text: str, words: Sequence[str]) -> Snippet:
    """The text around the first of the words, on one line; where none stands as it was typed, its beginning."""
    pattern = "|".join(re.escape(word) for word in words)
    first = re.search(pattern, text, re.IGNORECASE) if pattern else None
    start = max(0, first.start() - _BEFORE_MATCH) if first else 0
    if start:
        start = text.find(" ", start, first.start()) + 1 if first and " " in text[start : first.start()] else start
    shown = ("… " if start else "") + " ".join(text[start : start + _MAX_SNIPPET].split())
    marks = [(mark.start(), len(mark[0])) for mark in re.finditer(pattern, shown, re.IGNORECASE)] if pattern else []
    return Snippet(shown, tuple(marks))
