"""A model of resets: what is committed before what is sent, and who gives way (``docs/protocol.md`` section 2, Reset).

Two contacts, either of whom may lose its sessions at any time.  Links come up and die, at one end before the other;
frames are in order on a link and may be late on one that is dead at its other end.  Either side crashes before or after
its commits.  In the end the network behaves, and both must write on the same one session.

The cryptography is ideal: a session is its number.
"""

import random  # noqa: TID251 - a schedule is reproduced from its seed
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Literal

MAX_STEPS = 60
CALM_LINKS = 6

Rule = Literal["larger gives way", "newest request counts", "later attempts are pending", "what was begun is finished"]
"""What may be left out, to see it fail."""


@dataclass(frozen=True)
class Reset:
    """RESET."""


@dataclass(frozen=True)
class M2:
    half_open: int


@dataclass(frozen=True)
class M3:
    session: int
    half_open: int


@dataclass(frozen=True)
class M4:
    session: int


@dataclass(frozen=True)
class Envelope:
    """Anything sealed on a session."""

    session: int


Frame = Reset | M2 | M3 | M4 | Envelope


class CrashError(Exception):
    """The computer is off."""


@dataclass
class Link:
    """Two queues, and which ends still live."""

    queues: tuple[deque[Frame], deque[Frame]] = field(default_factory=lambda: (deque(), deque()))
    up: list[bool] = field(default_factory=lambda: [True, True])


@dataclass
class Disk:
    """What one side has committed."""

    written_on: int | None = 0
    """The session; 0 is the one from before."""
    pending: list[int] = field(default_factory=list)
    """Attempts, the newest last."""
    answers: dict[int, int] = field(default_factory=dict)
    """By session the half-open that M3 answered: M4 goes out again for it."""


@dataclass
class Side:
    """One contact."""

    number: int
    world: "World"
    disk: Disk = field(default_factory=Disk)
    links: list[Link] = field(default_factory=list)
    asked: Link | None = None
    is_answered: bool = False
    half_open: tuple[Link, int] | None = None
    older_half_opens: set[tuple[int, int]] = field(default_factory=set)
    """Only kept where the newest request does not count alone."""

    # --- what it sees

    def wants(self) -> bool:
        begun = bool(self.disk.pending) and self.world.follows("what was begun is finished")
        return self.disk.written_on is None or begun

    def link_up(self, link: Link) -> None:
        self.links.append(link)
        self.ask()
        self.speak(link)

    def link_down(self, link: Link) -> None:
        if link in self.links:
            self.links.remove(link)
        if self.half_open is not None and self.half_open[0] is link:
            self.half_open = None
        if self.asked is link:
            self.asked = None
            self.ask()

    def crash(self) -> None:
        self.asked, self.half_open = None, None
        self.older_half_opens.clear()
        for link in tuple(self.links):
            link.up[self.number] = False
        self.links.clear()

    def take(self, link: Link, frame: Frame) -> None:
        match frame:
            case Reset():
                self._take_request(link)
            case M2(half_open):
                self._take_bundle(link, half_open)
            case M3(session, half_open):
                self._take_answer(link, session, half_open)
            case M4(session) | Envelope(session):
                self._establish(session)

    # --- what it does

    def ask(self) -> None:
        if self.asked is not None or not self.links or not self.wants():
            return
        link = self.links[-1]
        for session in self.disk.pending:
            self.send(link, M3(session, -1))
        self.asked, self.is_answered = link, False
        self.send(link, Reset())

    def speak(self, link: Link) -> None:
        if self.disk.written_on is not None:
            self.send(link, Envelope(self.disk.written_on))

    def send(self, link: Link, frame: Frame) -> None:
        if link.up[self.number]:
            link.queues[1 - self.number].append(frame)

    def _take_request(self, link: Link) -> None:
        if self.asked is not None and self.world.follows("larger gives way"):
            if self.number == 0:
                return
            self.asked = None
        number = next(self.world.numbers)
        if self.half_open is not None:
            former = self.half_open[0]
            if self.world.follows("newest request counts"):
                if former is not link:
                    self.world.cut(former)
            else:
                self.older_half_opens.add((id(former), self.half_open[1]))
        self.half_open = (link, number)
        self.send(link, M2(number))

    def _take_bundle(self, link: Link, half_open: int) -> None:
        if self.asked is not link or self.is_answered:
            return
        self.is_answered = True
        if not self.wants():
            self.asked = None
            return
        session = next(self.world.numbers)
        self.world.commit(self, lambda: self.disk.pending.append(session))
        del self.disk.pending[:-2]
        self.send(link, M3(session, half_open))

    def _take_answer(self, link: Link, session: int, half_open: int) -> None:
        if session in self.disk.answers:
            self.send(link, M4(session))
            return
        if self.half_open != (link, half_open) and (id(link), half_open) not in self.older_half_opens:
            return
        self.half_open = None

        def grant() -> None:
            self.disk.written_on = session
            self.disk.pending.clear()
            self.disk.answers = {session: half_open}

        self.world.commit(self, grant)
        self.send(link, M4(session))
        self.speak(link)

    def _establish(self, session: int) -> None:
        if session not in self.disk.pending:
            return
        newer = self.disk.pending[self.disk.pending.index(session) + 1 :]

        def establish() -> None:
            self.disk.written_on = session
            self.disk.pending = newer if self.world.follows("later attempts are pending") else []

        self.world.commit(self, establish)
        if self.is_answered:
            self.asked = None
        self.ask()


