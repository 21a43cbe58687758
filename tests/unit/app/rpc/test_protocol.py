import json

import pytest

from app.rpc.errors import ErrorCode, MalformedLineError
from app.rpc.protocol import Request, failure, notification, parse, response


def test_a_request_is_read_with_its_parameters() -> None:
    line = b'{"jsonrpc":"2.0","id":7,"method":"messages.send","params":{"text":"\xc3\xa9"}}\r'
    assert parse(line) == Request("messages.send", {"text": "é"}, "7")


def test_parameters_may_be_left_out() -> None:
    assert parse(b'{"jsonrpc":"2.0","id":7,"method":"shutdown"}').params == {}


def test_without_an_id_no_answer_is_wanted() -> None:
    assert parse(b'{"jsonrpc":"2.0","method":"shutdown"}').request_id is None


@pytest.mark.parametrize(
    "request_id", ["null", "0", "-1", "1.5", '"x"', '"\\u20ac"', '"\\ud800"', "true", '{"a":[1]}', "[]", "9" * 4000]
)
def test_an_id_of_any_kind_comes_back_as_it_was(request_id: str) -> None:
    parsed = parse(f'{{"jsonrpc":"2.0","id":{request_id},"method":"m"}}'.encode())
    assert parsed.request_id == request_id
    assert json.loads(response(request_id, {})) == {"jsonrpc": "2.0", "id": json.loads(request_id), "result": {}}


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"\xff",
        b'{"jsonrpc":"2.0","id":1,"method":"\xed\xa0\x80"}',
        b'\xef\xbb\xbf{"jsonrpc":"2.0","id":1,"method":"m"}',
        b'{"jsonrpc":"2.0","id":NaN,"method":"m"}',
        b'{"jsonrpc":"2.0","id":1,"method":"m","params":{"a":-Infinity}}',
        b'{"jsonrpc":"2.0","id":1,"method":"m","params":{"a":1e999}}',
        b'{"jsonrpc":"2.0","id":' + b"9" * 5_000 + b',"method":"m"}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"jsonrpc":"2.0","method":"m","id":' + b"[" * 900 + b"]" * 900 + b"}" + b"]",
        b'"\n"'.replace(b"\n", b"\x01"),
    ],
)
def test_what_is_no_json_is_a_parse_error_without_an_id(line: bytes) -> None:
    with pytest.raises(MalformedLineError) as caught:
        parse(line)
    assert (caught.value.code, caught.value.request_id) == (ErrorCode.PARSE_ERROR, "null")


@pytest.mark.parametrize("line", [b"[]", b'[{"jsonrpc":"2.0","id":1,"method":"m"}]', b"1", b'"x"', b"null", b"{}"])
def test_what_is_no_single_object_is_an_invalid_request_without_an_id(line: bytes) -> None:
    with pytest.raises(MalformedLineError) as caught:
        parse(line)
    assert (caught.value.code, caught.value.request_id) == (ErrorCode.INVALID_REQUEST, "null")


@pytest.mark.parametrize(
    "line",
    [
        b'{"id":3,"method":"m"}',
        b'{"jsonrpc":"1.0","id":3,"method":"m"}',
        b'{"jsonrpc":2.0,"id":3,"method":"m"}',
        b'{"jsonrpc":"2.0","id":3}',
        b'{"jsonrpc":"2.0","id":3,"method":1,"params":"bar"}',
        b'{"jsonrpc":"2.0","id":3,"method":"m","params":"bar"}',
        b'{"jsonrpc":"2.0","id":3,"method":"m","params":null}',
    ],
)
def test_an_invalid_request_with_a_readable_id_is_answered_under_it(line: bytes) -> None:
    with pytest.raises(MalformedLineError) as caught:
        parse(line)
    assert (caught.value.code, caught.value.request_id) == (ErrorCode.INVALID_REQUEST, "3")


def test_nesting_at_any_depth_ends_in_a_value_or_a_parse_error() -> None:
    outcomes: set[object] = set()
    for depth in range(500, 3_000, 25):
        nested = "[" * depth + "]" * depth
        try:
            outcomes.add(parse(f'{{"jsonrpc":"2.0","method":"m","id":{nested}}}'.encode()).request_id == nested)
        except MalformedLineError as error:
            outcomes.add(error.code)
    assert outcomes <= {True, ErrorCode.PARSE_ERROR}


def test_an_answer_is_one_line_of_ascii() -> None:
    line = response('"id"', [{"text": "two\nlines\u2028\u0085€\U0001f600"}])
    assert line.isascii()
    assert line.endswith(b"}\n")
    assert line.count(b"\n") == 1
    assert json.loads(line)["result"] == [{"text": "two\nlines\u2028\u0085€\U0001f600"}]


def test_a_failure_carries_code_sentence_and_kind() -> None:
    assert json.loads(failure("1", ErrorCode.KITH_ERROR, "There is nothing to send.", "text_empty")) == {
        "jsonrpc": "2.0",
        "id": 1,
        "error": {"code": -32000, "message": "There is nothing to send.", "data": {"kind": "text_empty"}},
    }
    assert "data" not in json.loads(failure("1", ErrorCode.PARSE_ERROR, "No."))["error"]


def test_a_notification_has_no_id() -> None:
    assert json.loads(notification("ready", {"listen": ("a", "b")})) == {
        "jsonrpc": "2.0",
        "method": "ready",
        "params": {"listen": ["a", "b"]},
    }
