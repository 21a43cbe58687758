import asyncio
import os
from collections.abc import Iterator
from contextlib import suppress

import pytest

from app.rpc.pipes import READ_BYTES, InputPipe, OutputPipe
from tests.support.aio import run


class Pipe:
    """Both ends of a pipe."""

    def __init__(self) -> None:
        self.reader, self.writer = os.pipe()

    def close(self) -> None:
        for descriptor in (self.reader, self.writer):
            with suppress(OSError):
                os.close(descriptor)


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    pipe = Pipe()
    yield pipe
    pipe.close()


def output(pipe: Pipe, *, broken: asyncio.Event | None = None) -> OutputPipe:
    return OutputPipe(pipe.writer, on_drained=lambda: None, on_broken=(broken or asyncio.Event()).set)


def test_input_arrives_in_order_and_ends_with_nothing(pipe: Pipe) -> None:
    async def scenario() -> bytes:
        source = InputPipe(pipe.reader)
        os.write(pipe.writer, b"first ")
        received = await source.read()
        os.write(pipe.writer, b"second")
        os.close(pipe.writer)
        while chunk := await source.read():
            received += chunk
        return received

    assert run(scenario()) == b"first second"


def test_input_is_read_one_chunk_ahead_and_no_further(pipe: Pipe) -> None:
    async def scenario() -> int:
        os.set_blocking(pipe.writer, False)
        InputPipe(pipe.reader)
        written = 0
        for _ in range(200):
            with suppress(BlockingIOError):
                written += os.write(pipe.writer, b"x" * READ_BYTES)
            await asyncio.sleep(0)
        os.close(pipe.writer)
        return written

    assert run(scenario()) <= 4 * READ_BYTES


def test_a_descriptor_that_cannot_be_read_reads_as_ended() -> None:
    async def scenario() -> bytes:
        pipe = Pipe()
        pipe.close()
        return await InputPipe(pipe.reader).read()

    assert run(scenario()) == b""


def test_output_is_written_in_order_and_complete_when_finished(pipe: Pipe) -> None:
    async def scenario() -> bytes:
        target = output(pipe)
        for index in range(100):
            target.write(b"%d\n" % index)
            if index % 10 == 0:
                await asyncio.sleep(0)
        await target.finish()
        assert target.waiting_bytes == 0
        os.close(pipe.writer)
        return os.read(pipe.reader, 10_000)

    assert run(scenario()) == b"".join(b"%d\n" % index for index in range(100))


def test_what_the_reader_has_not_taken_is_counted(pipe: Pipe) -> None:
    async def scenario() -> None:
        drained = asyncio.Event()
        target = OutputPipe(pipe.writer, on_drained=drained.set, on_broken=lambda: None)
        target.write(b"x" * 500_000)
        await asyncio.sleep(0)
        assert target.waiting_bytes == 500_000
        taken = 0
        while taken < 500_000:
            taken += len(os.read(pipe.reader, 65_536))
        await drained.wait()
        assert target.waiting_bytes == 0
        await target.finish()

    run(scenario())


def test_a_reader_that_is_gone_is_told_and_holds_nothing_up(pipe: Pipe) -> None:
    async def scenario() -> None:
        os.close(pipe.reader)
        broken = asyncio.Event()
        target = output(pipe, broken=broken)
        target.write(b"nobody listens\n")
        await broken.wait()
        target.write(b"still nobody\n")
        await target.finish()

    run(scenario())
