"""A whole engine whose contact, guest or host is hostile: it goes on, logs no warning, and serves others.

Sealed payloads and handshake messages come in pieces (:func:`tests.fuzz.target.pieces`), several on one link.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from app.domain.annotation_content import DeletionContent, EditContent, ReactionContent
from app.domain.content import MOMENTARY, ContentType, ProfileContent, TextContent, encode_ids
from app.domain.events import MessageReceived
from app.domain.identifiers import MessageId
from app.domain.passing_content import PassContent
from crypto import handshake
from crypto.discovery_key import DiscoveryKey
from crypto.handshake import HalfOpen, Terms
from crypto.identity import Identity
from crypto.invite import Invite
from crypto.session import encrypt
from net.events import HandshakeReceived, LinkUp, NetEvent
from net.peer import LinkKey, LinkKind, Peer, PeerId
from tests.fuzz.logs import no_warnings
from tests.fuzz.target import Check, Target, joined, pieces
from tests.support.pair import Pair, friends, of_type
from tests.support.pair import known as known_to
from tests.support.sessions import NOW_S

_FRESH_EVERY = 128
"""Inputs that a pair of engines lives through."""

_SPOKEN_EVERY = 8
"""Inputs between two messages to a friend; what goes wrong inside an engine shows in its log at once."""

_QUIET_TURNS = 3
_MAX_TURNS = 20_000
_MESSAGE_ID_BYTES = 16
_PROFILE = (int(ContentType.PROFILE), bytes(_MESSAGE_ID_BYTES), ProfileContent("Mallory", 0, ()).encode())


class Attack(Protocol):
    """What one input does to Ann, who is Ben's friend."""

    async def strike(self, pair: Pair, data: bytes) -> None: ...


class Arena:
    """Two friends in memory, made anew once in a while."""

    def __init__(self, attack: Attack) -> None:
        self._attack = attack
        self._runner = asyncio.Runner()
        self._struck = 0
        self._end: Callable[[], object] = lambda: None

    def close(self) -> None:
        self._end()
        self._runner.close()

    def check(self, data: bytes) -> None:
        """After the input Ann has logged no warning, and she still talks with Ben."""
        if self._struck % _FRESH_EVERY == 0:
            self._refresh()
        self._struck += 1
        with no_warnings():
            self._runner.run(self._struck_by(data))

    def _refresh(self) -> None:
        self._end()
        meeting = friends()
        self._pair = self._runner.run(meeting.__aenter__())
        self._end = lambda: self._runner.run(meeting.__aexit__(None, None, None))

    async def _struck_by(self, data: bytes) -> None:
        await self._attack.strike(self._pair, data)
        if self._struck % _SPOKEN_EVERY == 0:
            await self._speak()

    async def _speak(self) -> None:
        ann, ben = self._pair.ann, self._pair.ben
        self._pair.board.connect()
        await settled(self._pair)
        sent = await ann.messenger.send_text(ben.id, "still here")
        await settled(self._pair)
        assert sent.message in {event.message.message_id for event in of_type(ben, MessageReceived)}
        ann.events.clear()
        ben.events.clear()


async def settled(pair: Pair) -> None:
    """Turn the loop until both engines have nothing to do; memory has no disk to wait for."""
    quiet, frames = 0, -1
    for _ in range(_MAX_TURNS):
        await asyncio.sleep(0)
        is_quiet = frames == pair.board.frames and pair.ann.idle() and pair.ben.idle()
        quiet, frames = quiet + 1 if is_quiet else 0, pair.board.frames
        if quiet == _QUIET_TURNS:
            return
    raise AssertionError("the engines do not come to rest")


def fighting(attack: Callable[[], Attack]) -> Callable[[], AbstractContextManager[Check]]:
    @contextmanager
    def arena() -> Iterator[Check]:
        made = Arena(attack())
        try:
            yield made.check
        finally:
            made.close()

    return arena


# --- Payloads in a session


