"""QUIC streams over channels in memory, quiet and hostile ones."""

import asyncio
import os

import pytest

from net.limits import MAX_SEND_BUFFER_BYTES, QUIC_WINDOW_BYTES
from net.transport.certificate import Certificate
from net.transport.quic import QuicStream
from net.transport.quic_connection import BoundedConnection
from net.transport.stream import HIGH_WATER_BYTES
from tests.support.aio import run
from tests.support.datagrams import HERE, THERE, Channel, Reader, channels, connect, serve

MEGABYTE = 1 << 20


async def pair(
    seed: int = 0, *, loss: float = 0.0, disorder: float = 0.0
) -> tuple[tuple[Reader, Channel], tuple[Reader, Channel]]:
    """Two open sides."""
    here, there = channels(seed, loss=loss, disorder=disorder)
    client, server = Reader(), Reader()
    connect(here, there, client, server)
    await asyncio.gather(client.opened.wait(), server.opened.wait())
    return (client, here), (server, there)


async def end(*readers: Reader) -> None:
    for reader in readers:
        reader.stream.abort()
    await asyncio.gather(*(reader.lost.wait() for reader in readers))


def test_bytes_go_both_ways() -> None:
    async def scenario() -> None:
        (client, _), (server, _) = await pair()
        assert (client.stream.remote, client.stream.local) == (THERE, HERE)
        client.stream.write(b"there")
        assert await server.until(5) == b"there"
        server.stream.write(b"back")
        assert await client.until(4) == b"back"
        await end(client, server)

    run(scenario())


