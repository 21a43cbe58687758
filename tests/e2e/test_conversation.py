"""Kith's main job: two people meet by an invite and talk, whoever is there at the time."""

from typing import Any

from tests.e2e.conftest import Start
from tests.support.rpc_process import RpcProcess, introduce, online

MESSAGES = 200


def history(process: RpcProcess, contact: str) -> list[tuple[str, str]]:
    """The whole conversation as (id, text), newest first, page by page."""
    rows: list[dict[str, Any]] = []
    while True:
        before = {"before": rows[-1]["message"]} if rows else {}
        page = process.call("messages.list", contact=contact, limit=150, **before)
        if not page:
            return [(row["message"], row["text"]) for row in rows]
        rows += page


def exchange(left: RpcProcess, right: RpcProcess, left_id: str, right_id: str, words: str) -> None:
    """Both send at once and without waiting; ends when each has the other's last message acknowledged."""
    sides = [(left, right_id, f"{words} from the left"), (right, left_id, f"{words} from the right")]
    posted = [
        (process, process.post("messages.send", contact=contact, text=f"{text} {index}"))
        for index in range(MESSAGES)
        for process, contact, text in sides
    ]
    for process, request_id in posted:
        process.notification("message.state", message=process.result(request_id)["message"], state="delivered")


def test_two_people_meet_exchange_400_messages_and_agree_on_them_also_after_a_restart(start: Start) -> None:
    alice, bob = start("alice", create="Alice"), start("bob", create="Bob")
    assert (alice.ready()["name"], bob.ready()["name"]) == ("Alice", "Bob")
    bob_id, alice_id = introduce(alice, bob)
    assert (bob_id, alice_id) == (bob.ready()["id"], alice.ready()["id"])

    exchange(alice, bob, alice_id, bob_id, "first")
    seen = history(alice, bob_id)
    assert len({message for message, _ in seen}) == len({text for _, text in seen}) == 2 * MESSAGES
    assert seen == history(bob, alice_id)
    for side in ("left", "right"):
        texts = [text for _, text in reversed(seen) if side in text]
        assert texts == [f"first from the {side} {index}" for index in range(MESSAGES)]
    assert alice.call("contacts.safety_number", contact=bob_id) == bob.call("contacts.safety_number", contact=alice_id)
    assert (alice.close(), bob.terminate()) == (0, 0)

    alice, bob = start("alice"), start("bob")
    online(alice, bob_id)
    online(bob, alice_id)
    assert history(alice, bob_id) == history(bob, alice_id) == seen
    exchange(alice, bob, alice_id, bob_id, "second")
    assert history(alice, bob_id) == history(bob, alice_id)
    assert len(history(alice, bob_id)) == 4 * MESSAGES


def test_each_side_knows_the_other_by_name_and_address(start: Start) -> None:
    alice, bob = start("alice", account="Alice"), start("bob", account="Bob")
    bob_id, alice_id = introduce(alice, bob)
    (contact,) = alice.call("contacts.list")
    assert contact.items() >= {"contact": bob_id, "name": "Bob", "online": True, "path": "lan", "unread": 0}.items()
    assert contact["verified"] is contact["blocked"] is False
    (link,) = bob.call("network.status")["links"]
    assert (link["contact"], link["path"]) == (alice_id, "lan")
    assert bob.call("network.status")["listen"] == bob.ready()["listen"]


def test_text_for_somebody_who_is_away_waits_and_arrives_by_itself(start: Start) -> None:
    alice, bob = start("alice", account="Alice"), start("bob", account="Bob")
    bob_id, alice_id = introduce(alice, bob)
    assert bob.close() == 0
    alice.notification("contact.path", contact=bob_id, online=False)
    sent = [alice.call("messages.send", contact=bob_id, text=f"while you were out {index}") for index in range(10)]
    assert {each["state"] for each in sent} == {"queued"}

    bob = start("bob")
    for each in sent:
        bob.notification("message.received", contact=alice_id, message=each["message"])
        alice.notification("message.state", message=each["message"], state="delivered")
    texts = [text for _, text in history(bob, alice_id)]
    assert texts == [f"while you were out {index}" for index in reversed(range(10))]


def test_text_written_before_the_inviter_was_ever_reached_arrives(start: Start) -> None:
    alice, bob = start("alice", account="Alice"), start("bob", account="Bob")
    link = alice.call("contacts.invite")["link"]
    assert alice.close() == 0
    alice_id = bob.call("contacts.add", link=link)["contact"]
    early = bob.call("messages.send", contact=alice_id, text="are you there?")["message"]
    bob.close()

    alice, bob = start("alice"), start("bob")
    assert alice.notification("message.received", message=early)["text"] == "are you there?"
    bob.notification("message.state", message=early, state="delivered")


def test_reading_is_told_to_the_sender(start: Start) -> None:
    alice, bob = start("alice", account="Alice"), start("bob", account="Bob")
    bob_id, alice_id = introduce(alice, bob)
    sent = alice.call("messages.send", contact=bob_id, text="read me")["message"]
    bob.notification("message.received", message=sent)
    assert [contact["unread"] for contact in bob.call("contacts.list")] == [1]
    bob.call("messages.mark_read", contact=alice_id, up_to=sent)
    alice.notification("message.state", message=sent, state="read")
    assert [contact["unread"] for contact in bob.call("contacts.list")] == [0]


def test_who_comes_by_a_reusable_invite_waits_for_a_yes(start: Start) -> None:
    alice, bob = start("alice", account="Alice"), start("bob", account="Bob")
    link = alice.call("contacts.invite", reusable=True)["link"]
    alice_id = bob.call("contacts.add", link=link)["contact"]
    request = alice.notification("contact.request")
    assert [each["request"] for each in alice.call("requests.list")] == [request["request"]]
    assert alice.call("contacts.list") == []
    alice.call("requests.accept", request=request["request"])
    sent = bob.call("messages.send", contact=alice_id, text="thank you")["message"]
    alice.notification("message.received", message=sent, contact=bob.ready()["id"])


def test_a_blocked_contact_cannot_write_and_an_unblocked_one_can(start: Start) -> None:
    alice, bob = start("alice", account="Alice"), start("bob", account="Bob")
    bob_id, alice_id = introduce(alice, bob)
    alice.call("contacts.block", contact=bob_id)
    waiting = bob.call("messages.send", contact=alice_id, text="hello?")["message"]
    assert alice.call("contacts.list")[0]["blocked"] is True
    alice.call("contacts.unblock", contact=bob_id)
    alice.notification("message.received", message=waiting)
    assert alice.count("message.received") == 1


def test_spoken_words_are_found_again(start: Start) -> None:
    alice, bob = start("alice", account="Alice"), start("bob", account="Bob")
    bob_id, alice_id = introduce(alice, bob)
    for text in ("the harbour at noon", "Überraschung!"):
        sent = alice.call("messages.send", contact=bob_id, text=text)["message"]
        bob.notification("message.received", message=sent)
    assert [row["text"] for row in bob.call("messages.search", query="harb")] == ["the harbour at noon"]
    assert [row["text"] for row in bob.call("messages.search", query="uberraschung", contact=alice_id)] == [
        "Überraschung!"
    ]
