"""The order in which requests start: one lane a conversation, first come, first served.

A call holds its lane alone, except that pipelined calls (sends) share it: they start in order of arrival, and only
their completion overlaps.  A call that belongs to no conversation takes a lane of its own kind and, so that it sees
all that was asked before it, joins every other lane in use as well.  Lanes are joined in one step, hence no deadlock.
"""

from collections import deque
from collections.abc import Callable

_NOBODY = ""
"""The lane of what belongs to no conversation; no contact has an empty id."""


class Ticket:
    """One call's place in its lanes, from :meth:`Lanes.enter` to :meth:`Lanes.leave`."""

    __slots__ = ("blocked", "lanes", "pipelined", "start")

    def __init__(self, start: Callable[["Ticket"], None], *, pipelined: bool) -> None:
        self.start = start
        self.pipelined = pipelined
        self.lanes: tuple[_Lane, ...] = ()
        self.blocked = 0


class _Lane:
    __slots__ = ("name", "pipelined", "running", "waiting")

    def __init__(self, name: str) -> None:
        self.name = name
        self.waiting: deque[Ticket] = deque()
        self.running = 0
        self.pipelined = False

    def advance(self) -> None:
        """Let in whom the running calls allow, and start those who wait for no other lane."""
        while self.waiting:
            ticket = self.waiting[0]
            if self.running and not (ticket.pipelined and self.pipelined):
                return
            self.waiting.popleft()
            self.running += 1
            self.pipelined = ticket.pipelined
            ticket.blocked -= 1
            if not ticket.blocked:
                ticket.start(ticket)


class Lanes:
    """All lanes in use; an idle conversation has none."""

    def __init__(self) -> None:
        self._lanes: dict[str, _Lane] = {}

    def enter(self, ticket: Ticket, conversation: str | None) -> None:
        """Queue the call behind those before it.  Its ``start`` is called at once or from a later ``leave``."""
        ticket.lanes = (self._lane(conversation),) if conversation else self._all_lanes()
        ticket.blocked = len(ticket.lanes)
        for lane in ticket.lanes:
            lane.waiting.append(ticket)
        for lane in ticket.lanes:
            lane.advance()

    def leave(self, ticket: Ticket) -> None:
        """The call has ended: let in whom it kept waiting."""
        for lane in ticket.lanes:
            lane.running -= 1
            lane.advance()
            if not lane.running and not lane.waiting:
                del self._lanes[lane.name]

    def _all_lanes(self) -> tuple[_Lane, ...]:
        self._lane(_NOBODY)
        return tuple(self._lanes.values())

    def _lane(self, name: str) -> _Lane:
        lane = self._lanes.get(name)
        if lane is None:
            lane = self._lanes[name] = _Lane(name)
        return lane
