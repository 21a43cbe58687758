"""A debug log of a whole conversation tells nothing: no text, no name, no key, no passphrase, whatever the spelling."""

import base64
import dataclasses
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from app.storage.profile import open_profile
from crypto.invite import Invite
from crypto.secret import Secret
from tests.e2e.conftest import Start
from tests.support.aio import run
from tests.support.rpc_process import PASSPHRASE, RpcFailureError, RpcProcess, introduce, online

DEBUG = ("--log-level", "debug")
WRONG_PASSPHRASE = "incorrect donkey charger glue"
NAMES = ["Aurelia Nightingale", "Balthasar Quince", "Pet Name of Mine", "Renamed Nightingale"]
TEXTS = ["the tulips are blue at midnight", "Ärger mit Öl 🛢 überall", "tulips"]
MIN_KEY_BYTES = 16
RECORD = re.compile(r"^\d{4}-\d\d-\d\dT[\d:.]+Z (DEBUG|INFO) ", re.MULTILINE)


def test_a_debug_log_of_a_whole_conversation_tells_nothing(start: Start, tmp_path: Path) -> None:
    alice, bob = start("alice", *DEBUG, create=NAMES[0]), start("bob", *DEBUG, create=NAMES[1])
    spoken = converse(alice, bob)
    assert (alice.close(), bob.close()) == (0, 0)
    assert start("alice", *DEBUG, passphrase=WRONG_PASSPHRASE).end() == 3
    alice, bob = start("alice", *DEBUG), start("bob", *DEBUG)
    online(alice, bob.ready()["id"])
    assert (alice.terminate(), bob.terminate()) == (0, 0)

    keys = {key for profile in ("alice", "bob") for key in run(keys_of(tmp_path / profile))}
    assert len(keys) > 30
    words = [*NAMES, *TEXTS, *spoken, PASSPHRASE, WRONG_PASSPHRASE, *PASSPHRASE.split()]
    for process in (alice, bob):
        log = process.log.read_text()
        assert len(RECORD.findall(log)) > 5
        assert [word for word in words if word.lower() in log.lower()] == []
        assert [form for key in keys for form in spellings(key) if form in log] == []


def converse(alice: RpcProcess, bob: RpcProcess) -> list[str]:
    """Do about everything that two people can do; the links, ids and digits that came up."""
    bob_id, alice_id = introduce(alice, bob)
    spoken = [bob_id, alice_id, alice.call("account.info")["fingerprint"]]
    for text in TEXTS:
        sent = alice.call("messages.send", contact=bob_id, text=text)["message"]
        bob.notification("message.received", message=sent, text=text)
        alice.notification("message.state", message=sent, state="delivered")
        bob.call("messages.mark_read", contact=alice_id, up_to=sent)
    alice.call("messages.search", query=TEXTS[0])
    alice.call("contacts.rename", contact=bob_id, name=NAMES[2])
    alice.call("account.rename", name=NAMES[3])
    bob.notification("contact.changed", contact=alice_id, name=NAMES[3])
    spoken.append(alice.call("contacts.safety_number", contact=bob_id)["digits"])
    alice.call("contacts.set_verified", contact=bob_id, verified=True)
    posted = alice.call("contacts.invite", reusable=True)
    spoken += [posted["link"], posted["qr_text"], posted["invite"]]
    alice.call("contacts.revoke", invite=posted["invite"])
    for link in (posted["link"], "kith:" + TEXTS[2]):
        with pytest.raises(RpcFailureError):
            bob.call("contacts.add", link=link)
    with pytest.raises(RpcFailureError):
        bob.call(TEXTS[2], text=TEXTS[0])
    bob.answers.clear()
    bob.write(TEXTS[0].encode() + b"\n")
    assert bob.wait(lambda: bob.answers.get(None))["error"]["code"] == -32700
    bob.call("contacts.block", contact=alice_id)
    bob.call("contacts.unblock", contact=alice_id)
    return spoken


async def keys_of(profile: Path) -> set[bytes]:
    """Every key and every other string of bytes of a key's size that the profile holds."""
    store, _ = await open_profile(profile, PASSPHRASE)
    try:
        values = [await store.account(), await store.contacts(), await store.sessions(), await store.invites()]
    finally:
        await store.close()
    return set(byte_strings(values))


def byte_strings(value: object) -> Iterator[bytes]:
    if isinstance(value, Secret):
        yield from pieces(value.reveal())
    elif isinstance(value, bytes):
        yield from pieces(value)
    elif isinstance(value, Invite):
        yield from byte_strings([value.psk, value.link_key, value.invite_id])
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield from byte_strings([getattr(value, field.name) for field in dataclasses.fields(value)])
    elif isinstance(value, dict):
        yield from byte_strings([*value, *value.values()])
    elif isinstance(value, Iterable) and not isinstance(value, str):
        for member in value:
            yield from byte_strings(member)


def pieces(value: bytes) -> Iterator[bytes]:
    """The string by itself, or its halves of 32 bytes: several keys are stored in pairs."""
    if len(value) == 64:
        yield from (value[:32], value[32:])
    elif len(value) >= MIN_KEY_BYTES and any(value):
        yield value


def spellings(key: bytes) -> Iterator[str]:
    """How a key could appear in a log, without the last characters, which depend on what follows."""
    yield key.hex()
    yield key.hex().upper()
    yield repr(key)[2:-1]
    for encoded in (base64.b64encode(key), base64.urlsafe_b64encode(key), base64.b32encode(key)):
        yield encoded.rstrip(b"=")[:-1].decode()
    yield base64.b32encode(key).rstrip(b"=")[:-1].decode().lower()
