"""What a contact says inside an envelope, type by type."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from ipaddress import ip_address

from app.domain.annotation import MAX_EMOJI_BYTES
from app.domain.annotation_content import DeletionContent, EditContent, ReactionContent
from app.domain.content import (
    ProfileContent,
    TextContent,
    decode_clock,
    decode_ids,
    decode_transcripts,
    encode_ids,
    encode_transcripts,
)
from app.domain.hybrid_clock import CLOCK_LIMIT
from app.domain.identifiers import MessageId
from app.domain.message import MAX_TEXT_BYTES
from app.domain.name import clean_name
from app.domain.passing_content import PassContent, decode_passed
from app.domain.progress import NO_MORE, Progress, decode_progress, encode_progress
from crypto.discovery_key import DiscoveryKey
from crypto.errors import MalformedError
from crypto.signal import SIGNAL_ITEM_BYTES
from net.endpoint import Endpoint
from net.endpoint_list import decode_endpoints, encode_endpoints
from tests.fuzz.target import Target, always
from tests.support.sessions import NOW_S, Randomness

_ENDPOINTS = [Endpoint(ip_address(address), 4_000) for address in ("192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1")]
_POINT = DiscoveryKey.generate(Randomness("fuzz contents")).point

_FINGERPRINT = bytes(range(32))


def _check_text(content: bytes) -> None:
    text = TextContent.decode(content)
    assert 0 <= text.clock < CLOCK_LIMIT
    assert 0 < len(text.text.encode()) <= MAX_TEXT_BYTES
    again = TextContent.decode(replace(text, sent_at=0).encode())  # a float does not hold every time of 64 bits
    assert (again.clock, again.text, again.reply_to) == (text.clock, text.text, text.reply_to)


def _check_profile(content: bytes) -> None:
    profile = ProfileContent.decode(content)
    assert clean_name(profile.name) == profile.name
    assert ProfileContent.decode(profile.encode()) == profile


def _check_endpoints(content: bytes) -> None:
    endpoints = decode_endpoints(content)
    assert encode_endpoints(endpoints) == content
    assert [Endpoint.parse(str(endpoint)) for endpoint in endpoints] == list(endpoints)


def _check_ids(content: bytes) -> None:
    assert encode_ids(decode_ids(content)) == content


def _check_transcripts(content: bytes) -> None:
    assert encode_transcripts(decode_transcripts(content)) == content


def _check_progress(body: bytes) -> None:
    assert encode_progress(decode_progress(body)) == body


def _check_clock(content: bytes) -> None:
    clock, sent_at = decode_clock(content)
    assert 0 <= clock < CLOCK_LIMIT
    assert sent_at >= 0


def _check_reaction(content: bytes) -> None:
    reaction = ReactionContent.decode(content)
    assert 0 <= reaction.clock < CLOCK_LIMIT
    assert len(reaction.emoji.encode()) <= MAX_EMOJI_BYTES
    assert ReactionContent.decode(reaction.encode()) == reaction


def _check_edit(content: bytes) -> None:
    edit = EditContent.decode(content)
    assert 0 <= edit.clock < CLOCK_LIMIT
    assert 0 < len(edit.text.encode()) <= MAX_TEXT_BYTES
    again = EditContent.decode(replace(edit, edited_at=0).encode())
    assert (again.clock, again.message, again.text) == (edit.clock, edit.message, edit.text)


def _check_deletion(content: bytes) -> None:
    assert DeletionContent.decode(content).encode() == content


def _check_pass(content: bytes) -> None:
    asked = PassContent.decode(content)
    assert asked.encode() == content
    assert asked.names(_FINGERPRINT) == (asked == PassContent.naming(_FINGERPRINT, asked.value, nonce=asked.nonce))


def _check_passed(content: bytes) -> None:
    assert decode_passed(content) == content
    assert len(content) == SIGNAL_ITEM_BYTES


_CHECKS: Sequence[Callable[[bytes], None]] = (
    _check_text,
    _check_profile,
    _check_endpoints,
    _check_ids,
    _check_clock,
    _check_transcripts,
    _check_reaction,
    _check_edit,
    _check_deletion,
    _check_progress,
    _check_pass,
    _check_passed,
)


def contents() -> Sequence[bytes]:
    reply_to = MessageId("0f" * 16)
    made = [
        (0, TextContent(clock=NOW_S << 16, sent_at=NOW_S, text="hello").encode()),
        (0, TextContent(clock=1, sent_at=0, text="🛢" * 100, reply_to=reply_to).encode()),
        (0, TextContent(clock=CLOCK_LIMIT - 1, sent_at=NOW_S, text="a").encode()),
        (1, ProfileContent("Ann", 0, tuple(_ENDPOINTS), _POINT + bytes(32)).encode()),
        (1, ProfileContent("Ännchen e\u0301\u0323", 7, ()).encode()),
        (2, encode_endpoints(_ENDPOINTS * 3)),
        (2, encode_endpoints([])),
        (3, encode_ids([bytes(range(16)), bytes(16)])),
        (4, bytes(16)),
        (6, ReactionContent(NOW_S << 16, True, reply_to, "👩\u200d🚀").encode()),
        (6, ReactionContent(1, False, reply_to, "").encode()),
        (7, EditContent(NOW_S << 16, NOW_S, reply_to, "hello, 🛢").encode()),
        (8, DeletionContent(reply_to).encode()),
        (5, encode_transcripts([bytes(range(32)), bytes(32)])),
        (10, PassContent.naming(_FINGERPRINT, bytes(SIGNAL_ITEM_BYTES), nonce=bytes(range(16))).encode()),
        (11, bytes(SIGNAL_ITEM_BYTES)),
        (9, encode_progress([Progress(bytes(range(8)), 7), Progress(bytes(8), NO_MORE)])),
    ]
    return [bytes([kind]) + content for kind, content in made]


def check(data: bytes) -> None:
    """Content reads and means the same when it is written again, or is refused as the contact's fault."""
    if not data:
        return
    try:
        _CHECKS[data[0] % len(_CHECKS)](data[1:])
    except MalformedError:
        return


TARGETS = [
    Target(
        "content",
        contents,
        always(check),
        words=[b"\xed\xa0\x80", b"\xc0\x80", b"\0", "\u202e".encode(), "\u0344".encode(), "\U000e0001".encode()],
        max_bytes=1 + 33 + MAX_TEXT_BYTES + 16,
    )
]
