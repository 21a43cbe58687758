"""One round of questions over UDP, from one socket, to servers and nodes that say from where they see us come.

Sans-IO.  Each target gets the question three times at most; an answer counts if it comes from where the question went,
names that question's transaction, which is random, and is the first.  Whatever else comes in is nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crypto.primitives import Random
from net.endpoint import Endpoint
from net.errors import RemoteError
from net.limits import SURVEY_MOMENTS_S, SURVEY_TIMEOUT_S
from net.observation import Observation, Observer, Transport
from net.stun import Answer


@dataclass(frozen=True, slots=True)
class Dialect:
    """How to ask, and how to read an answer, which raises :class:`~net.errors.RemoteError`."""

    transaction_bytes: int
    question: Callable[[bytes], bytes]
    answer: Callable[[bytes], Answer]


@dataclass(frozen=True, slots=True)
class Target:
    """Whom to ask, and where."""

    observer: Observer
    endpoint: Endpoint
    dialect: Dialect


class Survey:
    """From the first question to the last answer or the end of the time."""

    def __init__(self, targets: Sequence[Target], random: Random, now: float) -> None:
        self._silent = {target.endpoint: (target, random(target.dialect.transaction_bytes)) for target in targets}
        self._moments = [now + moment_s for moment_s in SURVEY_MOMENTS_S]
        self._ends_at = now + SURVEY_TIMEOUT_S

    def is_over(self, now: float) -> bool:
        """Whether there is nobody left to wait for."""
        return not self._silent or now >= self._ends_at

    def wake_at(self) -> float:
        return self._moments[0] if self._moments else self._ends_at

    def handle_timer(self, now: float) -> list[tuple[Endpoint, bytes]]:
        """The datagrams to send now, and to whom."""
        is_due = False
        while self._moments and self._moments[0] <= now:
            del self._moments[0]
            is_due = True
        if not is_due:
            return []
        return [
            (endpoint, target.dialect.question(transaction)) for endpoint, (target, transaction) in self._silent.items()
        ]

    def received(self, source: Endpoint, datagram: bytes, local: Endpoint) -> Observation | None:
        """What a datagram says that came from ``source`` to our socket at ``local``, if it is an answer."""
        target, transaction = self._silent.get(source, (None, b""))
        if target is None:
            return None
        try:
            answer = target.dialect.answer(datagram)
        except RemoteError:
            return None
        if answer.transaction != transaction:
            return None
        del self._silent[source]
        return Observation(target.observer, Transport.UDP, local, answer.seen)
