"""Keeps the nodes of the DHT that answer, so that the next start needs no bootstrap node."""

import logging

from app.domain.errors import StorageError
from app.services.surroundings import Surroundings
from app.services.task_owner import TaskOwner

logger = logging.getLogger(__name__)

FIRST_KEPT_AFTER_S = 120
"""By then as many have answered as ever will; whoever closes Kith before starts as last time."""

KEPT_EVERY_S = 3_600


class KnownNodes:
    """Writes them down two minutes after the start, and every hour from then on."""

    def __init__(self, around: Surroundings, *, tasks: TaskOwner) -> None:
        self._book = around.book
        self._store = around.store
        self._network = around.network
        self._tasks = tasks

    def start(self) -> None:
        self._tasks.start_later(FIRST_KEPT_AFTER_S, self._run, name="nodes of the DHT")

    async def keep(self) -> None:
        """Write down who answers now; where nobody does, those of before stay.

        Raises:
            StorageError: those of before stay, too.
        """
        nodes = self._network.dht_nodes()
        if nodes:
            unit = self._store.begin()
            self._book.put_dht_nodes(nodes, unit)
            await self._store.commit(unit)

    async def _run(self) -> None:
        try:
            await self.keep()
        except StorageError as error:
            logger.warning("the nodes of the DHT were not kept: %s", error.kind)
        self._tasks.start_later(KEPT_EVERY_S, self._run, name="nodes of the DHT")
