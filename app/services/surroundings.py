"""What every service works with, bound together once."""

from collections.abc import Callable
from dataclasses import dataclass, field

from app.ports.computer import Clock
from app.ports.network import Network
from app.ports.store import Store
from app.services.announcer import Announcer
from app.services.book import Book
from app.services.clock_watch import ClockWatch
from app.services.quotas import Quotas
from app.services.random_pool import RandomPool
from app.services.visitors import Visitors


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """The book, the outside world, and a voice."""

    book: Book
    store: Store
    network: Network
    clock: Clock
    announcer: Announcer
    random: Callable[[int], bytes] = field(default_factory=lambda: RandomPool().take)
    """Random bytes of a length; tests pass their own."""
    clock_watch: ClockWatch = field(default_factory=ClockWatch)
    quotas: Quotas = field(default_factory=Quotas)
    visitors: Visitors = field(default_factory=Visitors)
    paths: dict[int, str] = field(default_factory=dict)
    """How the contacts with a link are reached now, in words of :class:`net.events.PathClass`."""
