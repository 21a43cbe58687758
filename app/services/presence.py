"""Which contacts have a link, and what flows for that: the outbox of those with a session, and the news of it."""

from dataclasses import replace

from app.domain.contact import ContactState
from app.domain.events import PathChanged
from app.services.outbox import Outbox
from app.services.surroundings import Surroundings
from net.events import PeerOnline


class Presence:
    """How contacts are linked now, established or not."""

    def __init__(self, around: Surroundings, *, outbox: Outbox) -> None:
        self._book = around.book
        self._store = around.store
        self._clock = around.clock
        self._announcer = around.announcer
        self._paths = around.paths
        self._outbox = outbox
        self._online: dict[int, PeerOnline] = {}

    def of(self, number: int) -> PeerOnline | None:
        """The contact's surviving link, if there is one."""
        return self._online.get(number)

    def all(self) -> tuple[int, ...]:
        """Everybody who has one."""
        return tuple(self._online)

    def online(self, number: int, event: PeerOnline) -> None:
        """A contact's surviving link is up, or is another one now."""
        self._online[number] = event
        self._paths[number] = event.path.value
        self.established(number)

    def established(self, number: int) -> None:
        """The session stands: if a link does too, everything flows."""
        event, contact = self._online.get(number), self._book.numbered(number)
        if event is None or contact is None or contact.state is not ContactState.ESTABLISHED:
            return
        if contact.is_held:
            self._outbox.offline(number)  # what waits may be meant for somebody else
        else:
            self._outbox.online(number)
        rtt_ms = None if event.rtt_s is None else event.rtt_s * 1000
        self._announcer.publish(PathChanged(contact.contact_id, online=True, path=event.path.value, rtt_ms=rtt_ms))

    async def offline(self, number: int) -> None:
        """A contact's last link is gone."""
        contact = self._book.numbered(number)
        was_linked = self.forget(number)
        if not was_linked or contact is None:
            return
        self._outbox.offline(number)
        if contact.state is ContactState.ESTABLISHED:
            self._announcer.publish(PathChanged(contact.contact_id, online=False, path=None, rtt_ms=None))
            unit = self._store.begin()
            self._book.put_contact(replace(contact, last_seen_at=self._clock()), unit)
            await self._store.commit(unit)

    def forget(self, number: int) -> bool:
        """The contact is removed, or has no link any more; whether it had one."""
        self._paths.pop(number, None)
        return self._online.pop(number, None) is not None
