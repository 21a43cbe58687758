"""What is done once an hour: forget what is long over, and renew what is a day old.

invites          forgotten a week after they expire
links            that nobody answered are given up a week after they expire
attempts         forgotten 30 days after their invite expires
sessions         forgotten 30 days after their last use, but for the one to write on
skipped keys     forgotten after 14 days
envelope ids     forgotten after 60 days, when no key opens their envelopes any more
resets           asked for where the day's only one was used up, or where nobody answered
ML-KEM epochs    offered to those linked contacts with whom nothing was said for a day
"""

import logging

from app.domain.errors import StorageError
from app.services.epochs import Epochs
from app.services.ground import Ground
from app.services.invites import Invites
from app.services.joiner import Joiner
from app.services.reset_asker import ResetAsker
from app.services.surroundings import Surroundings
from app.services.task_owner import TaskOwner

logger = logging.getLogger(__name__)

UPKEEP_INTERVAL_S = 3_600


class Upkeep:
    """Runs the upkeep of all services."""

    def __init__(
        self,
        around: Surroundings,
        *,
        ground: Ground,
        epochs: Epochs,
        invites: Invites,
        joiner: Joiner,
        asker: ResetAsker,
        tasks: TaskOwner,
    ) -> None:
        self._book = around.book
        self._store = around.store
        self._clock = around.clock
        self._sessions = ground.sessions
        self._presence = ground.presence
        self._epochs = epochs
        self._invites = invites
        self._joiner = joiner
        self._asker = asker
        self._tasks = tasks

    async def run(self) -> None:
        """Now, and every hour from now on."""
        try:
            await self.once()
        except StorageError as error:
            logger.warning("upkeep failed: %s", error.kind)
        self._tasks.start_later(UPKEEP_INTERVAL_S, self.run, name="upkeep")

    async def once(self) -> None:
        """All of it.

        Raises:
            StorageError: what was done before stays done; the rest is tried again in an hour.
        """
        await self._epochs.refresh(self._presence.all())
        self._asker.ask_again()
        await self._joiner.give_up_expired()
        await self._expire_sessions()
        await self._invites.forget_expired()
        await self._store.prune(now=self._clock())

    async def _expire_sessions(self) -> None:
        unit = self._store.begin()
        if sum(self._sessions.expire(contact.number, unit) for contact in self._book.contacts()):
            await self._store.commit(unit)
