"""Thousands of users on a virtual clock, with the machines that decide what Kith asks of the DHT.

Real are those of :mod:`tests.sim.user` and, by way of :mod:`tests.sim.schedule`, :class:`~net.dialling.Dialling`.
Modelled are the DHT (:mod:`tests.sim.dht`), NATs (:mod:`tests.sim.nats`) and connecting.  Left out are messages (one
that waits makes both sides look at once), LANs, mutual contacts and people who look at the window.

Everybody has met all contacts before: they hold an address of each other, which may be an old one.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address
from itertools import count
from random import Random  # noqa: TID251 - a run comes again from its seed
from typing import Protocol

from crypto.rendezvous import EPOCH_S, epoch_at
from crypto.signal import ring_hints
from net.discovery.calls import Call
from net.discovery.doorbell import Poll
from net.discovery.inquiries import Get
from net.discovery.record import Record
from net.endpoint import Endpoint
from net.limits import (
    CONNECT_TIMEOUT_S,
    FIRST_RING_QUIET_S,
    MAX_PUNCH_REST_S,
    MAX_UNANSWERED_PINGS,
    PING_IDLE_S,
    PUNCH_WINDOW_S,
)
from net.nat_kind import NatKind
from tests.sim.dht import FOUND_S, Dht, Stored
from tests.sim.meetings import Meetings
from tests.sim.nats import Means, Nat, means
from tests.sim.people import Person
from tests.sim.schedule import Rounds
from tests.sim.user import NEVER, Machines, Side, User, bell_of, id_of, number_of, peer_of

MIDNIGHT_S = 100_000 * EPOCH_S
"""Virtual time 0 on the wall clock."""

KNOW_ADDRESS_S = 1.0
"""From the start until nodes have told whence we come: assumed."""

ENTER_DHT_S = 2.0
"""From the start to the first answer of a saved node: assumed."""

CONNECT_S = (0.1, 0.5)
"""Of TCP and the handshake over it: three round trips."""

PUNCH_S = (0.1, 1.0)
"""After both hold a SYN (0.9 s at a round trip of 0.3 s, measured)."""

ICE_S = (4.0, 10.0)
"""After a ring was heard: a signal over the DHT, then checks.  Assumed."""

SIGNAL_LOOKS = 8
"""Beside the search for it: those of the first five seconds."""

LATE_S = 0.001
"""By which a timer comes late: a clock that lags behind by a rounding must not ring the same timer for ever."""


@dataclass(frozen=True, slots=True)
class Features:
    """What the simulated version can do, beside dialling what it knows."""

    punch: bool = True
    doorbell: bool = True
    ice: bool = True
    relay: bool = False


class _Handler(Protocol):
    def __call__(self, now: float, one: int, other: int, /) -> None: ...


class World:
    """Runs until the sessions of its people end."""

    def __init__(self, persons: list[Person], known: list[set[int]], features: Features, seed: int) -> None:
        self._features = features
        self._seed = seed
        self._random = Random(seed)
        self.dht = Dht(self._random)
        self.meetings = Meetings()
        self._queue: list[tuple[float, int, _Handler, int, int]] = []
        self._order = count()
        self._addresses = count(1)
        self._rounds = Rounds(self._random)
        self.users = [self._user(number, person, known[number]) for number, person in enumerate(persons)]
        self._sides = {
            (one, other): Side(known=self.users[other].address) for one in range(len(persons)) for other in known[one]
        }
        self._links: set[tuple[int, int]] = set()
        for user in self.users:
            for place, session in enumerate(user.person.sessions):
                self._at(session.start_s, self._arrive, user.number, place)
                self._at(session.end_s, self._leave, user.number, place)

    def run(self, until: float) -> None:
        """Let virtual time pass."""
        queue = self._queue
        while queue and queue[0][0] <= until:
            now, _, handler, one, other = heapq.heappop(queue)
            handler(now, one, other)

    def pairs_here(self) -> Iterator[tuple[User, User]]:
        """Contacts that are both here."""
        for one, other in self._sides:
            if one < other and self.users[one].session and self.users[other].session:
                yield self.users[one], self.users[other]

    def is_linked(self, one: User, other: User) -> bool:
        return _pair(one.number, other.number) in self._links

    def means(self, one: User, other: User) -> Means:
        """The best that connects two where they are."""
        return means(one.spot, other.spot, self._seed)

    # --- Coming and going

    def _user(self, number: int, person: Person, contacts: set[int]) -> User:
        peers = {id_of(contact): peer_of(number, contact) for contact in sorted(contacts)}
        machines = Machines(number, peers, self._random.randbytes, 0.0)
        return User(number, person, peers, machines, next(self._addresses), person.home)

    def _arrive(self, now: float, number: int, place: int) -> None:
        user = self.users[number]
        session = user.person.sessions[place]
        is_elsewhere = session.is_moved or user.spot != session.spot
        user.session, user.spot = session, session.spot
        if is_elsewhere:
            user.address = next(self._addresses)
        if session.is_fresh:
            user.slept_s = 0.0
            user.machines = Machines(number, user.peers, self._random.randbytes, now)
        else:
            user.slept_s += now - user.left_at
            user.machines.restart(user.clock(now))
            for contact in sorted(user.linked):  # nothing comes over these links any more, as the first ping will show
                self._at(now + self._random.uniform(0.1, PING_IDLE_S), self._lose, number, contact)
        if not user.machines.is_running:
            self._at(now + ENTER_DHT_S, self._enter, number, place)
        if session.is_fresh or is_elsewhere:
            self._at(now + KNOW_ADDRESS_S, self._know_address, number, user.address)
        for contact in user.contacts:
            if self.users[contact].session is not None:
                self._meet(now, user, self.users[contact])
        self._arm(now, user)

    def _leave(self, now: float, number: int, place: int) -> None:
        user = self.users[number]
        following = user.person.sessions[place + 1 : place + 2]
        falls_asleep = bool(following) and not following[0].is_fresh
        for contact in user.contacts:
            if self.users[contact].session is not None:
                self.meetings.end(*_pair(number, contact), now)
        user.session, user.left_at, user.wake_at = None, now, None
        for contact in sorted(user.linked):
            self._links.discard(_pair(number, contact))
            pings = self._random.uniform(MAX_UNANSWERED_PINGS - 0.2, MAX_UNANSWERED_PINGS + 1)
            self._at(now + (pings * PING_IDLE_S if falls_asleep else 0.1), self._lose, contact, number)
        if not falls_asleep:
            user.linked.clear()

    def _meet(self, now: float, newcomer: User, other: User) -> None:
        """Both are here from now on, and neither knows."""
        self.meetings.begin(
            *_pair(newcomer.number, other.number), now, self.means(newcomer, other), (newcomer.nat, other.nat)
        )
        mine, theirs = self._side(newcomer, other), self._side(other, newcomer)
        mine.tries_since = now
        self._dial_at(newcomer, other, now)
        if newcomer.number not in other.linked:
            self._dial_at(other, newcomer, now + self._rounds.next_s(now - theirs.tries_since))

    def _lose(self, now: float, number: int, contact: int) -> None:
        """The user notices that its link is gone; where there is a new one by now, it lost nothing."""
        user, other = self.users[number], self.users[contact]
        if contact not in user.linked or _pair(number, contact) in self._links:
            return
        user.linked.discard(contact)
        clock, peer_id = user.clock(now), id_of(contact)
        user.machines.inquiries.set_linked(peer_id, clock, linked=False)
        user.machines.calls.renew(peer_id)
        user.machines.doorbell.attend(clock)
        self._side(user, other).tries_since = now
        if user.session is not None:
            self._dial_at(user, other, now)
            self._arm(now, user)

    # --- The DHT

    def _know_address(self, now: float, number: int, address: int) -> None:
        user = self.users[number]
        if user.session is not None and user.address == address:
            user.machines.publication.moved(user.clock(now), has_place=True)
            self._arm(now, user)

    def _enter(self, now: float, number: int, place: int) -> None:
        user = self.users[number]
        if user.session is user.person.sessions[place] and user.nat is not Nat.NO_UDP:
            user.machines.start(user.clock(now), with_doorbell=self._features.doorbell)
            self._arm(now, user)

    def _arm(self, now: float, user: User) -> None:
        if user.session is None or user.nat is Nat.NO_UDP:
            return
        wake_at = max(now, user.machines.wake_at(user.clock(now)) + user.slept_s) + LATE_S
        if user.wake_at is None or wake_at < user.wake_at:
            user.wake_at = wake_at
            self._at(wake_at, self._wake, user.number, 0)

    def _wake(self, now: float, number: int, _: int) -> None:
        user = self.users[number]
        if user.session is None or user.wake_at != now:
            return
        user.wake_at = None
        machines, clock, unix_s = user.machines, user.clock(now), MIDNIGHT_S + now
        if _is_due(machines.publication.wake_at(), clock):
            for put in machines.publication.handle_timer(clock, unix_s):
                user.asked.puts += 1
                self.dht.put(number, put.epoch, user.address, now)
        if _is_due(machines.inquiries.wake_at(clock), clock):
            for get in machines.inquiries.handle_timer(clock, unix_s):
                self._get(now, user, get)
        if _is_due(machines.doorbell.wake_at(), clock):
            for poll in machines.doorbell.handle_timer(clock, unix_s):
                self._poll(now, user, poll)
        if _is_due(machines.calls.wake_at(clock), clock):
            for call in machines.calls.handle_timer(clock):
                self._ring(now, user, call)
        self._arm(now, user)

    def _get(self, now: float, user: User, get: Get) -> None:
        user.asked.gets += 1
        delay_s, record = self.dht.get(number_of(get.peer), get.epoch, now)
        user.asked.found += record is not None
        machines, session = user.machines, user.session

        def answer(now: float, _: int, contact: int) -> None:
            if user.machines is not machines or user.session is not session:
                return
            if record is None:
                machines.inquiries.absent(get.peer, get.epoch, user.clock(now))
            elif machines.inquiries.found(get.peer, get.epoch, _as_found(record)):
                self._found(now, user, self.users[contact], record)
            self._arm(now, user)

        self._at(now + delay_s, answer, user.number, number_of(get.peer))

    def _found(self, now: float, user: User, other: User, record: Stored) -> None:
        if other.number in user.linked:
            return
        side = self._side(user, other)
        if record.made_at > side.record_at:
            side.known, side.record_at = record.address, record.made_at
            self._try_now(now, user, other)
        if self._features.doorbell:
            user.machines.calls.found(id_of(other.number), user.clock(now))

    def _ring(self, now: float, user: User, call: Call) -> None:
        user.asked.rings += 1
        contact = number_of(call.peer)
        bell = bell_of(contact, epoch_at(MIDNIGHT_S + now))
        port = ring_hints(user.peers[call.peer].keys[0].secret, bell)[call.number]
        self.dht.announce(bell, Endpoint(IPv4Address(user.address), port), now)
        self._side(user, self.users[contact]).window_until = NEVER  # a port that was not used for this yet
        self._try_now(now, user, self.users[contact])

    def _poll(self, now: float, user: User, poll: Poll) -> None:
        bell = bell_of(user.number, poll.epoch)
        if user.machines.takes_a_search(bell, user.clock(now)):
            user.asked.polls += 1
        else:
            user.asked.looks += 1
        callers = self.dht.callers(bell, now)
        if not callers or (callers == user.heard and now < user.heard_at + FIRST_RING_QUIET_S / 2):
            return  # the same rings again so soon are not heeded, but take long to compare
        user.heard, user.heard_at = callers, now
        linked = {id_of(contact) for contact in user.linked}
        for rung in user.machines.rings.hear(bell, poll.owner, callers, user.clock(now), linked=linked):
            self._at(now + self._random.lognormvariate(*FOUND_S), self._hear, user.number, number_of(rung.peer))

    def _hear(self, now: float, number: int, caller: int) -> None:
        """The callee looks for the caller's record and its signal, and dials meanwhile."""
        user, other = self.users[number], self.users[caller]
        if user.session is None or caller in user.linked:
            return
        clock = user.clock(now)
        user.machines.doorbell.attend(clock)
        user.machines.inquiries.rung(id_of(caller), clock)
        user.asked.gets += 2  # for its signal, which takes a search twice at first
        user.asked.looks += SIGNAL_LOOKS
        self._try_now(now, user, other)
        if self._features.ice:
            self._at(now + self._random.uniform(*ICE_S), self._try_ice, number, caller)
        self._arm(now, user)

    # --- Connecting

    def _try_now(self, now: float, user: User, other: User) -> None:
        self._side(user, other).tries_since = now
        self._dial_at(user, other, now)

    def _dial_at(self, user: User, other: User, moment: float) -> None:
        side = self._side(user, other)
        if side.round_at is None or moment < side.round_at:
            side.round_at = moment
            self._at(moment, self._dial, user.number, other.number)

    def _dial(self, now: float, number: int, contact: int) -> None:
        """The user dials what it knows of the contact."""
        user, other = self.users[number], self.users[contact]
        side, theirs = self._side(user, other), self._side(other, user)
        if side.round_at != now:
            return
        side.round_at = None
        is_futile = user.session is None or other.session is None or side.known != other.address
        if is_futile or contact in user.linked:
            return
        if other.nat is Nat.REACHABLE:
            self._at(now + self._random.uniform(*CONNECT_S), self._link, number, contact)
        elif self._features.punch and self.means(user, other) is Means.PUNCHED:
            if now > side.window_until + MAX_PUNCH_REST_S:
                side.window_until = now + PUNCH_WINDOW_S
            if min(side.window_until, theirs.window_until) > now and theirs.known == user.address:
                self._at(now + self._random.uniform(*PUNCH_S), self._link, number, contact)
        failed_at = now + CONNECT_TIMEOUT_S
        self._dial_at(user, other, failed_at + self._rounds.next_s(failed_at - side.tries_since))

    def _try_ice(self, now: float, number: int, caller: int) -> None:
        best = self.means(self.users[number], self.users[caller])
        if best in {Means.ICE, Means.PUNCHED} or (best is Means.RELAY and self._features.relay):
            self._link(now, number, caller)

    def _link(self, now: float, number: int, contact: int) -> None:
        one, other, pair = self.users[number], self.users[contact], _pair(number, contact)
        if one.session is None or other.session is None or pair in self._links:
            return
        self._links.add(pair)
        self.meetings.linked(*pair, now)
        for user, peer in ((one, other), (other, one)):
            user.linked.add(peer.number)
            side = self._side(user, peer)
            side.known, side.window_until = peer.address, NEVER
            user.machines.inquiries.set_linked(id_of(peer.number), user.clock(now), linked=True)
            user.machines.calls.cancel(id_of(peer.number))

    def _side(self, user: User, other: User) -> Side:
        return self._sides[user.number, other.number]

    def _at(self, moment: float, handler: _Handler, one: int, other: int) -> None:
        heapq.heappush(self._queue, (moment, next(self._order), handler, one, other))


def _is_due(moment: float | None, now: float) -> bool:
    return moment is not None and moment <= now


def _as_found(record: Stored) -> Record:
    return Record(int(MIDNIGHT_S + record.made_at), (), NatKind.UNKNOWN)


def _pair(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)
