"""What Kith needs of aioquic and aioquic does not promise: fails when a new version has it otherwise."""

import asyncio

from aioquic.quic.connection import Limit, QuicConnection
from aioquic.quic.stream import QuicStream as StreamState
from aioquic.quic.stream import QuicStreamReceiver, QuicStreamSender

from net.limits import QUIC_WINDOW_BYTES
from net.transport.quic_connection import BoundedConnection, Limits
from tests.support.aio import run
from tests.support.datagrams import Reader, channels, connect


def test_aioquic_has_the_private_names_that_are_used() -> None:
    connection = BoundedConnection.client()
    assert isinstance(connection._local_max_streams_bidi, Limit)
    assert isinstance(connection._local_max_streams_uni, Limit)
    assert connection._streams == {}
    assert callable(QuicConnection._write_stream_limits)
    assert callable(QuicConnection._on_max_stream_data_delivery)
    stream = StreamState(0)
    assert (stream.max_stream_data_local, stream.max_stream_data_local_sent) == (0, 0)
    assert not QuicStreamReceiver(0, readable=True).is_finished
    sender = QuicStreamSender(0, writable=True)
    sender.write(b"five!")
    assert len(sender._buffer) == 5
    assert not sender.is_finished
    assert sender._reset_error_code is None
    sender.reset(7)
    assert sender._reset_error_code == 7


def test_a_client_lets_no_stream_be_opened_and_a_server_one() -> None:
    assert BoundedConnection.client().limits.streams == 0

    async def scenario() -> None:
        here, there = channels()
        client, server = Reader(), Reader()
        connect(here, there, client, server)
        await asyncio.gather(client.opened.wait(), server.opened.wait())
        client.stream.write(b"a")
        await server.until(1)
        assert server.stream._connection is not None
        assert server.stream._connection.limits == Limits(streams=1, window_bytes=QUIC_WINDOW_BYTES - 1)
        client.stream.abort()
        await asyncio.gather(client.lost.wait(), server.lost.wait())

    run(scenario())
