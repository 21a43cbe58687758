"""Whether the store can live with a row that somebody else wrote: bounds and meanings, beyond the types of its columns.

A file may come from anywhere, and whoever made it knows its passphrase.  What these let through reads like what this
Kith writes.
"""

import math
import unicodedata
from collections.abc import Callable, Mapping

from app.domain.account import MAX_NAME_CHARACTERS
from app.domain.annotation import MAX_EMOJI_BYTES
from app.domain.contact import ContactNotice, ContactProblem, ContactState
from app.domain.content import ContentType, is_conversation
from app.domain.hybrid_clock import CLOCK_LIMIT
from app.domain.identifiers import MESSAGE_ID_BYTES
from app.domain.message import MAX_TEXT_BYTES, MessageState
from app.domain.name import DISGUISES
from app.storage.connection import Value
from app.storage.salvage.tables import Fields
from crypto.discovery_key import POINT_BYTES
from crypto.primitives import KEY_BYTES
from net.endpoint import Endpoint
from net.errors import LocalError
from net.events import PathClass

CARRIED_SETTINGS = ("setting ", "draft for ", "muted until of ", "clock of ", "stored bytes of ")
"""How the settings begin that mean something on another computer; its ports, networks and repairs are its own."""
MAX_ENDPOINTS_TEXT = 4_096
MAX_NUMBER = 1 << 31
"""Of contacts: they are counted from 1."""

_PATHS = {None, *(path.value for path in PathClass)}

Check = Callable[[Fields], bool]


def is_sound(table: str, fields: Fields) -> bool:
    """Whether a row of a table, whose types are right, means something."""
    check = _CHECKS.get(table)
    return check is None or check(fields)


def _is_account(fields: Fields) -> bool:
    return _is_name(fields["name"]) and _is_time(fields["created_at"]) and fields["port"] in range(65_536)


def is_carried(table: str, fields: Fields) -> bool:
    """Whether a row belongs into another profile, rather than to this computer."""
    return table != "settings" or str(fields["key"]).startswith(CARRIED_SETTINGS)


def _is_setting(fields: Fields) -> bool:
    return _is_text(fields["value"]) and _is_text(fields["key"])


def _is_contact(fields: Fields) -> bool:
    names = (fields["given_name"], fields["petname"])
    flags = (fields["verified"], fields["blocked"], fields["in_person"])
    return (
        _is_number(fields["number"])
        and all(name is None or _is_name(name) for name in names)
        and all(flag in (0, 1) for flag in flags)
        and _is_member(ContactState, fields["state"])
        and _is_member(ContactProblem, fields["problem"])
        and _is_member(ContactNotice, fields.get("notice", 0))
        and fields["capabilities"] in range(1 << 32)
        and all(_are_endpoints(fields[name]) for name in ("endpoints", "announced"))
        and _has_size(fields["discovery"], 0, POINT_BYTES + KEY_BYTES)
        and all(_is_time(fields.get(name)) for name in ("added_at", "last_seen_at", "reset_at"))
    )


def _is_message(fields: Fields) -> bool:
    content_type = fields["content_type"]
    times = ("sent_at", "received_at", "transmitted_at", "delivered_at", "read_at", "failed_at")
    return (
        _is_of_message(fields)
        and isinstance(content_type, int)
        and is_conversation(content_type)
        and _is_text(fields["text"])
        and (content_type == ContentType.TEXT or not fields["text"])
        and _is_member(MessageState, fields["state"])
        and _has_size(fields["reply_to"], None, MESSAGE_ID_BYTES)
        and all(_is_time(fields[name]) for name in times)
        and _is_number(fields["row"])
        and fields.get("path") in _PATHS
    )


def _is_erased(fields: Fields) -> bool:
    return _has_size(fields["message_id"], MESSAGE_ID_BYTES) and _is_time(fields["erased_at"])


def _is_revision(fields: Fields) -> bool:
    return (
        _is_of_message(fields)
        and fields["deleted"] in (0, 1)
        and fields["waiting"] in (0, 1)
        and _has_size(fields["revision_id"], MESSAGE_ID_BYTES)
        and _is_text(fields["text"])
        and _is_time(fields["edited_at"])
        and _is_time(fields["kept_at"])
    )


def _is_reaction(fields: Fields) -> bool:
    return (
        _is_of_message(fields)
        and fields["by_me"] in (0, 1)
        and fields["waiting"] in (0, 1)
        and _has_size(fields["reaction_id"], MESSAGE_ID_BYTES)
        and _is_emoji(fields["emoji"])
        and _is_time(fields["kept_at"])
    )


_CHECKS: Mapping[str, Check] = {
    "account": _is_account,
    "settings": _is_setting,
    "contacts": _is_contact,
    "messages": _is_message,
    "erased": _is_erased,
    "revisions": _is_revision,
    "reactions": _is_reaction,
}
"""Joinings decode or do not; the tables of the store see to that."""


def _is_of_message(fields: Fields) -> bool:
    clock = fields["clock"]
    return (
        _has_size(fields["message_id"], MESSAGE_ID_BYTES)
        and fields["mine"] in (0, 1)
        and isinstance(clock, int)
        and 0 <= clock < CLOCK_LIMIT
    )


def _is_number(value: Value) -> bool:
    return isinstance(value, int) and 0 < value < MAX_NUMBER


def _is_time(value: Value) -> bool:
    return value is None or (isinstance(value, int | float) and math.isfinite(value))


def _is_text(value: Value) -> bool:
    return isinstance(value, str) and len(value.encode()) <= MAX_TEXT_BYTES


def _is_member(kind: type, value: Value) -> bool:
    return value in list(kind)  # type: ignore[call-overload]


def _has_size(value: Value, *sizes: int | None) -> bool:
    return (None if value is None else len(value) if isinstance(value, bytes) else -1) in sizes


def _is_name(value: Value) -> bool:
    """Bounded and on one line.  Which characters exist depends on the Python that asks, and is no reason to refuse."""
    if not isinstance(value, str) or not 0 < len(value) <= MAX_NAME_CHARACTERS:
        return False
    return not any(character in DISGUISES or unicodedata.category(character) == "Cc" for character in value)


def _is_emoji(value: Value) -> bool:
    return isinstance(value, str) and len(value.encode()) <= MAX_EMOJI_BYTES


def _are_endpoints(value: Value) -> bool:
    if not isinstance(value, str) or len(value) > MAX_ENDPOINTS_TEXT:
        return False
    try:
        return all(str(Endpoint.parse(each)) == each for each in value.split())
    except LocalError:
        return False
