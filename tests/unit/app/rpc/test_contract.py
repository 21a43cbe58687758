"""The automation contract, row by row: methods, parameters, results, notifications, error kinds, semantics.

The tables below repeat ``docs/automation.md`` on purpose: the contract changes only by adding, and a change of it has
to be made here as well.  Everything runs against real engines, through the dispatcher and as lines of JSON.
"""

import asyncio
import itertools
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest

from app.domain.errors import SENTENCES, ErrorKind
from app.rpc.dispatcher import Dispatcher
from app.rpc.methods import METHODS
from app.rpc.notifications import notified
from app.services import invites, outbox
from app.services.conversations import MAX_LIMIT
from tests.support.aio import run
from tests.support.copies import copy_of, lose_sessions, put_back
from tests.support.engine import Engine, Faults
from tests.support.pair import Pair, friends, strangers

DOCUMENT = Path(__file__).parents[4] / "docs" / "automation.md"

CONTACT_ROW = {"contact", "name", "verified", "blocked", "online", "path", "last_seen_at", "unread"}
MESSAGE_ROW = {
    "message",
    "contact",
    "mine",
    "text",
    "sent_at",
    "received_at",
    "state",
    "reply_to",
    "edited_at",
    "deleted",
    "reactions",
}
FINDING_ROW = {"check", "ok", "detail", "advice"}
INVITE = {"invite", "link", "expires_at"}
NOTHING: set[str] = set()
SWITCHES = {"read_receipts", "typing_notices", "lan", "dht", "port_mapping", "stun", "relay", "go_between", "lan_only"}
SETTINGS = SWITCHES | {"stun_servers", "turn_servers"}

METHODS_OF_THE_CONTRACT: Mapping[str, tuple[set[str], set[str]]] = {
    "account.info": (NOTHING, NOTHING),
    "account.rename": ({"name"}, NOTHING),
    "account.change_passphrase": ({"new"}, {"old"}),
    "account.export": ({"path", "passphrase"}, {"overwrite"}),
    "contacts.invite": (NOTHING, {"reusable", "in_person", "expires_in_s"}),
    "contacts.invites": (NOTHING, NOTHING),
    "contacts.revoke": ({"invite"}, NOTHING),
    "contacts.add": ({"link"}, {"name"}),
    "contacts.list": (NOTHING, NOTHING),
    "contacts.rename": ({"contact", "name"}, NOTHING),
    "contacts.remove": ({"contact"}, NOTHING),
    "contacts.block": ({"contact"}, NOTHING),
    "contacts.unblock": ({"contact"}, NOTHING),
    "contacts.safety_number": ({"contact"}, NOTHING),
    "contacts.set_verified": ({"contact", "verified"}, NOTHING),
    "contacts.accept_reset": ({"contact"}, {"check_digits"}),
    "requests.list": (NOTHING, NOTHING),
    "requests.accept": ({"request"}, NOTHING),
    "requests.decline": ({"request"}, NOTHING),
    "messages.send": ({"contact", "text"}, {"reply_to"}),
    "messages.list": ({"contact"}, {"limit", "before"}),
    "messages.search": ({"query"}, {"contact", "limit"}),
    "messages.mark_read": ({"contact", "up_to"}, NOTHING),
    "messages.details": ({"contact", "message"}, NOTHING),
    "messages.edit": ({"contact", "message", "text"}, NOTHING),
    "messages.react": ({"contact", "message"}, {"emoji"}),
    "messages.delete": ({"contact", "message"}, {"for_both"}),
    "messages.clear": ({"contact"}, NOTHING),
    "messages.typing": ({"contact"}, NOTHING),
    "settings.get": (NOTHING, NOTHING),
    "settings.set": (NOTHING, SETTINGS),
    "network.status": (NOTHING, NOTHING),
    "network.doctor": (NOTHING, {"contact"}),
    "shutdown": (NOTHING, NOTHING),
}
"""Required and optional parameters."""

NOTIFICATIONS = {
    "message.received": {"message", "contact", "text", "sent_at", "received_at", "reply_to"},
    "message.state": {"message", "contact", "state", "at"},
    "contact.added": {"contact", "name", "verified"},
    "contact.request": {"request", "name"},
    "contact.changed": {"contact"},
    "message.changed": MESSAGE_ROW,
    "message.removed": {"contact", "message"},
    "messages.cleared": {"contact"},
    "contact.typing": {"contact", "typing"},
    "settings.changed": SETTINGS,
    "contact.path": {"contact", "online", "path", "rtt_ms"},
}
"""What is always there."""

