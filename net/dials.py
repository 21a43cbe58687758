"""Every dial of this process: who may be dialled now, in what order, and what is under way.  Sans-IO.

Rounds of dialling start in the order in which they fall due, and no more of them at a time than the system has room
for; who was just announced near by need not stand in line.

Where neither side can be reached, both hold a SYN to the other's NAT (:class:`~net.dialling.Way`): as long as one of
them does, it suffices that the other begins.  A program that has just started does not know what the one before it has
left in the NAT, so it holds another one where there is nothing of that.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass

from crypto.primitives import Random
from net.counterpart import Counterpart
from net.dial_budget import DialBudget
from net.dialling import DialId, Dialling, OwnEndpoints, Target, Way, is_dialable
from net.endpoint import Endpoint
from net.events import PathClass
from net.limits import MAX_DIALS, RESERVED_FOR_PUNCHING
from net.path_effects import Dial, MovePort, StopDial
from net.peer import PeerId
from net.windows import Windows

_ORDER = {path: position for position, path in enumerate(PathClass)}


@dataclass(frozen=True, slots=True)
class _Dialled:
    counterpart: Counterpart
    target: Target


class Dials:
    """Those of all peers."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._own = OwnEndpoints()
        self._under_way: dict[DialId, _Dialled] = {}
        self._budget = DialBudget()
        self._windows = Windows()
        self._line: dict[PeerId, None] = {}
        """Whose round is due and waits for room."""
        self._ids = map(DialId, itertools.count(1))

    def dialling(self) -> Dialling:
        """For one more peer."""
        return Dialling(self._random, lambda: next(self._ids))

    # --- Where we are, and what that makes of others' places

    @property
    def own(self) -> OwnEndpoints:
        return self._own

    def move(self, own: OwnEndpoints) -> None:
        """We are somewhere else."""
        self._own = own
        self._windows.moved()

    def learn(self, own: OwnEndpoints) -> bool:
        """More is known of where we are; whether that is news."""
        if own.endpoints != self._own.endpoints:
            self._windows.moved()
        before, self._own = self._own, own
        return own != before

    def path_of(self, endpoint: Endpoint, *, crossed: bool = False) -> PathClass:
        """The class of a TCP path: our own networks, private and loopback addresses are near.

        ``crossed``: both sides dialled, and neither was listened to.
        """
        if endpoint.address.is_private or self._own.is_near(endpoint):
            return PathClass.LAN
        return PathClass.PUNCHED if crossed else PathClass.DIRECT

    # --- How often

    def proved(self, peer_id: PeerId, endpoint: Endpoint) -> None:
        """A link to the peer came up there."""
        self._budget.proved(peer_id, endpoint)

    def relayed(self, peer_id: PeerId, endpoint: Endpoint) -> None:
        """A link to the peer came up by a relay, which had us send there."""
        self._budget.relayed(peer_id, endpoint)

    def forget(self, peer_id: PeerId) -> None:
        """The peer is no longer known."""
        self._budget.forget(peer_id)
        self.leave_line(peer_id)

    def may_send_to(self, peer_id: PeerId, endpoint: Endpoint, near: tuple[Endpoint, ...], now: float) -> bool:
        """Whether a peer that was announced ``near`` by may make us send to the endpoint by UDP; counts like a dial."""
        is_announced = endpoint.address in {each.address for each in near}
        is_free = is_announced or self._budget.is_relayed(peer_id, endpoint)
        return is_dialable(endpoint, self._own) and (is_free or self._budget.take(peer_id, endpoint, now))

    # --- In what order

    def stand_in_line(self, peer_id: PeerId) -> None:
        """A round is due."""
        self._line[peer_id] = None

    def leave_line(self, peer_id: PeerId) -> None:
        self._line.pop(peer_id, None)

    def stands_in_line(self, peer_id: PeerId) -> bool:
        return peer_id in self._line

    def next_in_line(self) -> PeerId | None:
        """Whose round is to start, if there is room for one."""
        return next(iter(self._line), None) if len(self._under_way) < MAX_DIALS else None

    # --- Rounds

    def want(self, counterpart: Counterpart, now: float) -> None:
        """What is known of the peer has changed, or whether it is sought."""
        counterpart.held_back = ()
        counterpart.dialling.set_wanted(counterpart.targets(self._own), now, wanted=counterpart.is_sought)

    def start(self, counterpart: Counterpart, now: float) -> list[Dial]:
        """Begin what is due of a round."""
        self.leave_line(counterpart.peer.peer_id)
        if not counterpart.dialling.is_due(now):
            return []
        held_back: list[Endpoint] = []
        started = counterpart.dialling.handle_timer(now, self._judge(counterpart, now, held_back))
        dialled = {target.endpoint for _, target in started}
        still = (endpoint for endpoint in counterpart.held_back if endpoint not in dialled)
        counterpart.held_back = tuple(dict.fromkeys((*still, *held_back)))
        return [self._dial(counterpart, dial, target) for dial, target in started]

    def _judge(self, counterpart: Counterpart, now: float, held_back: list[Endpoint]) -> Callable[[Target], bool]:
        """Says whether a target may be dialled now; adds to ``held_back`` what was dialled too often in vain."""
        near, targets = counterpart.near_endpoints(self._own), counterpart.targets(self._own)

        def may_dial(target: Target) -> bool:
            endpoint, is_window = target.endpoint, target.way is not Way.DIRECT
            if is_window and not self._may_open(counterpart, target, now):
                return False
            reserve = 0 if is_window or Target(Way.PUNCH, endpoint) not in targets else RESERVED_FOR_PUNCHING
            allowed = endpoint in near or self._budget.take(counterpart.peer.peer_id, endpoint, now, reserve=reserve)
            if not allowed:
                held_back.append(endpoint)
            return allowed

        return may_dial

    def _may_open(self, counterpart: Counterpart, target: Target, now: float) -> bool:
        """Whether there is room for a window, and nothing in our NAT that has to go before; else it is asked again."""
        is_expected = counterpart.is_expected(now)
        rests_until = max(counterpart.rests_until(), 0.0 if is_expected else self._windows.rests_until(target))
        if now < rests_until:
            counterpart.dialling.rest(target, rests_until)
            return False
        return self._windows.has_room(target, expected=is_expected)

    def _dial(self, counterpart: Counterpart, dial: DialId, target: Target) -> Dial:
        peer, key = counterpart.peer, counterpart.peer.keys[0]
        self._under_way[dial] = _Dialled(counterpart, target)
        self._windows.opened(dial, target)
        return Dial(dial, peer.peer_id, target.endpoint, key, target.way, controls=counterpart.controls(key.kind))

    # --- What becomes of dials

    def linked(self, dial: DialId | None, path: PathClass) -> None:
        """A link of this class has come up; ``dial`` if it was our attempt."""
        if dial is not None and (dialled := self._under_way.pop(dial, None)) is not None:
            self._windows.closed(dial)
            dialled.counterpart.dialling.succeeded(dial)
            self.proved(dialled.counterpart.peer.peer_id, dialled.target.endpoint)
        if path is PathClass.PUNCHED:
            self._windows.succeeded()

    def unlinked(self, counterpart: Counterpart) -> None:
        """The peer's last link is gone: it may be back soon."""
        self._windows.renew(counterpart.wanted_endpoints(self._own))

    def failed(self, dial: DialId, now: float) -> tuple[Counterpart, list[MovePort]] | None:
        """An attempt came to nothing: with whom, and whether another port is needed; None if it was given up before."""
        dialled = self._under_way.pop(dial, None)
        if dialled is None:
            return None
        counterpart, target = dialled.counterpart, dialled.target
        needs_port = self._windows.failed(dial, now, expected=counterpart.is_expected(now))
        counterpart.dialling.failed(dial, now)
        match target.way:
            case Way.PUNCH:
                counterpart.dialling.rest(target, self._windows.rests_until(target))
            case Way.ASIDE:
                counterpart.is_new = False
                self.want(counterpart, now)
            case Way.DIRECT:
                pass
        return counterpart, [MovePort()] if needs_port else []

    def abandon(self, counterpart: Counterpart, better_than: PathClass | None = None) -> list[StopDial]:
        """Give up attempts, all or those that could not better such a path."""

        def is_hopeless(target: Target) -> bool:
            path = self.path_of(target.endpoint, crossed=target.way is not Way.DIRECT)
            return better_than is None or _ORDER[path] >= _ORDER[better_than]

        return self.stop(counterpart, is_hopeless)

    def stop(self, counterpart: Counterpart, is_hopeless: Callable[[Target], bool]) -> list[StopDial]:
        """Give these up."""
        stopped = counterpart.dialling.abandon(is_hopeless)
        for dial in stopped:
            self._under_way.pop(dial, None)
            self._windows.closed(dial)
        return [StopDial(dial) for dial in stopped]
