"""What we want to be on the LAN, and who hears what others are there: between decisions and mDNS."""

from dataclasses import dataclass
from typing import Protocol

from net.endpoint import Endpoint


@dataclass(frozen=True, slots=True)
class Service:
    """What to announce: the data of the TXT record, and where."""

    text: bytes
    endpoints: tuple[Endpoint, ...]


@dataclass(frozen=True, slots=True)
class Presence:
    """What is wanted."""

    speakers: tuple[str, ...] = ()
    """Own addresses to speak from; without any, nothing runs."""

    move: int = 0
    """Another number starts anew even from the same addresses: what was said and heard before may be lost."""

    service: Service | None = None


class Listener(Protocol):
    """Who is told; both calls come on the event loop."""

    def heard(self, name: str, text: bytes) -> None:
        """A service of that name has this TXT record."""

    def gone(self, name: str) -> None:
        """It was taken back."""
