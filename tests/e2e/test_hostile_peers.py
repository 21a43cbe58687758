"""A real process, and what strangers and a contact who means ill write to its port."""

import asyncio
import os
import socket
import sys
from contextlib import ExitStack, suppress
from pathlib import Path

import psutil
import pytest

from app.bootstrap import Engine, ProfileGate
from app.config import LaunchOptions
from net.endpoint import Endpoint
from tests.e2e.conftest import Start
from tests.support.accounts import make_account
from tests.support.aio import run
from tests.support.rpc_process import PASSPHRASE, Message, RpcProcess, introduce, online

STRANGER = "127.0.0.2"
"""Another address on the loopback interface: who floods us is not whom we know."""

SIZES = (0, 1, 31, 48, 200, 5_000, 100_000)
CONNECTIONS = 400
GROWTH_BYTES = 8 << 20
"""Far below what was sent, and more than a heap varies by."""


@pytest.mark.skipif(sys.platform != "linux", reason="needs a second address on the loopback interface")
def test_random_bytes_meet_silence_cost_no_memory_and_hold_up_neither_contacts_nor_newcomers(start: Start) -> None:
    ann, ben, cid = start("ann", account="Ann"), start("ben", account="Ben"), start("cid", account="Cid")
    ben_id, _ = introduce(ann, ben)
    assert flood(ann) == b""
    before = memory_bytes(ann)
    with ExitStack() as standing:
        strangers = [standing.enter_context(knocking(ann, SIZES[2])) for _ in range(CONNECTIONS // 2)]
        assert flood(ann) == b""
        sent = ann.call("messages.send", contact=ben_id, text="can you hear me?")["message"]
        ben.notification("message.received", message=sent)
        introduce(ann, cid)
        assert b"".join(map(heard_by, strangers)) == b""
    assert flood(ann) == b""
    assert memory_bytes(ann) - before < GROWTH_BYTES
    assert ann.close() == 0
    assert ann.log.read_text() == ""


def flood(process: RpcProcess) -> bytes:
    """All that a stranger hears who connects again and again and says anything."""
    heard = b""
    for number in range(CONNECTIONS):
        with knocking(process, SIZES[number % len(SIZES)]) as stranger:
            heard += heard_by(stranger)
    return heard


def heard_by(stranger: socket.socket) -> bytes:
    """What has come so far, before the end if there was one."""
    stranger.setblocking(False)
    with suppress(BlockingIOError, ConnectionResetError):
        return stranger.recv(1)
    return b""


def knocking(process: RpcProcess, size_bytes: int) -> socket.socket:
    """A stranger's connection, on which so many random bytes were said as found room."""
    host, _, port = process.ready()["listen"][0].rpartition(":")
    stranger = socket.create_connection((host, int(port)), timeout=10, source_address=(STRANGER, 0))
    with suppress(TimeoutError, ConnectionError):  # it is let go, or no more is read of it
        stranger.sendall(os.urandom(size_bytes))
    return stranger


def memory_bytes(process: RpcProcess) -> int:
    size: int = psutil.Process(process.process.pid).memory_info().rss
    return size


# --- A contact


def test_a_contact_who_breaks_the_protocol_loses_its_link_and_nothing_else(start: Start, tmp_path: Path) -> None:
    ann = start("ann", "--log-level", "info", account="Ann")
    make_account(tmp_path / "mal", "Mal", PASSPHRASE)

    async def scenario() -> None:
        mal = await opened(tmp_path / "mal")
        try:
            ann_id = await mal.add_contact((await told(ann, "contacts.invite"))["link"])
            mal_id = (await asyncio.to_thread(ann.notification, "contact.added"))["contact"]
            await asyncio.to_thread(online, ann, mal_id)
            while not mal._node.links():
                await asyncio.sleep(0.01)
            (status,) = mal._node.links()
            mal._node.pause_reading(status.peer)
            sent = (await told(ann, "messages.send", contact=mal_id, text="are you well?"))["message"]
            driver = mal._node._table.get(status.link)
            assert driver is not None
            stream = driver._stream
            assert stream is not None
            stream.write(bytes(100))
            await asyncio.to_thread(ann.notification, "contact.path", contact=mal_id, online=False)
            mal._node.resume_reading(status.peer)
            await asyncio.to_thread(ann.notification, "message.state", message=sent, state="delivered")
            assert [message.text for message in await mal.messages(ann_id)] == ["are you well?"]
            await mal.send_text(ann_id, "never better")
            await asyncio.to_thread(ann.notification, "message.received", text="never better")
        finally:
            await mal.close()

    run(scenario(), timeout_s=60)
    ended = [line for line in ann.log.read_text().splitlines() if " down: " in line]
    assert "PROTOCOL" in ended[0]
    assert ann.count("message.state", state="failed") == 0


async def opened(profile: Path) -> Engine:
    """A Kith in this process, whose network a test can reach into."""
    here = (Endpoint.parse("127.0.0.1:0"),)
    messenger = await ProfileGate(LaunchOptions(profile=profile, listen=here, lan=False, dht=False)).open(PASSPHRASE)
    assert isinstance(messenger, Engine)
    return messenger


async def told(process: RpcProcess, method: str, **params: object) -> Message:
    result: Message = await asyncio.to_thread(lambda: process.call(method, **params))
    return result
