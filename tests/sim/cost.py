"""What calls of the DHT cost in datagrams and bytes, with their IP and UDP headers.

How many nodes a search asks is modelled (:mod:`tests.sim.lookups`) and made larger by what real libtorrent nodes asked
more than the model at the sizes that fit into one computer; sizes are of libtorrent (``measure`` shows both).
"""

from dataclasses import dataclass
from math import log10
from random import Random  # noqa: TID251 - a run comes again from its seed

from net.limits import ASKED_AT_ONCE
from tests.sim.dht import STORED_TIMES, Calls
from tests.sim.lookups import Kademlia

NODES = 10_000_000
"""Of the Mainline DHT: 15 to 27 million users a day (Wang and Kangasharju, IEEE P2P 2013), not all at once."""

SILENT = 0.3
"""Of the nodes that a search asks do not answer: assumed."""

MORE_THAN_IDEAL = 1.45
"""libtorrent asked 10 nodes of 24 and 12 of 100 where the model asks 8."""

LARGEST_MODEL = 300_000
"""Above, requests grow by as much for each factor of ten as below: by the logarithm."""

HEADERS_BYTES = 28
QUESTION_BYTES = 104 + HEADERS_BYTES
ANSWER_BYTES = 310 + HEADERS_BYTES
VALUE_BYTES = 650
"""What a record adds to each of the eight answers that hold it, and to each of the eight stores."""
STORES = 8
STORE_BYTES = QUESTION_BYTES + HEADERS_BYTES + 60
"""A store and its answer."""


@dataclass(frozen=True, slots=True)
class Costs:
    """In a DHT of some size."""

    requests: float
    """Nodes that one search asks."""

    @property
    def search_bytes(self) -> float:
        return self.requests * (QUESTION_BYTES + (1 - SILENT) * ANSWER_BYTES)

    def requests_of(self, asked: Calls) -> float:
        return asked.searches * self.requests + asked.stores * STORES + asked.looks * ASKED_AT_ONCE

    def bytes_of(self, asked: Calls) -> float:
        values = STORES * VALUE_BYTES * (STORED_TIMES * asked.puts + asked.found)
        looks = asked.looks * ASKED_AT_ONCE * (QUESTION_BYTES + ANSWER_BYTES)
        return asked.searches * self.search_bytes + asked.stores * STORES * STORE_BYTES + values + looks


def costs(nodes: int = NODES, *, searches: int = 200, seed: int = 1) -> Costs:
    """In a DHT of so many nodes."""

    def modelled(size: int) -> float:
        return Kademlia(size, silent=SILENT, random=Random(seed)).mean_requests(searches)

    if nodes <= LARGEST_MODEL:
        return Costs(MORE_THAN_IDEAL * modelled(nodes))
    small, large = modelled(LARGEST_MODEL // 100), modelled(LARGEST_MODEL)
    decades = log10(nodes / LARGEST_MODEL)
    return Costs(MORE_THAN_IDEAL * (large + decades * (large - small) / 2))
