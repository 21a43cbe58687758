"""What the engine tells the network about one party: an opaque id, the link keys it answers to, where it may be."""

from dataclasses import dataclass
from enum import Enum
from typing import NewType

from crypto.rendezvous import Rendezvous
from crypto.secret import Secret
from net.endpoint import Endpoint

PeerId = NewType("PeerId", bytes)
"""Opaque to the network: a contact's fingerprint, or an invite's id."""


class LinkKind(Enum):
    """What a link key stands for; the network treats all alike and only reports it (``docs/protocol.md`` section 4)."""

    CONTACT = "contact"
    INVITE = "invite"
    RESET = "reset"


@dataclass(frozen=True, slots=True, eq=False)
class LinkKey:
    """A 32-byte Noise pre-shared key, ``psk_link``."""

    kind: LinkKind
    secret: Secret


@dataclass(frozen=True, slots=True, eq=False)
class Peer:
    """One party to listen for and, if ``wanted``, to dial.

    ``keys`` are all accepted from the other side; the first is the one to dial with.  ``controls`` says that this
    side decides which of several links survives (the smaller fingerprint; for an invite the joiner).
    """

    peer_id: PeerId
    keys: tuple[LinkKey, ...]
    controls: bool
    wanted: bool
    endpoints: tuple[Endpoint, ...] = ()
    proven: tuple[Endpoint, ...] = ()
    """Where links to it came up before."""
    rendezvous: Rendezvous | None = None
    """Where its record is on the DHT."""
