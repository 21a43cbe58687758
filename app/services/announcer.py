"""Hands the engine's events to whoever listens: a front-end, or several."""

import logging
from collections.abc import Callable

from app.domain.events import Event

logger = logging.getLogger(__name__)

Subscriber = Callable[[Event], None]


class Announcer:
    """Calls every subscriber with every event, on the engine's loop and in order."""

    def __init__(self) -> None:
        self._subscribers: list[Subscriber] = []

    def subscribe(self, subscriber: Subscriber) -> Callable[[], None]:
        """Start calling ``subscriber``, which must not block; the result stops it again."""
        self._subscribers.append(subscriber)
        return lambda: self._subscribers.remove(subscriber)

    def publish(self, event: Event) -> None:
        """Tell everybody.  One failing subscriber harms neither the others nor the engine."""
        for subscriber in tuple(self._subscribers):
            try:
                subscriber(event)
            except Exception:
                logger.exception("a subscriber failed")
