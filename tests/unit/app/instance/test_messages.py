import json

import pytest

from app.domain.finding import ToldFinding
from app.domain.identifiers import ContactId
from app.instance.messages import (
    MAX_REQUEST_BYTES,
    Answer,
    Examine,
    Examined,
    MalformedMessageError,
    Open,
    Reply,
    Request,
    encode_answer,
    encode_request,
    parse_answer,
    parse_request,
)

FINDINGS = (
    ToldFinding("listeners", ok=True, detail="Kith listens on 127.0.0.1:1."),
    ToldFinding("contact", ok=False, detail="Zoë\nis away.", advice="Wait.", contact=ContactId("abc")),
)


@pytest.mark.parametrize("request_", [Examine(), Open(None), Open("kith:AQC"), Open('"\n\ud800 é')])
def test_a_request_is_one_line_of_ascii_and_comes_back_as_it_was(request_: Request) -> None:
    line = encode_request(request_)
    assert line.isascii()
    assert line.index(b"\n") == len(line) - 1
    assert parse_request(line) == request_


@pytest.mark.parametrize("answer", [Examined(()), Examined(FINDINGS), *Reply])
def test_an_answer_is_one_line_of_ascii_and_comes_back_as_it_was(answer: Answer) -> None:
    line = encode_answer(answer)
    assert line.isascii()
    assert line.index(b"\n") == len(line) - 1
    assert parse_answer(line) == answer


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"doctor",
        b"doctor \nx",
        b"doctor now\n",
        b" doctor\n",
        b"open\n",
        b"open kith:AQC\n",
        b'open "kith:\xc3\xa9"\n',
        b"open 1\n",
        b'open ["kith:AQC"]\n',
        b"open " + b"[" * (MAX_REQUEST_BYTES - 6) + b"\n",
        b"findings []\n",
    ],
)
def test_what_is_no_request_is_refused(line: bytes) -> None:
    with pytest.raises(MalformedMessageError):
        parse_request(line)


@pytest.mark.parametrize(
    "rows",
    [
        {},
        [1],
        [{"check": "lan", "ok": True, "detail": "x"}],
        [{"check": "lan", "ok": 1, "detail": "x", "advice": None}],
        [{"check": "lan", "ok": True, "detail": None, "advice": None}],
        [{"check": "lan", "ok": True, "detail": "x", "advice": 2}],
        [{"check": "lan", "ok": True, "detail": "x", "advice": None, "contact": 3}],
    ],
)
def test_findings_that_are_none_are_refused(rows: object) -> None:
    with pytest.raises(MalformedMessageError):
        parse_answer(b"findings " + json.dumps(rows).encode() + b"\n")


@pytest.mark.parametrize(
    "line", [b"", b"\n", b"opened", b"opened \n", b"closed\n", b"findings\n", b"findings " + b"[" * 9_999]
)
def test_what_is_no_answer_is_refused(line: bytes) -> None:
    with pytest.raises(MalformedMessageError):
        parse_answer(line)


def test_a_newer_instance_may_tell_more_of_a_finding() -> None:
    line = b'findings [{"check":"lan","ok":true,"detail":"x","advice":null,"severity":3}]\n'
    assert parse_answer(line) == Examined((ToldFinding("lan", ok=True, detail="x"),))
