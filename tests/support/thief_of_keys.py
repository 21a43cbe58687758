"""Somebody with the identity keys of an engine, on a node of their own: asks for resets by hand, step by step."""

from dataclasses import dataclass, field

from app.domain.content import ContentType
from crypto import handshake
from crypto.handshake import Attempt, Kind, ResetRequest, Terms
from crypto.primitives import blake2b
from crypto.secret import Secret
from crypto.session import Session, decrypt, encrypt
from net.events import EnvelopeReceived, HandshakeReceived, LinkDown, LinkId, LinkUp, NetEvent, ProgressReceived
from net.peer import LinkKey, LinkKind, Peer, PeerId
from tests.support.engine import Engine, settle

MESSAGE_ID = bytes(16)


@dataclass(eq=False)
class ThiefOfKeys:
    """Speaks to ``victim`` as ``stolen_from``."""

    stolen_from: Engine
    victim: Engine
    events: list[NetEvent] = field(default_factory=list)
    attempt: Attempt | None = None
    session: Session | None = None

    def __post_init__(self) -> None:
        self.identity = self.stolen_from.account.identity
        self.peer = self.victim.account.identity.public
        self.secret = handshake.reset_secret(self.identity, self.peer)
        self.node = self.victim.board.node(self.events.append, 4900)

    def dial(self) -> LinkId:
        """A link under the key of a reset."""
        key = LinkKey(LinkKind.RESET, handshake.reset_link_key(self.secret))
        peer = Peer(PeerId(self.peer.fingerprint), (key,), controls=True, wanted=True)
        self.node.set_peer(peer)
        self.victim.board._dial(self.node, peer)
        return self.links[-1].link

    @property
    def links(self) -> list[LinkUp]:
        return [event for event in self.events if isinstance(event, LinkUp)]

    def lost(self, link: LinkId) -> bool:
        return any(isinstance(event, LinkDown) and event.link == link for event in self.events)

    def received(self, kind: Kind) -> list[bytes]:
        """The handshake messages of a kind that came."""
        messages = (event.message for event in self.events if isinstance(event, HandshakeReceived))
        return [message for message in messages if message[0] == kind]

    def envelopes(self) -> list[bytes]:
        return [event.envelope for event in self.events if isinstance(event, EnvelopeReceived)]

    def progress(self) -> list[bytes]:
        return [event.message for event in self.events if isinstance(event, ProgressReceived)]

    async def ask(self, link: LinkId, resume: Secret | None = None) -> None:
        """Send RESET, and wait for what comes of it."""
        up = next(event for event in self.links if event.link == link)
        request = handshake.reset_request(resume, up.handshake_hash)
        self.node.send_handshake(link, request.encode())
        await settle(self.victim)

    async def answer(self, link: LinkId, resume: Secret | None = None) -> None:
        """Answer the last M2 on its link, and take M4 if it comes."""
        up = next(event for event in self.links if event.link == link)
        terms = Terms.of_reset(
            secret=self.secret,
            resume=resume,
            initiator=self.identity.public,
            responder=self.peer,
            handshake_hash=up.handshake_hash,
        )
        empty = (int(ContentType.EMPTY), MESSAGE_ID, b"")
        self.attempt = handshake.answer(terms, self.identity, self.received(Kind.BUNDLE)[-1], empty)
        self.node.send_handshake(link, self.attempt.message)
        await settle(self.victim)
        if confirmations := self.received(Kind.CONFIRMATION):
            envelope = handshake.decode(confirmations[-1]).envelope  # type: ignore[union-attr]
            self.session, _ = decrypt(self.attempt.session, envelope, now_s=0)
            self.node.adopt(link, PeerId(self.peer.fingerprint))

    async def reset(self, resume: Secret | None = None) -> LinkId:
        """The whole of it, on a link of its own."""
        link = self.dial()
        await self.ask(link, resume)
        await self.answer(link, resume)
        return link

    async def say(self, content_type: int, content: bytes, message_id: bytes = MESSAGE_ID) -> None:
        """An envelope on the session that the reset made."""
        assert self.session is not None
        self.session, envelope = encrypt(self.session, content_type, message_id, content)
        self.node.send_envelope(PeerId(self.peer.fingerprint), envelope)
        await settle(self.victim)


def random_request(number: int) -> bytes:
    """RESET with a hint that fits nothing."""
    return ResetRequest(blake2b(b"%d" % number, size_bytes=8)).encode()
