"""JSON-RPC 2.0 between bytes and values: one object a line, neither batches nor parameters by position.

    request       {"jsonrpc":"2.0","id":…,"method":"…","params":{…}}     without id: executed, not answered
    response      {"jsonrpc":"2.0","id":…,"result":{…}}
    failure       {"jsonrpc":"2.0","id":…,"error":{"code":…,"message":"…","data":{"kind":"…"}}}
    notification  {"jsonrpc":"2.0","method":"…","params":{…}}

An id of any JSON kind comes back as it was.  It is kept as JSON text from the start, so that nothing about it can
fail once the request has been executed.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

from app.rpc.errors import ErrorCode, MalformedLineError

MAX_LINE_BYTES = 1 << 20
"""A longer line is skipped unread: room for the longest text, fully escaped, and for little else."""

Result = Mapping[str, object] | list[Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Request:
    """A well-formed request, its parameters unchecked."""

    method: str
    params: dict[str, object] | list[object]
    request_id: str | None
    """JSON text; None when no answer is wanted."""


def parse(line: bytes) -> Request:
    """Read one line.

    Raises:
        MalformedLineError: the line is no JSON (-32700), or JSON that is no single request (-32600).
    """
    message = _decoded(line)
    if not isinstance(message, dict):
        words = "Send one request a line, not a batch." if isinstance(message, list) else "A request is an object."
        raise MalformedLineError(ErrorCode.INVALID_REQUEST, words)
    request_id = _encoded_id(message)
    method = message.get("method")
    params = message.get("params", {})
    if message.get("jsonrpc") != "2.0" or not isinstance(method, str) or not isinstance(params, dict | list):
        words = 'A request needs "jsonrpc": "2.0", a string as "method", and an object as "params" if there are any.'
        raise MalformedLineError(ErrorCode.INVALID_REQUEST, words, request_id or "null")
    return Request(method, params, request_id)


def response(request_id: str, result: Result) -> bytes:
    """The answer to a request that succeeded, newline included."""
    return f'{{"jsonrpc":"2.0","id":{request_id},"result":{_ENCODE(result)}}}\n'.encode("ascii")


def failure(request_id: str, code: ErrorCode, sentence: str, kind: str | None = None) -> bytes:
    """The answer to a request that failed, newline included; ``kind`` is for programs."""
    error: dict[str, object] = {"code": int(code), "message": sentence}
    if kind is not None:
        error["data"] = {"kind": kind}
    return f'{{"jsonrpc":"2.0","id":{request_id},"error":{_ENCODE(error)}}}\n'.encode("ascii")


def notification(method: str, params: Mapping[str, object]) -> bytes:
    """What the client is told unasked, newline included."""
    return f'{{"jsonrpc":"2.0","method":"{method}","params":{_ENCODE(params)}}}\n'.encode("ascii")


def _decoded(line: bytes) -> object:
    try:
        decoded: object = _DECODE(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise MalformedLineError(ErrorCode.PARSE_ERROR, "The line is not UTF-8.") from error
    except ValueError as error:
        raise MalformedLineError(ErrorCode.PARSE_ERROR, "The line is not JSON.") from error
    except RecursionError as error:
        raise MalformedLineError(ErrorCode.PARSE_ERROR, "The line is nested too deeply.") from error
    return decoded


def _encoded_id(message: Mapping[str, object]) -> str | None:
    if "id" not in message:
        return None
    request_id = message["id"]
    if type(request_id) is int:
        return str(request_id)
    try:
        return _ENCODE(request_id)
    except RecursionError as error:
        raise MalformedLineError(ErrorCode.PARSE_ERROR, "The id is nested too deeply.") from error


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("out of range")
    return number


def _refuse_constant(name: str) -> object:
    raise ValueError(name)


_DECODE = json.JSONDecoder(parse_float=_finite, parse_constant=_refuse_constant).decode

# Pure ASCII: no byte of an answer can be taken for a line end, and an unpaired surrogate in an id cannot fail it.
_ENCODE = json.JSONEncoder(separators=(",", ":"), check_circular=False, allow_nan=False).encode
