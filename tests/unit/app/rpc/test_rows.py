from dataclasses import replace

from app.domain.annotation import Reaction
from app.domain.contact import ContactProblem, ContactState
from app.domain.identifiers import ContactId
from app.domain.network_status import ContactLink, NetworkStatus
from app.rpc.rows import contact_row, invite_row, message_row, network_row, request_row
from tests.support.scripted_engine import BOB, CAROL, message_of, summary_of, summary_of_invite


def test_a_contact_reads_as_the_contract_says() -> None:
    assert contact_row(summary_of(BOB, "Bob")) == {
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


def test_a_problem_reads_as_its_kind() -> None:
    stuck = replace(summary_of(BOB, "Bob"), state=ContactState.PENDING, problem=ContactProblem.LINK_USED)
    row = contact_row(stuck)
    assert (row["state"], row["problem"]) == ("pending", "link_used")


def test_a_request_names_who_waits() -> None:
    assert request_row(summary_of(CAROL, "Carol")) == {"request": "carol", "name": "Carol"}


def test_an_invite_shows_its_fate() -> None:
    assert invite_row(summary_of_invite(expires_at=5.0)) == {
        "invite": "i1",
        "link": "kith:link",
        "qr_text": "KITH:QR",
        "reusable": False,
        "in_person": True,
        "expires_at": 5.0,
        "used": False,
        "revoked": False,
    }


def test_a_message_reads_as_the_contract_says() -> None:
    assert message_row(message_of(BOB, "hello")) == {
        "message": "hello",
        "contact": "bob",
        "mine": True,
        "text": "hello",
        "sent_at": 1_000.5,
        "received_at": None,
        "state": "sent",
        "reply_to": None,
        "edited_at": None,
        "deleted": False,
        "reactions": [],
    }


def test_what_is_said_of_a_message_reads_as_the_contract_says() -> None:
    reactions = (Reaction(mine=True, emoji="🎉"), Reaction(mine=False, emoji="👍"))
    row = message_row(replace(message_of(BOB, "hello"), edited_at=5.0, deleted=True, reactions=reactions))
    assert (row["edited_at"], row["deleted"]) == (5.0, True)
    assert row["reactions"] == [{"mine": True, "emoji": "🎉"}, {"mine": False, "emoji": "👍"}]


def test_the_network_reads_as_the_contract_says() -> None:
    link = ContactLink(ContactId("bob"), "direct", None, 7.0)
    status = NetworkStatus(("127.0.0.1:1", "[::1]:1"), True, False, 12, False, ("1.2.3.4:5",), (link,), nat="cone")
    assert network_row(status) == {
        "listen": ("127.0.0.1:1", "[::1]:1"),
        "lan": {"running": True},
        "dht": {"running": False, "nodes": 12},
        "port_mapping": False,
        "external": ("1.2.3.4:5",),
        "nat": "cone",
        "links": [{"contact": "bob", "path": "direct", "rtt_ms": None, "since": 7.0}],
    }