class World:
    """Both sides and what lies between them."""

    def __init__(self, seed: int, without: Rule | None) -> None:
        self.dice = random.Random(seed)
        self.without = without
        self.numbers = count(1)
        self.crashes = self.dice.random() * 0.3
        self.links: list[Link] = []
        self.sides = (Side(0, self), Side(1, self))

    def follows(self, rule: Rule) -> bool:
        return rule != self.without

    def commit(self, side: Side, change: Callable[[], object]) -> None:
        """The change is durable afterwards, or the computer is off before it is, or after."""
        luck = self.dice.random()
        if luck < self.crashes / 2:
            raise CrashError
        change()
        if luck < self.crashes:
            raise CrashError

    def run(self) -> str | None:
        """What both disagree on in the end; None when all is well."""
        for side in self.dice.choice([self.sides, self.sides[:1], self.sides[1:]]):
            side.disk = Disk(written_on=None)
        for _ in range(self.dice.randrange(MAX_STEPS)):
            self._storm()
        self.crashes = 0.0
        while self._deliver_any():
            pass
        for link in self.links:
            self._drop(link)
        for _ in range(CALM_LINKS):
            link = self._connect()
            self._deliver_all()
            self._drop(link)
        ours, theirs = (side.disk for side in self.sides)
        if ours.written_on is None or theirs.written_on is None:
            return "no session"
        if ours.written_on != theirs.written_on:
            return "two sessions"
        return "a reset without end" if ours.pending or theirs.pending else None

    def cut(self, link: Link) -> None:
        """One side closes a link: both will see its end."""
        link.up[:] = [False, False]
        for side in self.sides:
            side.link_down(link)

    def _storm(self) -> None:
        luck, side = self.dice.random(), self.dice.choice(self.sides)
        if luck < 0.15:
            self._connect()
        elif luck < 0.3 and side.links:
            link = self.dice.choice(side.links)  # this end sees it first; what is on its way may still arrive
            link.up[side.number] = False
            self._at(side, lambda: side.link_down(link))
        elif luck < 0.31:
            side.disk = Disk(written_on=None)
            side.crash()
        elif luck < 0.33:
            side.crash()
        else:
            self._deliver_any()

    def _connect(self) -> Link:
        link = Link()
        self.links.append(link)
        for side in self.sides:
            self._at(side, lambda side=side: side.link_up(link))  # type: ignore[misc]
        return link

    def _deliver_any(self) -> bool:
        waiting = [(link, to) for link in self.links for to in (0, 1) if link.queues[to] and link.up[to]]
        return bool(waiting) and self._deliver(*self.dice.choice(waiting))

    def _deliver(self, link: Link, to: int) -> bool:
        side, queue = self.sides[to], link.queues[to]
        if not queue or not link.up[to]:
            return False
        frame = queue.popleft()
        self._at(side, lambda: side.take(link, frame))
        return True

    def _deliver_all(self) -> None:
        moved = True
        while moved:
            moved = any(self._deliver(link, to) for link in self.links for to in (0, 1))

    def _drop(self, link: Link) -> None:
        for side in self.sides:
            link.up[side.number] = False
            side.link_down(link)
        for queue in link.queues:
            queue.clear()

    def _at(self, side: Side, act: Callable[[], object]) -> None:
        try:
            act()
        except CrashError:
            side.crash()


def disagreement_of(seed: int, *, without: Rule | None = None) -> str | None:
    """Run one schedule."""
    return World(seed, without).run()
