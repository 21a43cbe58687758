"""The DHT as users see it: what it holds, and how long a call takes.

Times are of the Mainline DHT where others measured it (a look-up that finds something: most in less than a second,
Jimenez et al., IEEE P2P 2011) and of libtorrent with a part of the nodes silent ("absent" takes up to 15 s).
"""

from collections import defaultdict
from dataclasses import dataclass, field
from random import Random  # noqa: TID251 - a run comes again from its seed

from net.endpoint import Endpoint

ITEM_LIFE_S = 7_200.0
"""After that a node forgets what nobody put again (BEP 44)."""

CALLER_LIFE_S = 2_700.0
"""The same of an announcement."""

LOST = 0.01
"""Of look-ups find nothing though it is there: assumed."""

FOUND_S = (-0.35, 0.6)
"""Of the logarithm: 0.7 s in the middle, 2.8 s in one of a hundred."""

ABSENT_S = (3.0, 15.0)
"""Until "nobody has it" is told, where some nodes are silent."""

STORED_TIMES = 2
"""By libtorrent, and at once (``net.discovery.quick_store``)."""

STORED_S = (0.8, 3.0)
"""Until the first of the nodes that everybody asks has it: a search, and a store."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A record as it lies there."""

    address: int
    made_at: float
    visible_at: float


@dataclass(frozen=True, slots=True)
class Announced:
    """A caller at a bell."""

    caller: Endpoint
    visible_at: float
    until: float


@dataclass(slots=True)
class Calls:
    """What one user asked of the DHT."""

    gets: int = 0
    found: int = 0
    """Of those."""
    puts: int = 0
    polls: int = 0
    """Looks at the doorbell that took a search."""
    looks: int = 0
    """Looks, at the doorbell and for signals, that did not."""
    rings: int = 0

    def minus(self, other: "Calls") -> "Calls":
        return self._with(other, -1)

    def plus(self, other: "Calls") -> "Calls":
        return self._with(other, 1)

    def _with(self, other: "Calls", sign: int) -> "Calls":
        return Calls(
            gets=self.gets + sign * other.gets,
            found=self.found + sign * other.found,
            puts=self.puts + sign * other.puts,
            polls=self.polls + sign * other.polls,
            looks=self.looks + sign * other.looks,
            rings=self.rings + sign * other.rings,
        )

    @property
    def searches(self) -> int:
        """Of libtorrent."""
        return self.gets + self.quick_searches

    @property
    def quick_searches(self) -> int:
        """Of our own, beside one of libtorrent's each."""
        return self.polls + self.puts + self.rings

    @property
    def stores(self) -> int:
        """Each of them at eight nodes."""
        return STORED_TIMES * (self.puts + self.rings)

    @property
    def stores_of_records(self) -> int:
        """Of those."""
        return STORED_TIMES * self.puts


@dataclass(slots=True)
class Dht:
    """The newest record of each user and epoch, and who rings where."""

    random: Random
    records: dict[tuple[int, int], Stored] = field(default_factory=dict)
    bells: defaultdict[bytes, list[Announced]] = field(default_factory=lambda: defaultdict(list))

    def put(self, owner: int, epoch: int, address: int, now: float) -> None:
        self.records[owner, epoch] = Stored(address, now, now + self.random.uniform(*STORED_S))

    def get(self, owner: int, epoch: int, now: float) -> tuple[float, Stored | None]:
        """How long the answer takes, and the answer."""
        record = self.records.get((owner, epoch))
        if record is None or not record.visible_at <= now < record.made_at + ITEM_LIFE_S or self.random.random() < LOST:
            return self.random.uniform(*ABSENT_S), None
        return self.random.lognormvariate(*FOUND_S), record

    def announce(self, bell: bytes, caller: Endpoint, now: float) -> None:
        self.bells[bell].append(Announced(caller, now + self.random.uniform(*STORED_S), now + CALLER_LIFE_S))

    def callers(self, bell: bytes, now: float) -> list[Endpoint]:
        """Who rings there; the caller passes the time that the search takes."""
        if bell not in self.bells:
            return []
        alive = [each for each in self.bells[bell] if now < each.until]
        if alive:
            self.bells[bell] = alive
        else:
            del self.bells[bell]
        return [each.caller for each in alive if each.visible_at <= now]
