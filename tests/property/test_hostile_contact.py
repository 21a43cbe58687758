"""A contact that says anything at all: it gets no exception out of the engine, and harms nobody else.

Its payloads are sealed as they should be, so that every decoder behind the session sees them; its handshakes and
envelopes are any bytes.  A record in the log at WARNING or above would fail the test.
"""

import os
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.domain.annotation_content import DeletionContent, EditContent, ReactionContent
from app.domain.content import ContentType, TextContent, encode_ids
from app.domain.identifiers import MessageId
from app.domain.message import MessageState
from net.events import EnvelopeReceived, HandshakeReceived
from tests.support.aio import run
from tests.support.engine import introduce
from tests.support.pair import Pair, friends, known, say


@dataclass(frozen=True)
class Payload:
    type: int
    content: bytes
    message_id: bytes


@dataclass(frozen=True)
class Handshake:
    message: bytes


@dataclass(frozen=True)
class Envelope:
    envelope: bytes


@dataclass(frozen=True)
class Cut:
    pass


Word = Payload | Handshake | Envelope | Cut

texts = st.builds(TextContent, st.integers(0, 2**63 - 1), st.floats(0, 1e16), st.text(min_size=1, max_size=20))
named = st.sampled_from([MessageId("00" * 16), MessageId("0f" * 16)])
annotations = (
    st.builds(EditContent, st.integers(0, 2**63 - 1), st.floats(0, 1e15), named, st.sampled_from(["a", "another text"]))
    | st.builds(ReactionContent, st.integers(0, 2**63 - 1), st.booleans(), named, st.sampled_from(["", "👍"]))
    | st.builds(DeletionContent, named)
)
contents = (
    st.binary(max_size=300)
    | texts.filter(lambda content: content.text.isascii()).map(TextContent.encode)
    | st.lists(st.binary(min_size=16, max_size=16), max_size=5).map(encode_ids)
    | annotations.map(lambda content: content.encode())
)
types = st.sampled_from(ContentType).map(int) | st.integers(0, 255)
message_ids = st.binary(min_size=16, max_size=16) | st.just(bytes(16))
words = (
    st.builds(Payload, types, contents, message_ids)
    | st.builds(
        Handshake, st.builds(lambda kind, rest: bytes([kind]) + rest, st.integers(0, 8), st.binary(max_size=1_500))
    )
    | st.builds(Envelope, st.binary(max_size=500) | st.binary(max_size=500).map(b"\x01".__add__))
    | st.just(Cut())
)


async def speak(pair: Pair, word: Word) -> None:
    """Ben says something to Ann."""
    peer = pair.ben.peer_id
    link = next((status.link for status in pair.ann.node.links() if status.peer == peer), None)
    match word:
        case Payload(content_type, content, message_id):
            await say(pair.ben, pair.ann, content_type, content, message_id)
        case Handshake(message) if link is not None:
            pair.ann.messenger.handle(HandshakeReceived(link, peer, message))
        case Envelope(envelope) if link is not None:
            pair.ann.messenger.handle(EnvelopeReceived(link, peer, envelope))
        case Cut():
            await pair.cut()
            await pair.connect()
        case _:
            pass  # the link was closed for what came before


@pytest.mark.thorough
@given(st.lists(words, min_size=1, max_size=12))
@example([Payload(ContentType.TEXT, TextContent(2**63 - 1, 1e16, "last").encode(), bytes(16))])
@settings(
    max_examples=2_000 if os.environ.get("KITH_SLOW") == "1" else 40, suppress_health_check=[HealthCheck.too_slow]
)
def test_whatever_a_contact_says_the_engine_and_its_other_contacts_go_on(said: list[Word]) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            cid = await pair.third()
            await introduce(pair.ann, cid)
            await pair.connect()
            for word in said:
                await speak(pair, word)
            await cid.messenger.send_text(pair.ann.id, "from Cid")
            await pair.ann.messenger.send_text(cid.id, "to Cid")
            await pair.settle()
            await pair.connect()
            assert [message.text for message in reversed(await cid.history(pair.ann))].count("from Cid") == 1
            rows = await pair.ann.history(cid)
            assert {message.text for message in rows} == {"from Cid", "to Cid"}
            assert {message.state for message in rows if message.mine} == {MessageState.DELIVERED}
            await pair.ann.messenger.send_text(pair.ben.id, "to Ben")
            await pair.settle()
            assert "to Ben" in await pair.texts(pair.ann)
            stored = [(contact.number, contact.name) for contact in await pair.ann.opened.contacts()]
            assert stored == [(known(pair.ann, other).number, known(pair.ann, other).name) for other in (pair.ben, cid)]
            await pair.ann.restart()
            await pair.connect()

    run(scenario())