def payloads() -> Sequence[bytes]:
    """Pieces of ``type u8 ‖ id u8 ‖ content``."""
    text = TextContent(clock=NOW_S << 16, sent_at=NOW_S, text="hello").encode()
    late = TextContent(clock=2**63 - 1, sent_at=NOW_S * 1e6, text="late\0", reply_to=None).encode()
    profile = ProfileContent("Ben\u200d", 1, ()).encode()
    named = MessageId("00" * _MESSAGE_ID_BYTES)  # that of the first text
    contents = {
        ContentType.TEXT: [text, late, b""],
        ContentType.PROFILE: [profile, bytes(7)],
        ContentType.READ: [encode_ids([bytes(16), bytes(range(16))])],
        ContentType.ACKNOWLEDGEMENT: [encode_ids([bytes(16)]), b"odd"],
        ContentType.ADDRESSES: [b"\1\4\xc0\0\2\1\xa0\x0f", b"\0"],
        ContentType.TYPING: [b"", b"more"],
        ContentType.PASS: [PassContent.naming(bytes(32), bytes(768), nonce=bytes(16)).encode(), b"short"],
        ContentType.PASSED: [bytes(768), bytes(769)],
        ContentType.REACTION: [
            ReactionContent(7, place > 0, named, emoji).encode() for place, emoji in enumerate("👍🎉")
        ],
        ContentType.EDIT: [EditContent(NOW_S << 16, NOW_S, named, "hello!").encode(), bytes(33)],
        ContentType.DELETION: [DeletionContent(named).encode(), b"odd"],
        0x7F: [bytes(20), b"short"],
        0xFF: [b"", b"reserved"],
    }
    each = [bytes([kind, place]) + content for kind, some in contents.items() for place, content in enumerate(some)]
    return [joined(each), joined([each[0]] * 3), *(joined([one]) for one in each)]


class SealedPayloads:
    """Ben seals what he likes."""

    async def strike(self, pair: Pair, data: bytes) -> None:
        kept: set[bytes] = set()
        for piece in pieces(data):
            if len(piece) >= 2:
                envelope = await self._send(pair, piece[0], bytes([piece[1]]) * _MESSAGE_ID_BYTES, piece[2:])
                if piece[0] not in MOMENTARY:
                    kept.add(envelope)
        await settled(pair)
        known = known_to(pair.ann, pair.ben)
        assert await pair.ann.opened.received(known.number, tuple(kept)) == kept, "an envelope was not taken"

    async def _send(self, pair: Pair, content_type: int, message_id: bytes, content: bytes) -> bytes:
        """Past the outbox, which would wait for an acknowledgement of anything."""
        ben, number = pair.ben, known_to(pair.ben, pair.ann).number
        sessions = ben.messenger._intake._inbox._sessions
        stored = sessions.sending(number)
        assert stored is not None
        unit = ben.opened.begin()
        sealed = sessions.seal(stored, content_type, message_id, content, unit)
        await ben.opened.commit(unit)
        assert ben.node.send_envelope(ben.messenger._book.peer_id(number), sealed.envelope)
        return sealed.envelope_id


# --- Handshake messages


_RAW, _PATCHED = 0, 1


def messages() -> Sequence[bytes]:
    """The role, then pieces: raw messages, or the genuine one that is due with bytes xored at an offset."""
    genuine = bytes([_PATCHED, 0, 0])
    raw = [bytes([_RAW, kind]) + bytes(size) for kind, size in ((2, 1_302), (3, 1_400), (4, 361), (5, 97), (6, 8))]
    flips = [bytes([_PATCHED, place, 0, 0xFF]) for place in (0, 1, 5, 40)]
    return [
        bytes([role]) + joined(list(some))
        for role in range(2)
        for some in ([genuine], [genuine, genuine], flips, raw, [*raw, genuine], [flips[0], genuine, genuine, raw[2]])
    ]


