"""What contacts tell of the time, without meaning to: each message says when it was written.

A message may have waited for days before it came, so one that was written long ago proves nothing.  What cannot be
explained by waiting does: a message from the future, one from before its author was a contact, or one that came over a
link that had stood for a while, whose queue was empty by then.  A contact can lie; the doctor asks what most say.
"""

from collections.abc import Mapping

DAY_S = 86_400.0
"""Clocks that differ by less do no harm that anybody would notice."""

SETTLED_AFTER_S = 60.0
"""What waited for a link has come by then."""


class ClockWatch:
    """How far each contact's clock is ahead of ours, in seconds, as last seen."""

    def __init__(self) -> None:
        self._ahead_s: dict[int, float] = {}
        self._linked_at: dict[int, float] = {}

    @property
    def ahead_s(self) -> Mapping[int, float]:
        """By contact number; contacts of whom nothing certain is known are absent."""
        return self._ahead_s

    def linked(self, contact: int, *, now: float) -> None:
        """A link to the contact is up, or is another one now."""
        self._linked_at.setdefault(contact, now)

    def unlinked(self, contact: int) -> None:
        self._linked_at.pop(contact, None)

    def heard(self, contact: int, *, sent_at: float, added_at: float, now: float) -> None:
        """A message of a contact, whom we know since ``added_at`` by our clock, came ``now``."""
        linked_s = now - self._linked_at.get(contact, now)
        may_have_waited = added_at - DAY_S <= sent_at <= now and 0 <= linked_s < SETTLED_AFTER_S
        if not may_have_waited:
            self._ahead_s[contact] = sent_at - now

    def forget(self, contact: int) -> None:
        """The contact is gone."""
        self._ahead_s.pop(contact, None)
        self._linked_at.pop(contact, None)
