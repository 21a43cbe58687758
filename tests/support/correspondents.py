"""Two people's computers without the network between them: sealed payloads, acknowledgements, ML-KEM epochs.

What ``app/services`` does with a session, in the smallest form that shows it: everything is pure, a step gives the
desk after it and the envelopes to send, and whoever runs the step decides whether it is committed and what arrives.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from crypto import session as sessions
from crypto.labels import EPOCH_AFTER_ABSENCE_S, EPOCH_AFTER_S
from crypto.primitives import Random
from crypto.ratchet import header
from crypto.ratchet.state import Sending
from crypto.session import ACCEPT, ENVELOPE_ID_BYTES, OFFER, Payload, Session, envelope_id
from crypto.stored_session import decode_session, encode

EMPTY, ACKNOWLEDGEMENT, TEXT = 0x00, 0x02, 0x20


@dataclass(frozen=True)
class Desk:
    """What one computer has committed."""

    stored: bytes
    unacknowledged: dict[bytes, bytes]
    """Envelopes by their ids."""
    texts: tuple[bytes, ...] = ()
    """Read, in order of arrival."""
    received: frozenset[bytes] = frozenset()
    """Ids of envelopes."""
    epochs: tuple[bytes, ...] = ()
    """The pair secret after each epoch that was mixed."""

    @property
    def session(self) -> Session:
        return reopened(self.stored)


@lru_cache(maxsize=64)
def reopened(stored: bytes) -> Session:
    """From storage, as after a restart; once for each state."""
    return decode_session(stored)


@dataclass(frozen=True)
class Step:
    """What comes of one event, before it is committed."""

    desk: Desk
    sent: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Computer:
    """One person's program: its randomness, and how many seconds after an epoch it offers the next one."""

    random: Random
    after_s: int = EPOCH_AFTER_S

    def say(self, desk: Desk, text: bytes) -> Step:
        """Seal a text."""
        return self._send(Step(desk), TEXT, text)

    def resend(self, desk: Desk) -> Step:
        """Everything that has no acknowledgement, as the same bytes."""
        return Step(desk, tuple(desk.unacknowledged.values()))

    def link_up(self, desk: Desk, *, now_s: int) -> Step:
        return self._offer(Step(desk), now_s, min(self.after_s, EPOCH_AFTER_ABSENCE_S))

    def receive(self, desk: Desk, envelopes: Sequence[bytes], *, now_s: int) -> Step:
        """Take a batch in.

        Raises:
            RemoteError: an envelope does not open; nothing has happened.
        """
        step, acknowledge = Step(desk), b""
        offers: list[Payload] = []
        for envelope in dict.fromkeys(envelopes):
            name = envelope_id(envelope)
            if name in step.desk.received:
                acknowledge += name
                continue
            step, payload = self._open(step, name, envelope, now_s)
            acknowledge += b"" if payload.type == ACKNOWLEDGEMENT else name
            offers += [payload] if payload.type == OFFER else []
        if acknowledge:
            step = self._send(step, ACKNOWLEDGEMENT, acknowledge)
        return self._turn_epochs(step, offers, now_s)

    def _open(self, step: Step, name: bytes, envelope: bytes, now_s: int) -> tuple[Step, Payload]:
        session, payload = sessions.decrypt(step.desk.session, envelope, now_s=now_s)
        desk = advanced(step.desk, session)
        desk = replace(desk, received=desk.received | {name})
        if payload.type == ACKNOWLEDGEMENT:
            ids = [payload.content[start : start + ENVELOPE_ID_BYTES] for start in range(0, len(payload.content), 16)]
            left = {name: envelope for name, envelope in desk.unacknowledged.items() if name not in ids}
            desk = replace(desk, unacknowledged=left)
        elif payload.type == TEXT:
            desk = replace(desk, texts=(*desk.texts, payload.content))
        return replace(step, desk=desk), payload

    def _turn_epochs(self, step: Step, offers: Sequence[Payload], now_s: int) -> Step:
        for payload in offers:
            content = sessions.reply(step.desk.session, payload)
            if content is not None:
                step = self._send(step, ACCEPT, content)
        if sessions.must_answer(step.desk.session):
            content = sessions.acceptance(step.desk.session)
            step = self._send(step, EMPTY, b"") if content is None else self._send(step, ACCEPT, content)
        return self._offer(step, now_s, self.after_s)

    def _offer(self, step: Step, now_s: int, after_s: int) -> Step:
        session = step.desk.session
        if not step.desk.received or not sessions.offer_due(session, now_s=now_s, after_s=after_s):
            return step
        session, content = sessions.offer(session, now_s=now_s, random=self.random)
        return self._send(replace(step, desk=advanced(step.desk, session)), OFFER, content)

    def _send(self, step: Step, payload_type: int, content: bytes) -> Step:
        session, envelope = sessions.encrypt(
            step.desk.session, payload_type, self.random(16), content, random=self.random
        )
        desk = advanced(step.desk, session)
        if payload_type != ACKNOWLEDGEMENT:
            desk = replace(desk, unacknowledged={**desk.unacknowledged, envelope_id(envelope): envelope})
        return Step(desk, (*step.sent, envelope))


def advanced(desk: Desk, session: Session) -> Desk:
    """With the session's next state, and the epoch that it mixed, if any."""
    is_new = session.ratchet.kem.applied > len(desk.epochs)
    epochs = (*desk.epochs, session.epoch.roots.pair.reveal()) if is_new else desk.epochs
    return replace(desk, stored=encode(session), epochs=epochs)


def seal_of(session: Session, envelope: bytes) -> tuple[bytes, int]:
    """What names the message key of an envelope of the present sending chain: ratchet key and number."""
    position = session.ratchet.position
    assert isinstance(position, Sending)
    bound = session.associated_data + envelope[:1]
    opened = header.unseal(envelope[25:89], position.chain.header_key, envelope[1:25], bound)
    assert opened is not None
    return opened.ratchet_key, opened.number