KINDS = {
    "unknown_contact",
    "unknown_message",
    "unknown_invite",
    "unknown_request",
    "bad_link",
    "link_expired",
    "link_used",
    "own_link",
    "already_contact",
    "text_empty",
    "text_too_long",
    "name_invalid",
    "contact_blocked",
    "digits_changed",
    "limit_reached",
    "storage_full",
    "storage_damaged",
    "not_yours",
    "message_deleted",
    "emoji_invalid",
    "setting_invalid",
    "wrong_passphrase",
    "passphrase_missing",
    "file_exists",
    "file_unreadable",
}


OF_A_CONTACT: Mapping[str, dict[str, object]] = {
    "contacts.rename": {"name": "X"},
    "contacts.remove": {},
    "contacts.block": {},
    "contacts.unblock": {},
    "contacts.safety_number": {},
    "contacts.set_verified": {"verified": True},
    "contacts.accept_reset": {},
    "messages.list": {},
    "messages.search": {"query": "x"},
    "messages.mark_read": {"up_to": "0" * 32},
    "messages.details": {"message": "0" * 32},
    "messages.edit": {"message": "0" * 32, "text": "x"},
    "messages.react": {"message": "0" * 32},
    "messages.delete": {"message": "0" * 32},
    "messages.clear": {},
    "messages.typing": {},
    "network.doctor": {},
}
"""Methods about one contact, beside sending, and what else they ask for."""


