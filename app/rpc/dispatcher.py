"""From a line to its answer: parse, check, wait for one's turn, call the engine.

Whatever happens to one request, the others go on.  An answer is written only when the engine has returned, hence
after the commit.
"""

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from app.domain.errors import KithError
from app.rpc.errors import ErrorCode, MalformedLineError, RequestError
from app.rpc.lanes import Lanes, Ticket
from app.rpc.lines import TOO_LONG
from app.rpc.methods import METHODS, SHUTDOWN, Method, Order
from app.rpc.parameters import quoted
from app.rpc.protocol import MAX_LINE_BYTES, Request, Result, failure, parse, response
from app.services.messenger import Messenger

MAX_CALLS = 2_048
"""Requests in flight: enough for full batches in the store, few enough to bound the wait of the last one."""

MAX_CALL_BYTES = 16 << 20
"""What the lines of the requests in flight may hold together."""

UNEXPECTED = "Something went wrong that Kith did not expect. The log on stderr says where."

_logger = logging.getLogger(__name__)


class Dispatcher:
    """Executes one client's requests on the engine.

    ``tasks`` owns the calls, ``answer`` takes lines for the client, ``on_room`` is told when a call has ended.
    """

    def __init__(
        self,
        engine: Messenger,
        tasks: asyncio.TaskGroup,
        *,
        answer: Callable[[bytes], None],
        on_room: Callable[[], None],
    ) -> None:
        self._engine = engine
        self._tasks = tasks
        self._answer = answer
        self._on_room = on_room
        self._lanes = Lanes()
        self._calls = 0
        self._call_bytes = 0
        self.is_shutting_down = False
        """The client asked for the end: no line may follow."""

    @property
    def is_full(self) -> bool:
        """Whether the next line has to wait for room."""
        return self._calls >= MAX_CALLS or self._call_bytes >= MAX_CALL_BYTES

    def accept(self, line: bytes) -> None:
        """Refuse the line, or queue it for execution."""
        try:
            request = _parsed(line)
        except MalformedLineError as error:
            self._answer(failure(error.request_id, error.code, error.sentence))
            return
        try:
            method, arguments = _resolved(request)
        except RequestError as error:
            self._refuse(request, error.code, error.sentence)
            return
        self.is_shutting_down = request.method == SHUTDOWN
        self._queue(request, method, arguments, len(line))

    def _queue(self, request: Request, method: Method, arguments: dict[str, object], size_bytes: int) -> None:
        self._calls += 1
        self._call_bytes += size_bytes
        start = partial(self._start, request, method, arguments, size_bytes)
        if method.order is Order.FREE:
            start(None)
        else:
            ticket = Ticket(start, pipelined=method.is_pipelined(arguments))
            self._lanes.enter(ticket, method.conversation(arguments))

    def _start(
        self, request: Request, method: Method, arguments: dict[str, object], size_bytes: int, ticket: Ticket | None
    ) -> None:
        call = self._execute(request, method, arguments, size_bytes, ticket)
        self._tasks.create_task(call, name=request.method)

    async def _execute(
        self, request: Request, method: Method, arguments: dict[str, object], size_bytes: int, ticket: Ticket | None
    ) -> None:
        try:
            self._succeed(request, await method.handler(self._engine, **arguments))
        except KithError as error:
            self._refuse(request, ErrorCode.KITH_ERROR, error.sentence, error.kind.value)
        except Exception:
            _logger.exception("a request failed unexpectedly")
            self._refuse(request, ErrorCode.INTERNAL_ERROR, UNEXPECTED)
        finally:
            self._calls -= 1
            self._call_bytes -= size_bytes
            if ticket is not None:
                self._lanes.leave(ticket)
            self._on_room()

    def _succeed(self, request: Request, result: Result) -> None:
        if request.request_id is not None:
            self._answer(response(request.request_id, result))

    def _refuse(self, request: Request, code: ErrorCode, sentence: str, kind: str | None = None) -> None:
        if request.request_id is not None:
            self._answer(failure(request.request_id, code, sentence, kind))


def _parsed(line: bytes) -> Request:
    if line == TOO_LONG:
        raise MalformedLineError(ErrorCode.INVALID_REQUEST, f"A line holds at most {MAX_LINE_BYTES:,} bytes.")
    return parse(line)


def _resolved(request: Request) -> tuple[Method, dict[str, object]]:
    method = METHODS.get(request.method)
    if method is None:
        raise RequestError(ErrorCode.METHOD_NOT_FOUND, f"There is no method {quoted(request.method)}.")
    return method, method.parameters.checked(request.params)
