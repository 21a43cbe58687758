"""What :class:`~net.paths.Paths` wants done; :mod:`net.paths_driver` carries it out."""

from dataclasses import dataclass
from typing import TypeAlias

from net.dialling import DialId, Way
from net.endpoint import Endpoint
from net.events import CloseReason, LinkId
from net.peer import LinkKey, PeerId
from net.survivor import Confirm, Nominate


@dataclass(frozen=True, slots=True, eq=False)
class Dial:
    """Connect there and send a first flight under this key."""

    dial: DialId
    peer: PeerId
    endpoint: Endpoint
    key: LinkKey
    way: Way = Way.DIRECT
    controls: bool = False
    """Should the other side dial us at the same moment, and the first flights cross, ours stands."""


@dataclass(frozen=True, slots=True)
class MovePort:
    """Listen on one more port, and punch from there: from the present one it does not succeed."""


@dataclass(frozen=True, slots=True)
class StopDial:
    """Give an attempt up; nothing needs to be reported of it."""

    dial: DialId


@dataclass(frozen=True, slots=True)
class CloseLink:
    """End a link; its end is then reported like any other."""

    link: LinkId
    reason: CloseReason


@dataclass(frozen=True, slots=True)
class Online:
    """The peer's envelopes go over this link from now on."""

    peer: PeerId
    link: LinkId


@dataclass(frozen=True, slots=True)
class Offline:
    """The peer's last contact link is gone."""

    peer: PeerId


Effect: TypeAlias = Dial | StopDial | MovePort | CloseLink | Online | Offline | Nominate | Confirm
