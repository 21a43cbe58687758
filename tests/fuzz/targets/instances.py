"""What a later start and the running instance say to each other, and the file that leads to a port."""

from collections.abc import Sequence
from contextlib import suppress

from app.domain.finding import ToldFinding
from app.domain.identifiers import ContactId
from app.instance.files import LoopbackDoor
from app.instance.messages import (
    Examine,
    Examined,
    MalformedMessageError,
    Open,
    Reply,
    encode_answer,
    encode_request,
    parse_answer,
    parse_request,
)
from tests.fuzz.target import Target, always

_FINDINGS = (
    ToldFinding("lan", ok=True, detail="heard"),
    ToldFinding("contact", ok=False, detail="Zoë", advice="Wait.", contact=ContactId("abc")),
)


def requests() -> Sequence[bytes]:
    return [encode_request(request) for request in (Examine(), Open(None), Open("kith:AQC"))]


def answers() -> Sequence[bytes]:
    return [encode_answer(answer) for answer in (Examined(_FINDINGS), *Reply)]


def doors() -> Sequence[bytes]:
    return [LoopbackDoor(40_000, bytes(range(32))).encode()]


def check_request(data: bytes) -> None:
    """A request says the same when it is written again."""
    with suppress(MalformedMessageError):
        request = parse_request(data)
        assert parse_request(encode_request(request)) == request


def check_answer(data: bytes) -> None:
    """An answer says the same when it is written again."""
    with suppress(MalformedMessageError):
        answer = parse_answer(data)
        assert parse_answer(encode_answer(answer)) == answer


def check_door(data: bytes) -> None:
    """A port file leads to a port that exists, or nowhere."""
    door = LoopbackDoor.parse(data)
    if door is not None:
        assert 0 < door.port < 1 << 16
        assert LoopbackDoor.parse(door.encode()) == door


_WORDS = [b"doctor", b"open ", b"findings ", b"null", b"\n", b"[" * 600, b'"\\ud800"', b'"contact":1', b"1e999"]

TARGETS = [
    Target("instance-request", requests, always(check_request), words=_WORDS),
    Target("instance-answer", answers, always(check_answer), words=_WORDS),
    Target("instance-door", doors, always(check_door), max_bytes=256),
]
