"""Hands the engine's events to whoever listens: a front-end, or several."""

import logging
from collections import deque
from collections.abc import Callable

from app.domain.events import Event

logger = logging.getLogger(__name__)

Subscriber = Callable[[Event], None]

MAX_EARLY_EVENTS = 1_000
"""Events kept until somebody listens.  An engine meets its peers while its front-end still starts; that takes less
than a second, so that more of them means that nobody will."""


class Announcer:
    """Calls every subscriber with every event, on the engine's loop and in order.

    What happens before the first subscriber comes is told to that one.
    """

    def __init__(self) -> None:
        self._subscribers: list[Subscriber] = []
        self._early: deque[Event] | None = deque(maxlen=MAX_EARLY_EVENTS)

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Start calling ``subscriber``, which must not block; the result stops it again."""
        early, self._early = self._early, None
        self._subscribers.append(subscriber)
        for event in early or ():
            _tell(subscriber, event)
        return lambda: self._subscribers.remove(subscriber)

    def publish(self, event: Event) -> None:
        """Tell everybody.  One failing subscriber harms neither the others nor the engine."""
        if self._early is not None:
            self._early.append(event)
        for subscriber in tuple(self._subscribers):
            _tell(subscriber, event)


def _tell(subscriber: Subscriber, event: Event) -> None:
    try:
        subscriber(event)
    except Exception:
        logger.exception("a subscriber failed")
