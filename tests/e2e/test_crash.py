"""``kill -9`` at the worst moment: nothing that was answered is lost, nothing comes twice, both sides agree."""

import itertools
import time
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Start
from tests.support.rpc_process import PASSPHRASE, RpcProcess, introduce

MESSAGES = 2_000
PAGE = 1_000
PATIENCE_S = 60.0


def rows(process: RpcProcess, contact: str) -> list[dict[str, Any]]:
    """The whole conversation, oldest first."""
    found: list[dict[str, Any]] = []
    while True:
        before = {"before": found[-1]["message"]} if found else {}
        page = process.call("messages.list", contact=contact, limit=PAGE, **before)
        if not page:
            return found[::-1]
        found += page


def settled(process: RpcProcess, contact: str) -> list[dict[str, Any]]:
    """The conversation once everything of ours in it is delivered."""
    deadline = time.monotonic() + PATIENCE_S
    found = rows(process, contact)
    while any(row["mine"] and row["state"] != "delivered" for row in found):
        assert time.monotonic() < deadline, "not everything was delivered"
        time.sleep(0.1)
        found = rows(process, contact)
    return found


@pytest.mark.parametrize("victim", ["sender", "receiver", "both"])
@pytest.mark.parametrize("answered", [1, 700])
def test_killed_in_mid_stream(start: Start, victim: str, answered: int) -> None:
    alice, bob = start("alice", account="Alice"), start("bob", account="Bob")
    bob_id, alice_id = introduce(alice, bob)
    posted = [alice.post("messages.send", contact=bob_id, text=f"text {index}") for index in range(MESSAGES)]
    alice.result(posted[answered])
    if victim != "sender":
        bob.kill()
    if victim != "receiver":
        alice.kill()
    promised = {alice.result(request_id)["message"] for request_id in posted if request_id in alice.answers}
    if victim != "receiver":
        alice = start("alice")
    if victim != "sender":
        bob = start("bob")
    bob.ready()

    sent = settled(alice, bob_id)
    received = rows(bob, alice_id)
    assert promised <= {row["message"] for row in sent}
    assert [(row["message"], row["text"]) for row in received] == [(row["message"], row["text"]) for row in sent]
    assert [row["text"] for row in sent] == [f"text {index}" for index in range(len(sent))]
    assert len(sent) > answered
    if victim == "receiver":
        assert len(sent) == MESSAGES


def test_whoever_is_killed_again_and_again_still_gets_everything_once(start: Start) -> None:
    alice, bob = start("alice", account="Alice"), start("bob", account="Bob")
    bob_id, alice_id = introduce(alice, bob)
    texts = (f"text {index}" for index in itertools.count())
    for _ in range(3):
        posted = [alice.post("messages.send", contact=bob_id, text=next(texts)) for _ in range(300)]
        bob.notification("message.received")
        bob.kill()
        bob = start("bob")
        for request_id in posted:
            alice.result(request_id)
    sent = settled(alice, bob_id)
    assert [row["text"] for row in sent] == [f"text {index}" for index in range(900)]
    assert [row["message"] for row in rows(bob, alice_id)] == [row["message"] for row in sent]


@pytest.mark.parametrize("delay_s", [0.15, 0.3, 0.5, 0.7, 0.9, 1.1])
def test_killed_while_the_account_is_made_there_is_no_account_or_a_whole_one(
    start: Start, tmp_path: Path, delay_s: float
) -> None:
    process = start("alice", create="Alice")
    time.sleep(delay_s)
    process.kill()
    was_ready = any(message["method"] == "ready" for message in process.notifications)

    again = start("alice", create="Someone Else")
    name = again.ready()["name"]
    assert name == "Alice" if was_ready else name in {"Alice", "Someone Else"}
    assert again.call("contacts.invite")["link"].startswith("kith:")
    assert again.close() == 0
    opened = start("alice", passphrase=PASSPHRASE)
    assert opened.ready()["name"] == name
