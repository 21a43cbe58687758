"""Every method against the contract: what it asks of the engine, and what it answers."""

import inspect

import pytest

from app.domain.remark import Remark
from app.rpc.methods import METHODS
from app.rpc.protocol import Result
from tests.support.aio import run
from tests.support.scripted_engine import BOB, ScriptedEngine

BOB_ROW = {
    "contact": "bob",
    "name": "Bob",
    "verified": True,
    "blocked": False,
    "online": True,
    "path": "lan",
    "last_seen_at": 999.0,
    "unread": 2,
    "state": "established",
    "problem": None,
    "notice": None,
    "check_digits": None,
}


def call(method_name: str, /, **given: object) -> tuple[list[tuple[object, ...]], Result]:
    """What the engine was asked, and the answer."""

    async def scenario() -> tuple[list[tuple[object, ...]], Result]:
        engine = ScriptedEngine()
        method = METHODS[method_name]
        result = await method.handler(engine.messenger, **method.parameters.checked(given))
        return engine.calls, result

    return run(scenario())


@pytest.mark.parametrize(
    ("name", "given", "asked"),
    [
        ("account.rename", {"name": "A"}, ("rename_account", "A")),
        ("contacts.revoke", {"invite": "i1"}, ("revoke_invite", "i1")),
        ("contacts.rename", {"contact": "bob", "name": "B"}, ("rename_contact", "bob", "B")),
        ("contacts.remove", {"contact": "bob"}, ("remove_contact", "bob")),
        ("contacts.block", {"contact": "bob"}, ("block_contact", "bob")),
        ("contacts.unblock", {"contact": "bob"}, ("unblock_contact", "bob")),
        ("contacts.set_verified", {"contact": "bob", "verified": True}, ("set_verified", "bob", True)),
        ("contacts.accept_reset", {"contact": "bob"}, ("accept_reset", "bob", None)),
        ("contacts.accept_reset", {"contact": "bob", "check_digits": "1"}, ("accept_reset", "bob", "1")),
        ("requests.accept", {"request": "carol"}, ("accept_request", "carol")),
        ("requests.decline", {"request": "carol"}, ("decline_request", "carol")),
        ("messages.mark_read", {"contact": "bob", "up_to": "m1"}, ("mark_read", "bob", "m1")),
    ],
)
def test_what_changes_something_answers_an_empty_object(
    name: str, given: dict[str, object], asked: tuple[object, ...]
) -> None:
    assert call(name, **given) == ([asked], {})


def test_the_account_is_told() -> None:
    assert call("account.info") == ([], {"id": "alice", "name": "Alice", "fingerprint": "0" * 64})


def test_an_invite_has_the_contracts_defaults() -> None:
    asked, result = call("contacts.invite")
    assert asked == [("create_invite", False, False, 604_800.0)]
    assert result == {"invite": "i1", "link": "kith:link", "qr_text": "KITH:QR", "expires_at": 605_800.0}


def test_invites_are_listed() -> None:
    _, result = call("contacts.invites")
    assert isinstance(result, list)
    assert [row["invite"] for row in result] == ["i1"]


def test_adding_a_link_answers_the_contact() -> None:
    assert call("contacts.add", link="kith:x", name="B") == ([("add_contact", "kith:x", "B")], {"contact": "bob"})
    assert call("contacts.add", link="kith:x")[0] == [("add_contact", "kith:x", None)]


def test_contacts_and_requests_are_listed() -> None:
    assert call("contacts.list")[1] == [BOB_ROW]
    assert call("requests.list")[1] == [{"request": "carol", "name": "Carol"}]


def test_the_safety_number_is_told_with_whether_it_was_compared() -> None:
    assert call("contacts.safety_number", contact="bob")[1] == {"digits": "1" * 60, "verified": True}


def test_sending_answers_the_message_its_time_and_its_state() -> None:
    asked, result = call("messages.send", contact="bob", text="hi", reply_to="m0")
    assert asked == [("send_text", "bob", "hi", "m0")]
    assert result == {"message": "hi", "sent_at": 1_000.5, "state": "queued"}


def test_a_page_has_the_contracts_defaults() -> None:
    assert call("messages.list", contact="bob", before="m9")[0] == [("messages", "bob", 50, "m9")]
    asked, result = call("messages.search", query="q", contact="bob")
    assert asked == [("search", "q", "bob", 50)]
    assert isinstance(result, list)
    assert result[0]["text"] == "q"


def test_the_networks_status_is_told() -> None:
    _, result = call("network.status")
    assert isinstance(result, dict)
    assert (result["listen"], result["links"][0]["path"]) == (("127.0.0.1:1",), "lan")


def test_the_doctors_findings_are_told() -> None:
    asked, result = call("network.doctor")
    assert asked == [("doctor", None)]
    assert result == {
        "findings": [
            {"check": "listeners", "ok": True, "detail": "Kith listens on 127.0.0.1:1.", "advice": None},
            {
                "check": "contact",
                "ok": False,
                "detail": "Bob is not linked.",
                "advice": Remark.PROBABLY_AWAY.value,
                "contact": "bob",
            },
        ]
    }
    assert call("network.doctor", contact="bob")[0] == [("doctor", "bob")]


def test_sends_are_pipelined_within_their_conversation() -> None:
    method, arguments = METHODS["messages.send"], {"contact": BOB, "text": "hi"}
    assert method.conversation(arguments) == "bob"
    assert method.is_pipelined(arguments)
    assert method.is_pipelined(arguments | {"reply_to": None})


def test_a_reply_is_not_pipelined_because_it_looks_up_its_message_first() -> None:
    assert not METHODS["messages.send"].is_pipelined({"contact": BOB, "text": "hi", "reply_to": "m1"})
    assert not METHODS["messages.list"].is_pipelined({"contact": BOB})


def test_a_request_belongs_to_the_conversation_that_it_may_become() -> None:
    assert METHODS["requests.accept"].conversation({"request": BOB}) == "bob"
    assert METHODS["contacts.list"].conversation({}) is None
    assert METHODS["messages.search"].conversation({"query": "q", "contact": None}) is None


def test_every_method_of_the_contract_that_is_built_is_in_the_table() -> None:
    assert inspect.iscoroutinefunction(METHODS["shutdown"].handler)
    assert {name.partition(".")[0] for name in METHODS} == {
        "account",
        "contacts",
        "requests",
        "messages",
        "settings",
        "network",
        "shutdown",
    }
    assert len(METHODS) == 34
