"""What the network tells the engine: values, never calls into it."""

from dataclasses import dataclass
from enum import Enum
from typing import NewType

from net.endpoint import Endpoint
from net.peer import LinkKind, PeerId

LinkId = NewType("LinkId", int)
"""One authenticated connection, unique in this process."""


class PathClass(Enum):
    """How a peer is reached, best first."""

    LAN = "lan"
    DIRECT = "direct"
    PUNCHED = "punched"
    RELAYED = "relayed"


class CloseReason(Enum):
    """Why a link ended."""

    LOCAL = "closed here"
    REMOTE = "closed by the peer"
    SUPERSEDED = "another link to the same peer survives"
    DEAD = "no answer to pings"
    LOST = "connection lost"
    PROTOCOL = "the peer broke the protocol"
    REMOVED = "the peer is no longer known"


@dataclass(frozen=True, slots=True)
class LinkUp:
    """A link is authenticated.

    ``handshake_hash`` is Noise's ``h``, 32 bytes, equal on both sides and secret to nobody.
    """

    link: LinkId
    peer: PeerId
    kind: LinkKind
    handshake_hash: bytes
    dialled: bool
    path: PathClass
    remote: Endpoint
    dialled_at: Endpoint | None = None
    """Where a TCP dial of ours found the peer, if the link came of one."""


@dataclass(frozen=True, slots=True)
class LinkDown:
    """A link that was up has ended."""

    link: LinkId
    peer: PeerId
    reason: CloseReason


@dataclass(frozen=True, slots=True)
class PeerOnline:
    """The peer's surviving link changed: the way it is reached now.  Everything unacknowledged is to be sent again."""

    peer: PeerId
    link: LinkId
    path: PathClass
    rtt_s: float | None


@dataclass(frozen=True, slots=True)
class PeerOffline:
    """No link to the peer is left."""

    peer: PeerId


@dataclass(frozen=True, slots=True)
class EnvelopeReceived:
    """An envelope frame, opaque here."""

    link: LinkId
    peer: PeerId
    envelope: bytes


@dataclass(frozen=True, slots=True)
class HandshakeReceived:
    """A handshake frame, opaque here (``docs/protocol.md`` section 2)."""

    link: LinkId
    peer: PeerId
    message: bytes


@dataclass(frozen=True, slots=True)
class ProgressReceived:
    """A progress frame, opaque here (``docs/protocol.md`` section 3)."""

    link: LinkId
    peer: PeerId
    message: bytes


@dataclass(frozen=True, slots=True)
class PeerWritable:
    """The send buffer that refused an envelope has drained."""

    peer: PeerId


@dataclass(frozen=True, slots=True)
class FlightUnanswered:
    """A connection to where the peer may be was accepted; our first flight under such a key got no answer."""

    peer: PeerId
    kind: LinkKind


@dataclass(frozen=True, slots=True)
class SignalToPass:
    """Whoever is linked to the peer as well as to us may bring it this: a sealed signal, 768 bytes, opaque to them."""

    peer: PeerId
    value: bytes


@dataclass(frozen=True, slots=True)
class MachineMoved:
    """This machine's addresses may be others now, or are known better: at the start, after a change, after sleep."""


NetEvent = (
    LinkUp
    | LinkDown
    | PeerOnline
    | PeerOffline
    | EnvelopeReceived
    | HandshakeReceived
    | ProgressReceived
    | PeerWritable
    | FlightUnanswered
    | SignalToPass
    | MachineMoved
)


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """One surviving link, for the status page."""

    link: LinkId
    peer: PeerId
    path: PathClass
    remote: Endpoint
    rtt_s: float | None
    since: float
    """Unix seconds."""
