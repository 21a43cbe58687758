"""What every service works with, bound together once."""

import os
from collections.abc import Callable
from dataclasses import dataclass

from app.ports import Clock, Network, Store
from app.services.announcer import Announcer
from app.services.book import Book


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """The book, the outside world, and a voice."""

    book: Book
    store: Store
    network: Network
    clock: Clock
    announcer: Announcer
    random: Callable[[int], bytes] = os.urandom
    """Random bytes of a length; tests pass their own."""
