"""The side of the running instance: one small server, for whoever may read the profile folder."""

import asyncio
import logging
from asyncio import StreamReader, StreamWriter
from collections.abc import Awaitable, Callable
from pathlib import Path

from filelock import FileLock, Timeout

from app.domain.errors import ErrorKind, KithError
from app.instance import proof
from app.instance.files import PRIVATE_FILE, InstanceFiles, LoopbackDoor
from app.instance.messages import (
    MAX_REQUEST_BYTES,
    Answer,
    MalformedMessageError,
    Reply,
    Request,
    encode_answer,
    parse_request,
)
from app.services.task_owner import TaskOwner

LOOPBACK = "127.0.0.1"

MAX_CONNECTIONS = 8
"""People start Kith now and then; more at once are not people."""

REQUEST_WITHIN_S = 5.0
ANSWER_FETCHED_WITHIN_S = 10.0

logger = logging.getLogger(__name__)


class InstanceServer:
    """Answers later starts from :meth:`start` to :meth:`close`, on one loop."""

    def __init__(self, folder: Path, answer: Callable[[Request], Awaitable[Answer]]) -> None:
        self._files = InstanceFiles(folder)
        self._answer = answer
        # Not local to a thread: the engine's thread takes it, another may release it.
        self._lock = FileLock(self._files.lock, timeout=0, mode=PRIVATE_FILE, thread_local=False)
        self._token: bytes | None = None
        self._server: asyncio.Server | None = None
        self._tasks = TaskOwner()
        self._connections = 0

    async def start(self) -> None:
        """Become the instance of the profile; its folder is there.

        A disk that takes no file costs this service, not the start of Kith.

        Raises:
            KithError: ``profile_in_use``: there is one.
        """
        try:
            self._lock.acquire()
            self._files.remove()
            self._server = await self._listening()
        except Timeout:
            raise KithError(ErrorKind.PROFILE_IN_USE) from None
        except OSError as error:
            logger.warning("later starts cannot reach this one", exc_info=error)

    async def close(self) -> None:
        """Answer nobody any more."""
        if self._server is not None:
            self._server.close()
        await self._tasks.close()
        if self._lock.is_locked:
            self._files.remove()
            self._lock.release()

    async def _listening(self) -> asyncio.Server:
        unix = self._files.bind()
        if unix is not None:
            return await asyncio.start_unix_server(self._accept, sock=unix, limit=MAX_REQUEST_BYTES)
        server = await asyncio.start_server(self._accept, LOOPBACK, 0, limit=MAX_REQUEST_BYTES)
        self._token = proof.new_token()
        try:
            self._files.put_door(LoopbackDoor(server.sockets[0].getsockname()[1], self._token))
        except OSError:
            server.close()
            raise
        return server

    def _accept(self, reader: StreamReader, writer: StreamWriter) -> None:
        if self._connections >= MAX_CONNECTIONS:
            writer.close()
            return
        self._connections += 1
        self._tasks.start(self._serve(reader, writer), name="later start")

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            async with asyncio.timeout(REQUEST_WITHIN_S):
                request = await self._request(reader, writer)
            writer.write(encode_answer(Reply.UNKNOWN if request is None else await self._answer(request)))
            writer.close()
            async with asyncio.timeout(ANSWER_FETCHED_WITHIN_S):
                await writer.wait_closed()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            logger.debug("a later start broke off")
        finally:
            self._connections -= 1
            writer.transport.abort()

    async def _request(self, reader: StreamReader, writer: StreamWriter) -> Request | None:
        """The request; None when it is none, or of another version."""
        if self._token is not None:
            writer.write(proof.proof_line(self._token, await reader.readexactly(proof.LINE_BYTES)))
            if not proof.is_same(await reader.readexactly(proof.LINE_BYTES), proof.token_line(self._token)):
                raise ConnectionAbortedError
        try:
            return parse_request(await reader.readuntil())
        except MalformedMessageError:
            return None
