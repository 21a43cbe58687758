"""What calls of the DHT cost in datagrams and bytes, with their IP and UDP headers.

How many nodes a search asks is modelled (:mod:`tests.sim.lookups`); the sizes are those that ``dev.py bench dht``
measured.
"""

from dataclasses import dataclass

from net.limits import ASKED_AT_ONCE
from tests.sim.dht import Calls
from tests.sim.lookups import mean_questions, mean_quick_questions

NODES = 10_000_000
"""Of the Mainline DHT: 15 to 27 million users a day (Wang and Kangasharju, IEEE P2P 2013), not all at once."""

SILENT = 0.3
"""Of the nodes that a search asks do not answer: assumed."""

QUESTION_BYTES = 126
ANSWER_BYTES = 328
"""Between those to ``get`` and to ``get_peers``."""
STORES = 8
STORE_BYTES = 270
"""A store and its answer."""
VALUE_BYTES = 660
"""What a record adds to each of the eight answers that hold it, and to each of the eight stores."""


@dataclass(frozen=True, slots=True)
class Costs:
    """In a DHT of some size."""

    questions: float
    """Nodes that libtorrent asks in a search."""
    quick_questions: float
    """The same of a search of our own, which waits for nobody."""

    @property
    def search_bytes(self) -> float:
        """Of one of libtorrent's."""
        return self.questions * (QUESTION_BYTES + (1 - SILENT) * ANSWER_BYTES)

    def requests_of(self, asked: Calls) -> float:
        """What nodes are asked, all together."""
        return self._questions_of(asked) + asked.stores * STORES + asked.looks * ASKED_AT_ONCE

    def bytes_of(self, asked: Calls) -> float:
        searched = self._questions_of(asked) * (QUESTION_BYTES + (1 - SILENT) * ANSWER_BYTES)
        looked = asked.looks * ASKED_AT_ONCE * (QUESTION_BYTES + ANSWER_BYTES)
        values = STORES * VALUE_BYTES * (asked.stores_of_records + asked.found)
        return searched + looked + asked.stores * STORES * STORE_BYTES + values

    def _questions_of(self, asked: Calls) -> float:
        return asked.searches * self.questions + asked.quick_searches * self.quick_questions


def costs(nodes: int = NODES, *, searches: int = 80, seed: int = 1) -> Costs:
    """In a DHT of so many nodes."""
    return Costs(
        mean_questions(nodes, silent=SILENT, searches=searches, seed=seed),
        mean_quick_questions(nodes, silent=SILENT, searches=searches, seed=seed),
    )
