"""Why a request is refused before the engine sees it: the codes of JSON-RPC 2.0, section 5.1."""

from enum import IntEnum


class ErrorCode(IntEnum):
    """JSON-RPC's own codes, and the one whose data hold a ``kind``."""

    PARSE_ERROR = -32700
    INVALID_REQUEST = -32600
    METHOD_NOT_FOUND = -32601
    INVALID_PARAMS = -32602
    INTERNAL_ERROR = -32603
    KITH_ERROR = -32000


class RequestError(Exception):
    """A request that cannot be executed; ``sentence`` is for the programmer on the other side."""

    def __init__(self, code: ErrorCode, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


class MalformedLineError(RequestError):
    """A line that is no request at all.  ``request_id`` is JSON text, ``null`` where none could be read."""

    def __init__(self, code: ErrorCode, sentence: str, request_id: str = "null") -> None:
        super().__init__(code, sentence)
        self.request_id = request_id
