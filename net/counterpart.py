"""The other side of our links: where one peer may be, whether it is there, and which links to it are up.  Sans-IO."""

from dataclasses import dataclass

from net.dialling import Dialling, OwnEndpoints, Target, Way, dialable, is_free_aside, is_punchable, nearby
from net.endpoint import Endpoint
from net.limits import FAREWELL_REST_S, FRESH_RECORD_S
from net.peer import LinkKind, Peer
from net.peer_links import PeerLinks

_SAME_RECORD_S = 2.0
"""Times of one record, told by two clocks that both go in whole seconds."""

_NEVER = float("-inf")


@dataclass(slots=True)
class Counterpart:
    """What is known of one peer."""

    peer: Peer
    dialling: Dialling
    links: PeerLinks
    near: tuple[Endpoint, ...] = ()
    """Where it was announced on the LAN."""
    far: tuple[Endpoint, ...] = ()
    """Where its record on the DHT says that it is."""
    is_symmetric: bool = False
    """Its record says that nobody can be told where to knock."""
    record_at: float = _NEVER
    """When the newest record that we know of was made."""
    expected_until: float = 0.0
    """So long there is reason to believe that it is there."""
    left_at: float = _NEVER
    """When it closed a link in order, as who ends the program does; no record of a later moment is known."""
    is_new: bool = True
    """Nothing has come of it yet in this process, neither a link nor a window beside our ports."""
    is_suspect: bool = False
    """Nobody answers on the link in use."""
    answers_until: float | None = None
    """So long somebody is dialled that is not wanted otherwise: who holds an invite of ours, and has called us."""
    held_back: tuple[Endpoint, ...] = ()
    """Where it was not dialled in the last round, since that was done too often in vain."""

    # --- Whether it is dialled, and when

    @property
    def dialled_kind(self) -> LinkKind | None:
        return self.peer.keys[0].kind if self.peer.keys else None

    @property
    def is_sought(self) -> bool:
        """Whether it is dialled."""
        return bool(self.peer.keys) and (self.peer.wanted or self.answers_until is not None)

    def wake_at(self, *, stands_in_line: bool) -> float | None:
        round_at = None if stands_in_line else self.dialling.wake_at()
        moments = (round_at, self.answers_until, self.links.wake_at())
        return min((moment for moment in moments if moment is not None), default=None)

    def is_expected(self, now: float) -> bool:
        """Whether there is reason to believe that it is there."""
        return now < self.expected_until

    def rests_until(self) -> float:
        """Before that nothing is left in our NAT for somebody who has just gone."""
        return self.left_at + FAREWELL_REST_S

    def heard_of(self, *, made_at: float, now: float) -> None:
        """It was there a while ago, as its record says; a record newer than the last is news."""
        self.expected_until = max(self.expected_until, min(made_at, now) + FRESH_RECORD_S)
        if made_at > self.left_at:
            self.left_at = _NEVER
        if made_at > self.record_at + _SAME_RECORD_S:
            self.dialling.nudge(now)
        self.record_at = max(self.record_at, made_at)

    # --- Where

    def near_endpoints(self, own: OwnEndpoints) -> tuple[Endpoint, ...]:
        """Where it was announced in a network of ours."""
        return nearby(self.near, own)

    def wanted_endpoints(self, own: OwnEndpoints) -> tuple[Endpoint, ...]:
        """Where it may be dialled."""
        far = dialable((*self.far, *self.peer.endpoints), own)
        return tuple(dict.fromkeys((*self.near_endpoints(own), *far)))

    def targets(self, own: OwnEndpoints) -> tuple[Target, ...]:
        """In which ways, and where, a round dials it."""
        endpoints = self.wanted_endpoints(own)
        punchable = [] if self.is_symmetric else [each for each in endpoints if is_punchable(each, own)]
        return (
            *(Target(Way.DIRECT, endpoint) for endpoint in endpoints),
            *(Target(Way.PUNCH, endpoint) for endpoint in punchable),
            *(Target(Way.ASIDE, endpoint) for endpoint in punchable if self._is_passed_by(endpoint)),
        )

    def _is_passed_by(self, endpoint: Endpoint) -> bool:
        """Whether to knock beside the ports as well: between those of a link that may be dead there is no room for
        another yet, and a peer may have moved; what an earlier program has left concerns places known before.
        """
        is_worth_it = self.is_suspect or (self.is_new and endpoint in self.peer.proven)
        return is_worth_it and is_free_aside(endpoint)

    # --- Its links

    def controls(self, kind: LinkKind) -> bool:
        """Whether this side decides which link of this kind survives, and whose first flight stands."""
        return self.peer.controls or (kind is LinkKind.INVITE and self.peer.wanted)
