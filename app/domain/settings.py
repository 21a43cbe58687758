"""What the user chose, kept in the profile by name as text.

A stored value that is none, be it damaged or of another Kith, reads as the default: a setting never keeps a profile
from opening.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, fields
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Self

from app.domain.errors import ErrorKind, KithError
from app.domain.own_servers import NO_SERVERS, OwnServers

STORED_NAME = "setting {}"
"""Under which name the profile keeps a setting."""

TEXT_SIZES_PERCENT = range(75, 201)
LOCK_MINUTES = range(1_441)
"""Up to a day; 0 is never."""

MAX_DIGITS = 9

WAYS_BEYOND = frozenset({"dht", "go_between", "port_mapping", "relay", "stun"})
"""Settings that mean nothing while nobody beyond the local network is to hear from us."""

_LANGUAGE = re.compile(r"(?:[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,3})?", re.ASCII)
"""The shape of a BCP 47 tag, or nothing."""

_NOTHING: Mapping[str, bool] = MappingProxyType({})

_SWITCH = {"on": True, "off": False}


class Appearance(StrEnum):
    """Which colours the window wears."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting, with its default."""

    read_receipts: bool = True
    """Tell contacts what was read, and show what they read; off means neither."""
    typing_notices: bool = True
    """Tell contacts that we are writing, and show that they are; off means neither."""
    lan: bool = True
    """Find contacts on the local network."""
    dht: bool = True
    """Find contacts across the internet, through the nodes of the BitTorrent DHT."""
    port_mapping: bool = True
    """Ask the router for a port that leads to us."""
    stun: bool = True
    """Ask STUN servers for our address, while nobody else has told it."""
    relay: bool = True
    """Reach contacts through servers that relay, ours or theirs, where there is no other way."""
    go_between: bool = True
    """Let contacts bring what we and others, who have no link, tell each other to make one; off: nor ask for it."""
    lan_only: bool = False
    """Reach contacts in this computer's own networks, and send nothing to anybody beyond them."""
    notifications: bool = True
    notification_content: bool = False
    """Notifications show who wrote and what."""
    appearance: Appearance = Appearance.SYSTEM
    text_size_percent: int = 100
    language: str = ""
    """A BCP 47 tag; empty: the system's."""
    autostart: bool = False
    lock_after_minutes: int = 0
    """Of idleness; 0 is never."""
    keep_in_tray: bool = True
    servers: OwnServers = NO_SERVERS
    """STUN and TURN servers of one's own."""

    def checked(self) -> Self:
        """These settings.

        Raises:
            KithError: ``setting_invalid``: one is out of its bounds.
        """
        in_bounds = (
            self.text_size_percent in TEXT_SIZES_PERCENT
            and self.lock_after_minutes in LOCK_MINUTES
            and _LANGUAGE.fullmatch(self.language)
        )
        if not in_bounds:
            raise KithError(ErrorKind.SETTING_INVALID)
        self.servers.checked()
        return self

    def uses(self, way: str, fixed: Mapping[str, bool] = _NOTHING) -> bool:
        """Whether a way of that name is to be used, if ``fixed`` says nothing else of it.

        Beyond the local network there is none where nobody is to hear, whatever else says so.
        """
        wanted: bool = fixed.get(way, getattr(self, way))
        return wanted and not (self.lan_only and way in WAYS_BEYOND)

    def stored(self) -> dict[str, str]:
        """As the profile keeps them."""
        return {STORED_NAME.format(field.name): _text(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def read(cls, stored: Mapping[str, str]) -> Self:
        """What the profile keeps; the default for what it does not, or what is none of its values."""
        found: dict[str, Any] = {}
        for field in fields(cls):
            text = stored.get(STORED_NAME.format(field.name))
            with suppress(KithError, ValueError, KeyError):
                if text is not None:
                    value = _value(type(field.default), text)
                    cls(**{field.name: value}).checked()
                    found[field.name] = value
        return cls(**found)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, OwnServers):
        return value.stored()
    return str(value)


def _value(kind: type, text: str) -> Any:
    """The value of this type that a text stands for.

    Raises:
        KithError, KeyError, ValueError: it stands for none.
    """
    if kind is bool:
        return _SWITCH[text]
    if kind is OwnServers:
        return OwnServers.read(text)
    if kind is int and not (text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS):
        raise ValueError
    return kind(text)