class FailureError(Exception):
    """A request was answered with an error."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["message"])
        self.code: int = error["code"]
        self.kind: str | None = error.get("data", {}).get("kind")


@dataclass
class Client:
    """Speaks lines of JSON to one engine."""

    engine: Engine
    tasks: asyncio.TaskGroup
    answers: dict[int, asyncio.Future[Any]] = field(default_factory=dict)
    ids: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.dispatcher = Dispatcher(self.engine.messenger, self.tasks, answer=self._answered, on_room=lambda: None)

    async def call(self, method: str, **params: object) -> Any:
        """The result.

        Raises:
            FailureError: the request was refused.
        """
        number = next(self.ids)
        self.answers[number] = answered = asyncio.get_running_loop().create_future()
        line = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
        self.dispatcher.accept(json.dumps(line).encode())
        answer = await answered
        if "error" in answer:
            raise FailureError(answer["error"])
        return answer["result"]

    async def refused(self, method: str, **params: object) -> str | None:
        """The kind of a failure with code -32000."""
        with pytest.raises(FailureError) as caught:
            await self.call(method, **params)
        assert caught.value.code == -32000
        assert str(caught.value), "a sentence for a person"
        return caught.value.kind

    def told(self, method: str) -> list[dict[str, Any]]:
        """The parameters of all notifications of this method."""
        lines = [json.loads(notified(event)) for event in self.engine.events]
        return [line["params"] for line in lines if line["method"] == method]

    def _answered(self, line: bytes) -> None:
        answer = json.loads(line)
        self.answers.pop(answer["id"]).set_result(answer)


@dataclass
class Two:
    """A pair and its clients."""

    pair: Pair
    ann: Client
    ben: Client
    ann_id: str
    ben_id: str


@asynccontextmanager
async def two(*, acquainted: bool = True) -> AsyncIterator[Two]:
    async with friends() if acquainted else strangers() as pair, asyncio.TaskGroup() as tasks:
        yield Two(pair, Client(pair.ann, tasks), Client(pair.ben, tasks), pair.ann.id, pair.ben.id)


# --- The tables


def test_methods_and_their_parameters_are_those_of_the_contract() -> None:
    built = {
        name: (set(method.parameters.required), set(method.parameters.checks) - method.parameters.required)
        for name, method in METHODS.items()
    }
    assert built == METHODS_OF_THE_CONTRACT


def test_the_documentation_names_every_method_notification_and_kind() -> None:
    text = DOCUMENT.read_text()
    for name in (*METHODS_OF_THE_CONTRACT, *NOTIFICATIONS, *KINDS):
        area, _, verb = name.partition(".")
        assert f"`{name}`" in text or re.search(rf"`{area}\.\w+`[^|]*`\.{verb}`", text), name


def test_every_kind_has_a_sentence() -> None:
    assert {kind.value for kind in ErrorKind} >= KINDS
    assert set(SENTENCES) == set(ErrorKind)


# --- Results


def test_results_have_the_fields_of_the_contract() -> None:
    async def scenario() -> None:
        async with two() as they:
            ann, ben_id = they.ann, they.ben_id
            sent = await ann.call("messages.send", contact=ben_id, text="hello")
            await they.pair.settle()
            rows: dict[str, tuple[dict[str, object], set[str]]] = {
                "account.info": ({}, {"id", "name", "fingerprint"}),
                "contacts.invite": ({}, INVITE),
                "contacts.safety_number": ({"contact": ben_id}, {"digits", "verified"}),
                "messages.send": ({"contact": ben_id, "text": "again"}, {"message", "sent_at", "state"}),
                "messages.details": (
                    {"contact": ben_id, "message": sent["message"]},
                    MESSAGE_ROW | {"content_type", "path", "times"},
                ),
                "settings.get": ({}, SETTINGS),
                "network.status": ({}, {"listen", "lan", "dht", "port_mapping", "external", "links"}),
            }
            for method, (params, fields) in rows.items():
                assert set(await ann.call(method, **params)) >= fields, method
            lists: dict[str, tuple[dict[str, object], set[str]]] = {
                "contacts.invites": ({}, INVITE),
                "contacts.list": ({}, CONTACT_ROW),
                "messages.list": ({"contact": ben_id}, MESSAGE_ROW),
                "messages.search": ({"query": "hello"}, MESSAGE_ROW),
            }
            for method, (params, fields) in lists.items():
                listed = await ann.call(method, **params)
                assert listed, method
                assert all(set(row) >= fields for row in listed), method
            status = await ann.call("network.status")
            assert set(status["lan"]) >= {"running"}
            assert set(status["dht"]) >= {"running", "nodes"}
            assert set(status["links"][0]) >= {"contact", "path", "rtt_ms", "since"}
            for found in (
                (await ann.call("network.doctor"))["findings"],
                (await ann.call("network.doctor", contact=ben_id))["findings"],
            ):
                assert all(set(finding) >= FINDING_ROW for finding in found)
            received = (await they.ben.call("messages.list", contact=they.ann_id))[-1]["message"]
            assert received == sent["message"], "the same id on both sides"
            changes: dict[str, dict[str, object]] = {
                "account.rename": {"name": "Anna"},
                "account.change_passphrase": {"old": "correct horse", "new": "battery staple"},
                "account.export": {"path": "Ann.kith", "passphrase": "x"},
                "contacts.rename": {"contact": ben_id, "name": "Benny"},
                "contacts.set_verified": {"contact": ben_id, "verified": True},
                "contacts.accept_reset": {"contact": ben_id},
                "contacts.block": {"contact": ben_id},
                "contacts.unblock": {"contact": ben_id},
                "messages.mark_read": {"contact": ben_id, "up_to": sent["message"]},
                "settings.set": {"typing_notices": True},
                "messages.typing": {"contact": ben_id},
                "messages.edit": {"contact": ben_id, "message": sent["message"], "text": "hello!"},
                "messages.react": {"contact": ben_id, "message": sent["message"], "emoji": "👍"},
                "messages.delete": {"contact": ben_id, "message": sent["message"]},
                "messages.clear": {"contact": ben_id},
                "contacts.revoke": {"invite": (await ann.call("contacts.invites"))[0]["invite"]},
                "contacts.remove": {"contact": ben_id},
                "shutdown": {},
            }
            for method, changed in changes.items():
                assert await ann.call(method, **changed) == {}, method

    run(scenario())


def test_requests_come_wait_are_accepted_and_declined() -> None:
    async def scenario() -> None:
        async with two(acquainted=False) as they:
            ann, ben = they.ann, they.ben
            invite = await ann.call("contacts.invite", reusable=True)
            assert await ben.call("contacts.add", link=invite["link"]) == {"contact": they.ann_id}
            await they.pair.connect()
            assert await ann.call("requests.list") == [{"request": they.ben_id, "name": "Ben"}]
            assert ann.told("contact.request") == [{"request": they.ben_id, "name": "Ben"}]
            assert await ann.call("contacts.list") == []
            assert await ann.call("requests.accept", request=they.ben_id) == {}
            assert await ann.call("requests.list") == []
            cid = Client(await they.pair.third(), ann.tasks)
            await cid.call("contacts.add", link=invite["link"])
            await they.pair.connect()
            (waiting,) = await ann.call("requests.list")
            assert await ann.call("requests.decline", request=waiting["request"]) == {}
            assert await ann.call("requests.list") == []

    run(scenario())


def test_an_invite_lives_as_long_as_it_is_asked_to_and_one_for_a_screen_ten_minutes() -> None:
    async def scenario() -> None:
        async with two(acquainted=False) as they:
            now = they.pair.clock()
            for params, lifetime_s in (
                ({}, 604_800),
                ({"expires_in_s": 60}, 60),
                ({"in_person": True, "expires_in_s": 60_000}, 600),
            ):
                invite = await they.ann.call("contacts.invite", **params)
                assert invite["link"].startswith("kith:")
                assert invite["expires_at"] == now + lifetime_s

    run(scenario())


def test_a_screen_that_is_scanned_gives_four_digits_to_compare_on_both_sides_and_verifies_nobody() -> None:
    async def scenario() -> None:
        async with two(acquainted=False) as they:
            link = (await they.ann.call("contacts.invite", in_person=True))["link"]
            await they.ben.call("contacts.add", link=link)
            await they.pair.connect()
            (by_ann,), (by_ben,) = they.ann.told("contact.added"), they.ben.told("contact.added")
            assert by_ann["check_digits"] == by_ben["check_digits"]
            assert re.fullmatch(r"\d{4}", by_ann["check_digits"])
            assert (by_ann["verified"], by_ben["verified"]) == (False, False)

    run(scenario())


def test_the_safety_number_is_sixty_digits_and_the_same_on_both_sides() -> None:
    async def scenario() -> None:
        async with two() as they:
            by_ann = await they.ann.call("contacts.safety_number", contact=they.ben_id)
            by_ben = await they.ben.call("contacts.safety_number", contact=they.ann_id)
            assert by_ann == by_ben
            assert re.fullmatch(r"\d{60}", by_ann["digits"])
            await they.ann.call("contacts.set_verified", contact=they.ben_id, verified=True)
            assert (await they.ann.call("contacts.safety_number", contact=they.ben_id))["verified"]

    run(scenario())


def test_servers_are_named_and_told_without_their_secrets_and_one_list_leaves_the_other() -> None:
    async def scenario() -> None:
        async with two(acquainted=False) as they:
            relay = "turn:ann:s3cret@relay.example:3478?transport=tls"
            await they.ann.call("settings.set", stun_servers=["stun.example:3478"])
            await they.ann.call("settings.set", turn_servers=[relay])
            told = await they.ann.call("settings.get")
            assert told["stun_servers"] == ["stun.example:3478"]
            assert told["turn_servers"] == [relay.replace(":s3cret", "")]
            without_a_secret = ["turn:ann@relay.example:3478"]
            assert await they.ann.refused("settings.set", turn_servers=without_a_secret) == "setting_invalid"
            await they.ann.call("settings.set", turn_servers=[])
            told = await they.ann.call("settings.get")
            assert (told["stun_servers"], told["turn_servers"]) == (["stun.example:3478"], [])
            assert "s3cret" not in str(they.ann.told("settings.changed"))

    run(scenario())


# --- Notifications


def test_notifications_have_the_fields_of_the_contract() -> None:
    async def scenario() -> None:
        async with two(acquainted=False) as they:
            await they.pair.meet()
            first = await they.ann.call("messages.send", contact=they.ben_id, text="hello")
            await they.pair.settle()
            reply = await they.ben.call("messages.send", contact=they.ann_id, text="yes", reply_to=first["message"])
            await they.ben.call("messages.mark_read", contact=they.ann_id, up_to=first["message"])
            await they.pair.settle()
            await they.ben.call("account.rename", name="Benjamin")
            await they.pair.settle()
            await they.ann.call("settings.set", lan=False)
            await they.ben.call("messages.typing", contact=they.ann_id)
            await they.pair.settle()
            await they.ben.call("messages.react", contact=they.ann_id, message=first["message"], emoji="👍")
            await they.pair.settle()
            await they.ann.call("messages.delete", contact=they.ben_id, message=first["message"])
            await they.ann.call("messages.clear", contact=they.ben_id)
            await they.pair.cut()
            for method, fields in NOTIFICATIONS.items():
                if method != "contact.request":
                    assert they.ann.told(method), method
                    assert all(set(params) >= fields for params in they.ann.told(method)), method
            (received,) = they.ann.told("message.received")
            assert (received["message"], received["reply_to"]) == (reply["message"], first["message"])
            states = [params["state"] for params in they.ann.told("message.state")]
            assert states == sorted(states, key=["queued", "sent", "delivered", "read", "failed"].index)
            assert states[-1] == "read"
            assert they.ann.told("contact.changed") == [{"contact": they.ben_id, "name": "Benjamin"}]
            assert [params["online"] for params in they.ann.told("contact.path")][-1] is False

    run(scenario())


def test_a_reset_is_told_listed_and_released_as_the_contract_says() -> None:
    async def scenario() -> None:
        async with friends() as pair, asyncio.TaskGroup() as tasks:
            await lose_sessions(pair.ann)
            ann, ben = Client(pair.ann, tasks), Client(pair.ben, tasks)
            [row] = await ann.call("contacts.list")
            assert (row["problem"], row["check_digits"]) == ("session_lost", None)
            await pair.connect()
            [told] = [params for params in ben.told("contact.changed") if params.get("problem") == "reset"]
            assert told == {"contact": pair.ann.id, "problem": "reset", "check_digits": told["check_digits"]}
            assert re.fullmatch(r"[0-9]{60}", told["check_digits"])
            for client in (ann, ben):
                [row] = await client.call("contacts.list")
                assert (row["problem"], row["verified"], row["notice"]) == ("reset", False, None)
                assert row["check_digits"] == told["check_digits"]
            sent = await ann.call("messages.send", contact=pair.ben.id, text="held")
            await pair.settle()
            assert [row["state"] for row in await ann.call("messages.list", contact=pair.ben.id)] == ["queued"]
            with pytest.raises(FailureError) as refused:
                await ann.call("contacts.accept_reset", contact=pair.ben.id, check_digits="0" * 60)
            assert refused.value.kind == "digits_changed"
            await ann.call("contacts.accept_reset", contact=pair.ben.id)
            assert await ben.call("contacts.accept_reset", contact=pair.ann.id, check_digits=row["check_digits"]) == {}
            await pair.settle()
            await pair.connect()
            assert [params["message"] for params in ben.told("message.received")] == [sent["message"]]
            [row] = await ben.call("contacts.list")
            assert (row["problem"], row["verified"], row["check_digits"]) == (None, True, None)
            assert {"contact": pair.ann.id, "verified": True, "problem": None, "notice": None} in ben.told(
                "contact.changed"
            )

    run(scenario())


def test_an_old_copy_is_told_and_listed_as_a_notice() -> None:
    async def scenario() -> None:
        async with friends() as pair, asyncio.TaskGroup() as tasks:
            copy = copy_of(pair.ann)
            await pair.ann.messenger.send_text(pair.ben.id, "seen by Ben alone")
            await pair.settle()
            await put_back(pair.ann, copy)
            ann = Client(pair.ann, tasks)
            await pair.connect()
            assert {"contact": pair.ben.id, "notice": "rolled_back"} in ann.told("contact.changed")
            [row] = await ann.call("contacts.list")
            assert (row["notice"], row["problem"]) == ("rolled_back", None)
            await ann.call("contacts.accept_reset", contact=pair.ben.id)
            [row] = await ann.call("contacts.list")
            assert row["notice"] is None

    run(scenario())


def test_what_the_inviter_says_of_a_spent_link_comes_as_a_problem() -> None:
    async def scenario() -> None:
        async with two(acquainted=False) as they:
            clients = {"link_used": they.ben}
            links = {problem: await they.ann.call("contacts.invite") for problem in ("link_used", "link_revoked")}
            links["link_expired"] = await they.ann.call("contacts.invite", expires_in_s=60)
            for problem in ("link_revoked", "link_expired"):
                clients[problem] = Client(await they.pair.third(problem), they.ann.tasks)
            faster = Client(await they.pair.third("Fay"), they.ann.tasks)
            await faster.call("contacts.add", link=links["link_used"]["link"])
            await they.pair.connect()
            for problem, client in clients.items():
                await client.call("contacts.add", link=links[problem]["link"])
            await they.ann.call("contacts.revoke", invite=links["link_revoked"]["invite"])
            they.pair.clock.now_s += 120
            await they.pair.connect()
            for problem, client in clients.items():
                assert [params.get("problem") for params in client.told("contact.changed")] == [problem]

    run(scenario())


# --- Errors


def test_each_kind_of_failure_is_told() -> None:
    async def scenario() -> None:
        async with two() as they:
            ann, ben_id = they.ann, they.ben_id
            own = (await ann.call("contacts.invite"))["link"]
            theirs = await they.ben.call("contacts.invite")
            short = await they.ben.call("contacts.invite", expires_in_s=1)
            cases: list[tuple[str, str, dict[str, object]]] = [
                ("unknown_contact", "messages.send", {"contact": "nobody", "text": "hi"}),
                ("unknown_message", "messages.send", {"contact": ben_id, "text": "hi", "reply_to": "0" * 32}),
                ("unknown_message", "messages.list", {"contact": ben_id, "before": "0" * 32}),
                ("unknown_message", "messages.mark_read", {"contact": ben_id, "up_to": "?"}),
                ("unknown_message", "messages.edit", {"contact": ben_id, "message": "?", "text": "x"}),
                ("unknown_message", "messages.react", {"contact": ben_id, "message": "?", "emoji": "👍"}),
                ("emoji_invalid", "messages.react", {"contact": ben_id, "message": "?", "emoji": "yes"}),
                ("text_empty", "messages.edit", {"contact": ben_id, "message": "?", "text": " "}),
                ("unknown_message", "messages.details", {"contact": ben_id, "message": "?"}),
                ("unknown_message", "messages.delete", {"contact": ben_id, "message": "?"}),
                ("unknown_invite", "contacts.revoke", {"invite": "?"}),
                ("unknown_request", "requests.accept", {"request": ben_id}),
                ("unknown_request", "requests.decline", {"request": "?"}),
                ("bad_link", "contacts.add", {"link": "kith:AAAA"}),
                ("bad_link", "contacts.add", {"link": theirs["link"][:-2]}),
                ("own_link", "contacts.add", {"link": own}),
                ("already_contact", "contacts.add", {"link": theirs["link"]}),
                ("text_empty", "messages.send", {"contact": ben_id, "text": ""}),
                ("text_empty", "messages.send", {"contact": ben_id, "text": " \n\t"}),
                ("text_too_long", "messages.send", {"contact": ben_id, "text": "x" * 65_537}),
                ("text_too_long", "messages.send", {"contact": ben_id, "text": "€" * 21_846}),
                ("wrong_passphrase", "account.change_passphrase", {"new": "battery staple"}),
                ("passphrase_missing", "account.export", {"path": "Ann.kith", "passphrase": ""}),
                ("name_invalid", "account.rename", {"name": ""}),
                ("name_invalid", "contacts.rename", {"contact": ben_id, "name": "x" * 65}),
            ]
            for method, more in OF_A_CONTACT.items():
                cases.append(("unknown_contact", method, {"contact": "nobody"} | more))
            for kind, method, params in cases:
                assert await ann.refused(method, **params) == kind, (method, params)
            they.pair.clock.now_s += 60
            assert await ann.refused("contacts.add", link=short["link"]) == "link_expired"
            await ann.call("contacts.block", contact=ben_id)
            assert await ann.refused("messages.send", contact=ben_id, text="hi") == "contact_blocked"
            assert await ann.call("messages.list", contact=ben_id) == [], "nothing of all this was stored"

    run(scenario())


def test_a_full_outbox_and_too_many_invites_are_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    assert outbox.MAX_WAITING >= 100_000

    async def scenario() -> None:
        async with two() as they:
            await they.pair.cut()
            monkeypatch.setattr(outbox, "MAX_WAITING", 0)
            assert await they.ann.refused("messages.send", contact=they.ben_id, text="hi") == "limit_reached"
            monkeypatch.setattr(invites, "MAX_INVITES", 0)
            assert await they.ann.refused("contacts.invite") == "limit_reached"

    run(scenario())


def test_a_full_disk_refuses_and_keeps_nothing() -> None:
    async def scenario() -> None:
        async with two() as they:
            they.pair.ann.store.arm(Faults(fail=1))
            assert await they.ann.refused("messages.send", contact=they.ben_id, text="lost?") == "storage_full"
            they.pair.ann.store.disarm()
            await they.pair.settle()
            assert await they.ann.call("messages.list", contact=they.ben_id) == []
            await they.ann.call("messages.send", contact=they.ben_id, text="kept")
            await they.pair.settle()
            assert [row["text"] for row in await they.ben.call("messages.list", contact=they.ann_id)] == ["kept"]

    run(scenario())


# --- Semantics


def test_pages_are_strictly_older_and_limits_are_clamped() -> None:
    async def scenario() -> None:
        async with two() as they:
            for number in range(5):
                await they.ann.call("messages.send", contact=they.ben_id, text=f"word {number}")
            await they.pair.settle()
            by_ann = await they.ann.call("messages.list", contact=they.ben_id, limit=10**9)
            by_ben = await they.ben.call("messages.list", contact=they.ann_id)
            assert [row["text"] for row in by_ann] == [f"word {number}" for number in (4, 3, 2, 1, 0)]
            assert [row["message"] for row in by_ann] == [row["message"] for row in by_ben]
            older = await they.ann.call("messages.list", contact=they.ben_id, before=by_ann[1]["message"], limit=2)
            assert [row["text"] for row in older] == ["word 2", "word 1"]
            for limit in (0, -7):
                assert await they.ann.call("messages.list", contact=they.ben_id, limit=limit) == []
                assert await they.ann.call("messages.search", query="word", limit=limit) == []
            assert len(await they.ann.call("messages.search", query="word", limit=3)) == 3
            assert MAX_LIMIT == 1_000

    run(scenario())


def test_text_to_somebody_who_never_answered_yet_is_stored_and_waits() -> None:
    async def scenario() -> None:
        async with two(acquainted=False) as they:
            link = (await they.ann.call("contacts.invite"))["link"]
            await they.ben.call("contacts.add", link=link)
            sent = await they.ben.call("messages.send", contact=they.ann_id, text="are you there?")
            assert sent["state"] == "queued"
            (row,) = await they.ben.call("messages.list", contact=they.ann_id)
            assert (row["message"], row["state"]) == (sent["message"], "queued")
            await they.pair.connect()
            assert [row["text"] for row in await they.ann.call("messages.list", contact=they.ben_id)] == [
                "are you there?"
            ]

    run(scenario())


def test_requests_of_one_conversation_run_in_the_order_in_which_they_came() -> None:
    async def scenario() -> None:
        async with two() as they:
            posted = [they.ann.call("messages.send", contact=they.ben_id, text=str(number)) for number in range(20)]
            *_, listed = await asyncio.gather(*posted, they.ann.call("messages.list", contact=they.ben_id))
            assert [row["text"] for row in reversed(listed)] == [str(number) for number in range(20)]

    run(scenario())


def test_addresses_are_printed_with_their_port() -> None:
    async def scenario() -> None:
        async with two() as they:
            (listening,) = (await they.ann.call("network.status"))["listen"]
            host, _, port = listening.rpartition(":")
            assert IPv4Address(host).is_loopback
            assert int(port) == they.pair.ann.port

    run(scenario())


def test_a_contact_is_told_of_with_all_that_the_list_says() -> None:
    async def scenario() -> None:
        async with two() as they:
            await they.ben.call("messages.send", contact=they.ann_id, text="one")
            await they.ben.call("messages.send", contact=they.ann_id, text="two")
            await they.pair.settle()
            (row,) = await they.ann.call("contacts.list")
            assert (row["online"], row["path"], row["unread"], row["blocked"]) == (True, "lan", 2, False)
            newest = (await they.ann.call("messages.list", contact=they.ben_id))[0]["message"]
            await they.ann.call("messages.mark_read", contact=they.ben_id, up_to=newest)
            await they.pair.cut()
            (row,) = await they.ann.call("contacts.list")
            assert (row["online"], row["path"], row["unread"]) == (False, None, 0)
            assert row["last_seen_at"] == they.pair.clock()

    run(scenario())