@pytest.mark.parametrize("seed", range(3))
def test_a_stream_is_whole_and_in_order_though_datagrams_are_lost_repeated_and_reordered(seed: int) -> None:
    async def scenario() -> None:
        (client, _), (server, _) = await pair(seed, loss=0.05, disorder=0.2)
        up, down = os.urandom(MEGABYTE // 4), os.urandom(MEGABYTE // 4)
        client.stream.write(up)
        await server.until(1)
        server.stream.write(down)
        assert await server.until(len(up)) == up
        assert await client.until(len(down)) == down
        await end(client, server)

    run(scenario())


def test_what_was_written_arrives_before_the_end() -> None:
    async def scenario() -> None:
        (client, here), (server, there) = await pair(1, disorder=0.3)
        client.stream.write(bytes(100_000))
        client.stream.close()
        client.stream.write(b"late")
        await asyncio.gather(client.lost.wait(), server.lost.wait())
        assert server.data == bytes(100_000)
        assert (here.is_closed, there.is_closed) == (True, True)
        assert (client.times_lost, server.times_lost) == (1, 1)

    run(scenario())


def test_an_abort_ends_the_other_side_as_well() -> None:
    async def scenario() -> None:
        (client, _), (server, _) = await pair()
        server.stream.abort()
        server.stream.abort()
        await asyncio.gather(client.lost.wait(), server.lost.wait())
        assert (client.times_lost, server.times_lost) == (1, 1)

    run(scenario())


def test_a_server_with_another_certificate_gets_no_byte() -> None:
    async def scenario() -> None:
        here, there = channels()
        client, server = Reader(), Reader()
        connect(here, there, client, server, pinned_hash=bytes(32))
        await client.lost.wait()
        assert not client.opened.is_set()
        await end(server)

    run(scenario())


def test_a_peer_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("net.transport.quic.QUIC_HANDSHAKE_TIMEOUT_S", 0.05)

    async def scenario() -> None:
        here, there = channels(loss=1.0)
        client, server = Reader(), Reader()
        connect(here, there, client, server)
        await asyncio.gather(client.lost.wait(), server.lost.wait())

    run(scenario())


def test_a_channel_that_is_lost_ends_the_stream_after_what_it_brought() -> None:
    async def scenario() -> None:
        (client, _), (server, _) = await pair()
        server.stream.pause_reading()
        client.stream.write(b"last words")
        while client.stream.unsent_bytes:
            await asyncio.sleep(0)
        server.stream.channel_lost()
        assert server.times_lost == 0
        server.stream.resume_reading()
        await server.lost.wait()
        assert server.data == b"last words"
        await end(client)

    run(scenario())


def test_a_reader_that_pauses_stops_the_writer_within_a_window() -> None:
    async def scenario() -> None:
        (client, _), (server, _) = await pair()
        server.stream.pause_reading()
        sent = os.urandom(HIGH_WATER_BYTES + MEGABYTE)
        client.stream.write(sent)
        assert client.stream.is_writable is False
        while client.stream.unsent_bytes > len(sent) - QUIC_WINDOW_BYTES:
            await asyncio.sleep(0)
        await asyncio.sleep(0.05)  # time to send more, were it allowed
        assert client.stream.unsent_bytes == len(sent) - QUIC_WINDOW_BYTES
        assert not server.data
        server.stream.resume_reading()
        await client.drained.wait()
        assert await server.until(len(sent)) == sent
        await end(client, server)

    run(scenario(), timeout_s=60)


def test_the_window_does_not_grow_with_what_was_received() -> None:
    async def scenario() -> None:
        (client, _), (server, _) = await pair()
        for _ in range(3):
            client.stream.write(bytes(QUIC_WINDOW_BYTES))
            await server.until(len(server.data) + QUIC_WINDOW_BYTES)
        assert server.stream._connection is not None
        assert server.stream._connection.limits.window_bytes <= QUIC_WINDOW_BYTES
        await end(client, server)

    run(scenario(), timeout_s=60)


def test_a_client_that_opens_more_streams_is_cut_off() -> None:
    async def scenario() -> None:
        (client, _), (server, _) = await pair()
        rogue = client.stream._connection
        assert rogue is not None
        rogue._remote_max_streams_bidi = 100
        rogue.send_stream_data(4, b"a second stream")
        client.stream._flush()
        await asyncio.gather(client.lost.wait(), server.lost.wait())
        assert not server.data

    run(scenario())


def test_a_peer_that_ignores_the_window_is_cut_off() -> None:
    async def scenario() -> None:
        (client, _), (server, _) = await pair()
        server.stream.pause_reading()
        client.stream.write(b"a")
        await asyncio.sleep(0)
        rogue = client.stream._connection
        assert rogue is not None
        stream = rogue._streams[0]
        stream.max_stream_data_remote = 1 << 40
        stream.sender._buffer_start = stream.sender._buffer_stop = stream.sender.highest_offset = 1 << 30
        client.stream.write(b"far beyond")
        await client.lost.wait()
        server.stream.resume_reading()
        await server.lost.wait()

    run(scenario())


def test_a_reset_stream_ends_the_connection() -> None:
    async def scenario() -> None:
        (client, _), (server, _) = await pair()
        client.stream.write(b"a")
        await server.until(1)
        assert client.stream._connection is not None
        client.stream._connection.reset_stream(0, 1)
        client.stream._flush()
        await asyncio.gather(client.lost.wait(), server.lost.wait())

    run(scenario())


@pytest.mark.parametrize("last_word", ["", "a question that is answered at once"])
def test_a_peer_that_wants_to_hear_no_more_ends_the_connection(last_word: str) -> None:
    async def scenario() -> None:
        (client, _), (server, there) = await pair()
        client.stream.write(b"a")
        await server.until(1)
        there.is_cut = True  # whatever is answered, the peer goes on
        server.answer = b"nobody hears this"
        rogue = client.stream._connection
        assert rogue is not None
        if last_word:
            rogue.send_stream_data(0, last_word.encode())
        rogue.stop_stream(0, 1)
        client.stream._flush()
        await server.lost.wait()
        await end(client)

    run(scenario())


def test_whatever_else_arrives_changes_nothing() -> None:
    async def scenario() -> None:
        here, there = channels()
        client, server = Reader(), Reader()
        certificate = Certificate.generate()
        server.stream = serve(there, server, certificate)
        unknown_version = b"\xc0\xff\xff\xff\xff\x08" + bytes(8) + b"\x08" + bytes(8)
        for junk in (
            b"",
            unknown_version + bytes(1200),
            b"\xc0",
            bytes(1200),
            b"\xc0\x00\x00\x00\x01" + bytes(1300),
            os.urandom(1300),
        ):
            server.stream.datagram_received(junk)
        client.stream = QuicStream(client, here, pinned_hash=certificate.hash)
        here.receiver = client.stream.datagram_received
        await asyncio.gather(client.opened.wait(), server.opened.wait())
        for size in (0, 1, 20, 1200, 1500):
            server.stream.datagram_received(os.urandom(size))
            client.stream.datagram_received(os.urandom(size))
        client.stream.write(b"still here")
        await server.until(10)
        await end(client, server)
        server.stream.datagram_received(bytes(1200))

    run(scenario())


def test_the_first_datagram_says_nothing_of_who_talks() -> None:
    """Anybody on the way can read it: its key follows from its own bytes."""
    configuration = BoundedConnection.client().configuration
    assert configuration.server_name is None
    assert not configuration.alpn_protocols


def test_a_send_buffer_holds_no_more_than_its_limit_and_a_frame() -> None:
    assert HIGH_WATER_BYTES < MAX_SEND_BUFFER_BYTES