class Mallory:
    """Somebody with an invite of Ann's, or whose own invite Ann has taken; knows the protocol, and breaks it."""

    def __init__(self) -> None:
        self._identity = Identity.generate()

    async def strike(self, pair: Pair, data: bytes) -> None:
        pair.clock.now_s += 1  # an invite answers five a second
        self._heard: list[NetEvent] = []
        self._node = pair.board.node(self._heard.append, 4_999)
        try:
            await (self._join if data[:1] == b"\0" else self._invite)(pair, pieces(data[1:]))
        finally:
            self._node.detach()
            await settled(pair)

    async def _join(self, pair: Pair, parts: Sequence[bytes]) -> None:
        """By a reusable invite: what comes of it is a request at most."""
        posted = await pair.ann.messenger.create_invite(reusable=True)
        invite = Invite.parse(posted.link)
        self._declare(invite, wanted=True)
        pair.board.connect()
        await settled(pair)
        up = next(event for event in self._heard if isinstance(event, LinkUp))
        terms = Terms.of_invite(
            invite_id=invite.invite_id,
            psk=invite.psk,
            responder=invite.inviter,
            handshake_hash=up.handshake_hash,
        )
        attempt = handshake.answer(terms, self._identity, self._message(), _PROFILE)
        for part in parts:
            self._node.send_handshake(up.link, _made(part, lambda: attempt.message))
            await settled(pair)
        for request in await pair.ann.messenger.requests():
            await pair.ann.messenger.decline_request(request.contact)
        assert [contact.contact for contact in await pair.ann.messenger.contacts()] == [pair.ben.id]
        await pair.ann.messenger.revoke_invite(posted.invite)

    async def _invite(self, pair: Pair, parts: Sequence[bytes]) -> None:
        """Ann comes by Mallory's own invite."""
        point = DiscoveryKey.generate().point
        expiry = int(pair.clock.now_s) + 600
        invite = Invite.create(self._identity.public, rendezvous_point=point, expiry=expiry)
        self._declare(invite, wanted=False)
        contact = await pair.ann.messenger.add_contact(invite.to_link())
        pair.board.connect()
        await settled(pair)
        up = next(event for event in self._heard if isinstance(event, LinkUp))
        terms = Terms.of_invite(
            invite_id=invite.invite_id,
            psk=invite.psk,
            responder=self._identity.public,
            handshake_hash=up.handshake_hash,
        )
        half_open = handshake.offer(terms, self._identity)
        for part in parts:
            self._node.send_handshake(up.link, _made(part, lambda: self._reply(half_open)))
            await settled(pair)
        await pair.ann.messenger.remove_contact(contact)

    def _declare(self, invite: Invite, *, wanted: bool) -> None:
        key = LinkKey(LinkKind.INVITE, invite.link_key)
        self._node.set_peer(Peer(PeerId(invite.invite_id), (key,), controls=wanted, wanted=wanted))

    def _message(self) -> bytes:
        """The newest handshake message from Ann."""
        heard = [event.message for event in self._heard if isinstance(event, HandshakeReceived)]
        return heard[-1] if heard else b""

    def _reply(self, half_open: HalfOpen) -> bytes:
        """M2, or M4 once Ann's M3 is there."""
        message = self._message()
        if not message:
            return half_open.message
        accepted = handshake.accept(half_open, self._identity, message, now_s=NOW_S)
        _, envelope = encrypt(accepted.session, *_PROFILE)
        return handshake.Confirmation(envelope).encode()


def _made(part: bytes, genuine: Callable[[], bytes]) -> bytes:
    if part[:1] != bytes([_PATCHED]):
        return part[1:]
    message = bytearray(genuine())
    start = int.from_bytes(part[1:3], "little") % len(message)
    for place, flip in zip(range(start, len(message)), part[3:], strict=False):
        message[place] ^= flip
    return bytes(message)


TARGETS = [
    Target(
        "engine-payloads",
        payloads,
        fighting(SealedPayloads),
        words=[bytes([kind, 0]) for kind in ContentType],
        max_bytes=70_000,
        is_guided=False,
    ),
    Target("engine-handshakes", messages, fighting(Mallory), max_bytes=12_000, is_guided=False),
]
