"""The side of a later start: ask the running instance of a profile, if there is one."""

import asyncio
import logging
from asyncio import StreamReader, StreamWriter
from contextlib import suppress
from pathlib import Path

from app.instance import proof
from app.instance.files import InstanceFiles
from app.instance.messages import (
    MAX_ANSWER_BYTES,
    MAX_REQUEST_BYTES,
    Answer,
    MalformedMessageError,
    Open,
    Reply,
    Request,
    encode_request,
    parse_answer,
)
from app.instance.server import LOOPBACK

ANSWER_WITHIN_S = 10.0
"""Far longer than a healthy instance needs, on a disk that turns slowly too."""

logger = logging.getLogger(__name__)


async def ask(folder: Path, request: Request) -> Answer | None:
    """What the instance running on a profile answers; None when none runs, or it does not answer in time."""
    line = encode_request(request)
    if len(line) > MAX_REQUEST_BYTES:
        return None
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            return await _asked(InstanceFiles(folder), line)
    except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, MalformedMessageError):
        return None


def hand_over(folder: Path, link: str | None) -> bool:
    """Whether a window that runs on this profile has taken the link, and come to the front."""
    return asyncio.run(ask(folder, Open(link))) is Reply.OPENED


async def _asked(files: InstanceFiles, line: bytes) -> Answer:
    reader, writer = await _connected(files)
    try:
        writer.write(line)
        return parse_answer(await reader.readuntil())
    finally:
        writer.close()


async def _connected(files: InstanceFiles) -> tuple[StreamReader, StreamWriter]:
    if files.may_hold_a_socket:
        with suppress(FileNotFoundError):
            return await asyncio.open_unix_connection(files.socket, limit=MAX_ANSWER_BYTES)
    door = files.door()
    if door is None:
        raise ConnectionRefusedError
    reader, writer = await asyncio.open_connection(LOOPBACK, door.port, limit=MAX_ANSWER_BYTES)
    try:
        await _prove(door.token, reader, writer)
    except BaseException:
        writer.close()
        raise
    return reader, writer


async def _prove(token: bytes, reader: StreamReader, writer: StreamWriter) -> None:
    nonce = proof.nonce_line()
    writer.write(nonce)
    if not proof.is_same(await reader.readexactly(proof.LINE_BYTES), proof.proof_line(token, nonce)):
        raise ConnectionRefusedError
    writer.write(proof.token_line(token))
