"""Vectors of what envelopes and progress frames say (``docs/protocol.md``, section 3, Content)."""

from ipaddress import IPv4Address, IPv6Address

from app.domain.annotation_content import DeletionContent, EditContent, ReactionContent
from app.domain.content import (
    ContentType,
    ProfileContent,
    TextContent,
    encode_ids,
    encode_transcripts,
)
from app.domain.identifiers import MessageId
from app.domain.passing_content import PassContent
from app.domain.progress import NO_MORE, Progress, encode_progress, session_name
from crypto.discovery_key import DiscoveryKey
from net.endpoint import Endpoint
from net.endpoint_list import encode_endpoints
from tests.vectors.stream import NOW_S, Json, Stream

CLOCK = NOW_S * 1000 << 16
ENDPOINTS = (Endpoint(IPv4Address("192.0.2.7"), 4711), Endpoint(IPv6Address("2001:db8::7"), 4711))
MESSAGE = MessageId(Stream("message")(16).hex())


def profile(name: str) -> bytes:
    """A whole PROFILE."""
    discovery = DiscoveryKey.generate(Stream(f"{name} discovery"))
    return ProfileContent(name, 0, ENDPOINTS, discovery.point + discovery.secret.reveal()).encode()


def contents() -> Json:
    """One of each type, and two where flags make a difference; the values are in the words of the table."""
    ids = [Stream(f"id {number}")(16) for number in (1, 2)]
    text = TextContent(clock=CLOCK, sent_at=NOW_S, text="Grüße")
    reply = TextContent(clock=CLOCK + 1, sent_at=NOW_S + 0.25, text="🛢", reply_to=MESSAGE)
    endpoints = [str(endpoint) for endpoint in ENDPOINTS]
    listed: Json = [identifier.hex() for identifier in ids]
    transcripts = [Stream(f"transcript {number}")(32) for number in (1, 2)]
    fingerprint, nonce, value = Stream("passing to")(32), Stream("passing nonce")(16), Stream("passing value")(768)
    passing = PassContent.naming(fingerprint, value, nonce=nonce)
    named: dict[str, Json] = {"fingerprint": fingerprint.hex(), "nonce": nonce.hex(), "tag": passing.tag.hex()}
    return [
        _entry(ContentType.PROFILE, profile("Iris"), name="Iris", caps=0, endpoints=[*endpoints]),
        _entry(ContentType.PROFILE, ProfileContent("Rolf", 0, ()).encode(), name="Rolf", caps=0, endpoints=[]),
        _entry(ContentType.ACKNOWLEDGEMENT, encode_ids(ids), env_ids=listed),
        _entry(ContentType.RE_REQUEST, encode_ids(ids), env_ids=listed),
        _entry(ContentType.BROKEN, encode_transcripts(transcripts), transcripts=[each.hex() for each in transcripts]),
        _entry(ContentType.ADDRESSES, encode_endpoints(ENDPOINTS), endpoints=[*endpoints]),
        _entry(ContentType.READ, encode_ids(ids), msg_ids=listed),
        _entry(ContentType.REACTION, ReactionContent(CLOCK, True, MESSAGE, "👍").encode(), clock=CLOCK, msg_id=MESSAGE),
        _entry(ContentType.EDIT, EditContent(CLOCK, NOW_S, MESSAGE, "Gruß").encode(), clock=CLOCK, msg_id=MESSAGE),
        _entry(ContentType.DELETION, DeletionContent(MESSAGE).encode(), msg_id=MESSAGE),
        _entry(ContentType.PASS, passing.encode(), **named),
        _entry(ContentType.PASSED, value, value=value.hex()),
        _entry(ContentType.TEXT, text.encode(), clock=CLOCK, sent_at=NOW_S * 1000, text=text.text),
        _entry(ContentType.TEXT, reply.encode(), clock=CLOCK + 1, sent_at=NOW_S * 1000 + 250, reply_to=MESSAGE),
    ]


def progress(transcript: bytes) -> Json:
    """Frames about one session: seven envelopes came in on it, or a reset has replaced it."""
    name = session_name(transcript)
    return {
        "seven": encode_progress([Progress(name, 7)]).hex(),
        "replaced": encode_progress([Progress(name, NO_MORE)]).hex(),
    }


def _entry(content_type: ContentType, content: bytes, **meaning: Json) -> Json:
    return {"type": int(content_type), "name": content_type.name, **meaning, "content": content.hex()}
