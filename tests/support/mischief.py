"""What a hostile network does to envelopes on their way to an engine, once they are past its links.

A link carries everything whole and in order.  But links change, several may stand at once, and a contact may send
whatever it likes: so all of this can come about, and here it comes often.
"""

from collections import deque
from collections.abc import Callable, Iterable
from enum import Enum, auto

from net.events import EnvelopeReceived, NetEvent
from tests.support.engine import Engine

MAX_SEEN = 200


class Mischief(Enum):
    """What happens to one envelope."""

    NONE = auto()
    LOSE = auto()
    REPEAT = auto()
    DELAY = auto()
    """It comes after the next one, on whatever link."""
    CORRUPT = auto()
    REPLAY = auto()
    """An older one comes with it."""


class HostilePath:
    """Stands between the network and one engine, through all its lives."""

    def __init__(self, choose: Callable[[int], int]) -> None:
        self._choose = choose
        self._plan: deque[Mischief] = deque()
        self._held: list[EnvelopeReceived] = []
        self._seen: deque[EnvelopeReceived] = deque(maxlen=MAX_SEEN)

    def plan(self, plan: Iterable[Mischief]) -> None:
        """Do this to the next envelopes, one each."""
        self._plan.extend(plan)

    def behave(self) -> None:
        """From here on everything arrives; what was held back is lost."""
        self._plan.clear()
        self._held.clear()

    def through(self, deliver: Callable[[NetEvent], None]) -> Callable[[NetEvent], None]:
        """What to give the network in place of ``deliver``."""

        def handle(event: NetEvent) -> None:
            if not isinstance(event, EnvelopeReceived):
                deliver(event)
                return
            for envelope in self._disturbed(event):
                deliver(envelope)

        return handle

    def _disturbed(self, event: EnvelopeReceived) -> list[EnvelopeReceived]:
        mischief = self._plan.popleft() if self._plan else Mischief.NONE
        late, self._held = self._held, []
        self._seen.append(event)
        match mischief:
            case Mischief.LOSE:
                return late
            case Mischief.REPEAT:
                return [event, event, *late]
            case Mischief.DELAY:
                self._held = [event]
                return late
            case Mischief.CORRUPT:
                return [self._corrupted(event), *late]
            case Mischief.REPLAY:
                return [event, self._seen[self._choose(len(self._seen))], *late]
            case _:
                return [event, *late]

    def _corrupted(self, event: EnvelopeReceived) -> EnvelopeReceived:
        envelope = bytearray(event.envelope)
        envelope[self._choose(len(envelope))] ^= 1 + self._choose(255)
        return EnvelopeReceived(event.link, event.peer, bytes(envelope))


def disturb(engine: Engine, *plan: Mischief) -> HostilePath:
    """Let this happen to the next envelopes to an engine, in its present life."""
    path = HostilePath(lambda _: 0)
    engine.node._on_event = path.through(engine.node._on_event)
    path.plan(plan)
    return path
