"""The conversations of the left column, newest first."""

import math
from collections.abc import Sequence
from dataclasses import replace
from enum import IntEnum

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QSortFilterProxyModel, Qt

from app.domain.contact import ContactSummary
from app.domain.events import ContactChanged, PathChanged
from app.domain.identifiers import ContactId
from app.domain.message import Message
from app.gui.formatting import MAX_LAST_LINE_CHARACTERS
from app.gui.models.contact_words import spoken, standing

Index = QModelIndex | QPersistentModelIndex

_NO_PARENT = QModelIndex()


class ContactRole(IntEnum):
    """What the delegate asks for besides Qt's own roles."""

    CONTACT = Qt.ItemDataRole.UserRole + 1
    """The :class:`ContactSummary`."""
    TYPING = Qt.ItemDataRole.UserRole + 3
    """Whether the contact is writing."""
    LAST_AT = Qt.ItemDataRole.UserRole + 2
    """Time of the last message, for the order."""


class ContactListModel(QAbstractListModel):
    """One row a contact, in no order; a sorting proxy stands before the view."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[ContactSummary] = []
        self._typing: set[ContactId] = set()

    def rowCount(self, parent: Index = _NO_PARENT) -> int:  # noqa: N802 (Qt's name)
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        contact = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return contact.name
            case Qt.ItemDataRole.AccessibleTextRole:
                return spoken(contact)
            case Qt.ItemDataRole.ToolTipRole:
                return standing(contact)  # our own words alone: Qt would read markup in a name
            case ContactRole.CONTACT:
                return contact
            case ContactRole.TYPING:
                return contact.contact in self._typing
            case ContactRole.LAST_AT:
                return contact.last_message_at or 0.0
            case _:
                return None

    def contact(self, contact: ContactId) -> ContactSummary | None:
        """The row of that contact."""
        row = self._row(contact)
        return None if row is None else self._rows[row]

    def contacts(self) -> Sequence[ContactSummary]:
        """All of them, in no order."""
        return tuple(self._rows)

    def show(self, contacts: Sequence[ContactSummary]) -> None:
        """Make the rows those of ``contacts``, keeping what stays, so that a selection survives."""
        shown = {contact.contact: contact for contact in contacts}
        for row in reversed(range(len(self._rows))):
            if self._rows[row].contact not in shown:
                self._remove(row)
        for contact in shown.values():
            self._put(contact)

    def remove(self, contact: ContactId) -> None:
        """Take the contact's row away, if there is one."""
        row = self._row(contact)
        if row is not None:
            self._remove(row)

    def tell_last(self, message: Message, *, unread: int = 0) -> None:
        """A message was added to the conversation: ``unread`` more wait to be read."""
        known = self.contact(message.contact)
        if known is not None:
            known = replace(known, last=message, last_message=message.text, last_message_at=message.sent_at)
            self._put(replace(known, unread=known.unread + unread))

    def tell_typing(self, contact: ContactId, *, typing: bool) -> None:
        """The contact is writing, or no longer."""
        row = self._row(contact)
        if row is not None and typing != (contact in self._typing):
            self._typing ^= {contact}
            self._tell(row)

    def is_typing(self, contact: ContactId) -> bool:
        return contact in self._typing

    def tell_draft(self, contact: ContactId, text: str) -> None:
        """This was written and not sent."""
        known = self.contact(contact)
        if known is not None:
            self._put(replace(known, draft=text[:MAX_LAST_LINE_CHARACTERS] or None))

    def tell_read(self, contact: ContactId) -> None:
        """Everything of the conversation was read."""
        known = self.contact(contact)
        if known is not None:
            self._put(replace(known, unread=0))

    def tell_path(self, event: PathChanged) -> None:
        known = self.contact(event.contact)
        if known is not None:
            self._put(replace(known, online=event.online, path=event.path))

    def tell_changed(self, event: ContactChanged) -> None:
        known = self.contact(event.contact)
        if event.removed:
            self.remove(event.contact)
        elif known is not None:
            changes = {
                field: value
                for field in ("name", "verified", "blocked", "problem", "check_digits", "notice")
                if (value := getattr(event, field)) is not None
            }
            if event.muted is not None:
                changes["muted_until"] = math.inf if event.muted else None
            self._put(replace(known, **changes))

    def _row(self, contact: ContactId) -> int | None:
        return next((row for row, known in enumerate(self._rows) if known.contact == contact), None)

    def _put(self, contact: ContactSummary) -> None:
        row = self._row(contact.contact)
        if row is None:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows))
            self._rows.append(contact)
            self.endInsertRows()
        elif self._rows[row] != contact:
            self._rows[row] = contact
            self._tell(row)

    def _tell(self, row: int) -> None:
        changed = self.index(row)
        roles = [Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, *ContactRole]
        self.dataChanged.emit(changed, changed, [int(role) for role in roles])

    def _remove(self, row: int) -> None:
        self.beginRemoveRows(QModelIndex(), row, row)
        del self._rows[row]
        self.endRemoveRows()


class NewestFirst(QSortFilterProxyModel):
    """Conversations by their last message, newest on top; those without one below, by name.

    It is never a child of its source, which would take it along while it still listens: Qt crashes on that.
    """

    def __init__(self, source: ContactListModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setSourceModel(source)
        self.setDynamicSortFilter(True)
        self.sort(0)

    def lessThan(self, left: Index, right: Index) -> bool:  # noqa: N802 (Qt's name)
        return _rank(left) < _rank(right)


def _rank(index: Index) -> tuple[float, str]:
    contact = index.data(ContactRole.CONTACT)
    assert isinstance(contact, ContactSummary)
    return -(contact.last_message_at or 0.0), contact.name.casefold()
