"""Dials under way: each has a driver that waits for its stream, and a task that makes the connection."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from crypto.primitives import Random
from net.dial_log import DialLog, DialOutcome, DialRecord, outcome_of_end, outcome_of_error
from net.dialling import DialId, Target, Way, pair_aside
from net.endpoint import Endpoint
from net.events import CloseReason
from net.link.driver import LinkDriver, LinkOwner
from net.link.machine import LinkMachine, Rivalry
from net.path_effects import Dial
from net.peer import PeerId
from net.reception import Reception
from net.supervisor import Supervisor
from net.transport import tcp

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Attempt:
    dial: Dial
    driver: LinkDriver
    task: asyncio.Task[None]


class Attempts:
    """Starts, ends and writes down attempts to connect.

    ``owner`` gets the links that they become; ``on_failed`` is told of each that comes to nothing, unless it was
    stopped.  ``reception`` answers whoever dials us at the moment at which we dial it; ``shared_ports`` tells from
    where to punch, by IP version, the port that stays last.
    """

    def __init__(
        self,
        owner: LinkOwner,
        *,
        on_failed: Callable[[Dial], None],
        reception: Reception,
        shared_ports: Callable[[int], tuple[Endpoint, ...]],
        supervisor: Supervisor,
        random: Random,
    ) -> None:
        self._owner = owner
        self._on_failed = on_failed
        self._reception = reception
        self._shared_ports = shared_ports
        self._supervisor = supervisor
        self._random = random
        self._loop = asyncio.get_running_loop()
        self._under_way: dict[DialId, _Attempt] = {}
        self._dial_of: dict[LinkDriver, DialId] = {}
        self._log = DialLog()

    def start(self, dial: Dial) -> None:
        """Try to connect as ``dial`` says."""

        def greet(_driver: LinkDriver, remote: Endpoint, now: float) -> LinkMachine:
            may_cross = dial.way is not Way.DIRECT
            rivalry = Rivalry(self._reception.answer_rival, controls=dial.controls) if may_cross else None
            machine = LinkMachine.dial(
                dial.key, dial.peer, remote=remote, now=now, random=self._random, rivalry=rivalry
            )
            self._reception.spoke(machine.ephemeral)
            return machine

        driver = LinkDriver(self._owner, greet, self._loop)
        task = self._supervisor.start(f"dial {dial.dial}", self._connect(dial, driver))
        self._under_way[dial.dial] = _Attempt(dial, driver, task)
        self._dial_of[driver] = dial.dial

    def stop(self, dial: DialId) -> None:
        """Give an attempt up, if it is still under way."""
        attempt = self._under_way.pop(dial, None)
        if attempt is not None:
            del self._dial_of[attempt.driver]
            attempt.task.cancel()
            attempt.driver.close(CloseReason.LOCAL)

    def linked(self, driver: LinkDriver) -> Dial | None:
        """The driver has a link: what attempt that was, if it was one and is still wanted."""
        return self._end(driver, DialOutcome.LINKED)

    def ended(self, driver: LinkDriver, reason: CloseReason) -> Dial | None:
        """The driver has no connection any more: what attempt failed by that, if it was one."""
        return self._fail(driver, outcome_of_end(reason))

    def report(self, peer_id: PeerId) -> tuple[DialRecord, ...]:
        """What came of the attempts to reach a peer."""
        return self._log.of(peer_id)

    def forget(self, peer_id: PeerId) -> None:
        """The peer is no longer known."""
        self._log.forget(peer_id)

    async def _connect(self, dial: Dial, driver: LinkDriver) -> None:
        ports = () if dial.way is Way.DIRECT else self._shared_ports(dial.endpoint.address.version)
        try:
            if not ports:
                await tcp.dial(dial.endpoint, driver)
            elif dial.way is Way.PUNCH:
                await tcp.punch(dial.endpoint, driver, ports=ports, random=self._random)
            else:
                pair_at = partial(pair_aside, ports[-1], dial.endpoint, controls=dial.controls)
                await tcp.punch_aside(driver, pair_at, random=self._random)
        except OSError as error:
            log.debug("dialling failed: %s", type(error))
            self._fail(driver, outcome_of_error(error))
            driver.close(CloseReason.LOST)

    def _fail(self, driver: LinkDriver, outcome: DialOutcome) -> Dial | None:
        failed = self._end(driver, outcome)
        if failed is not None:
            self._on_failed(failed)
        return failed

    def _end(self, driver: LinkDriver, outcome: DialOutcome) -> Dial | None:
        dial_id = self._dial_of.pop(driver, None)
        if dial_id is None:
            return None
        dial = self._under_way.pop(dial_id).dial
        # To people, both kinds of windows are one way.
        way = Way.DIRECT if dial.way is Way.DIRECT else Way.PUNCH
        self._log.note(dial.peer, Target(way, dial.endpoint), outcome, time.time())
        return dial
