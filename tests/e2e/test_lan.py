"""Computers on one bridge without a way out: people find each other by mDNS alone, and lose nothing."""

import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace

import pytest

from crypto.invite import Invite
from tests.lab.computer import Computer
from tests.lab.lan import Lan
from tests.lab.namespaces import why_not
from tests.support.rpc_process import Message, RpcProcess

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(why_not() is not None, reason=f"no network namespaces: {why_not()}"),
]

DEFAULT_NETWORK = ("--no-dht", "--no-port-mapping")
"""All interfaces and the LAN, as anybody would have it: the namespace keeps it in."""

MEETING_S = 5.0
RECOVERY_S = 15.0
SLEEP_S = 60.0


@dataclass(frozen=True)
class Friend:
    """One computer, the Kith on it, and what the other person is called there."""

    computer: Computer
    process: RpcProcess
    other: str

    def say(self, *texts: str) -> None:
        for text in texts:
            self.process.call("messages.send", contact=self.other, text=text)

    def hears(self, *texts: str, within_s: float) -> None:
        """Wait until these texts have come in, in this order and nothing else between them."""

        def last() -> Message | None:
            received = [each["params"] for each in self.process.notifications if each["method"] == "message.received"]
            return received[-1] if received and received[-1]["text"] == texts[-1] else None

        self.process.wait(last, within_s)
        page = self.process.call("messages.list", contact=self.other)
        assert tuple(row["text"] for row in reversed(page) if not row["mine"])[-len(texts) :] == texts

    def is_online(self) -> bool:
        rows = self.process.call("contacts.list")
        return any(row["contact"] == self.other and row["online"] for row in rows)


Host = tuple[Computer, RpcProcess]
Acquaintances = tuple[tuple[Friend, Friend], tuple[Friend, Friend]]


@pytest.fixture(scope="module")
def lan(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Host]]:
    """Computers with a Kith on each: Alice's, Bob's and Carol's."""
    folder = tmp_path_factory.mktemp("lan")
    with ExitStack() as stack:
        computers = stack.enter_context(Lan(3)).computers
        started = [
            RpcProcess(folder / name, create=name, network=DEFAULT_NETWORK, launcher=computer.launcher)
            for computer, name in zip(computers, ("Alice", "Bob", "Carol"), strict=True)
        ]
        for process in started:
            stack.enter_context(process).ready()
        yield list(zip(computers, started, strict=True))


@pytest.fixture(scope="module")
def acquaintances(lan: list[Host]) -> Acquaintances:
    """Alice and Bob, Alice and Carol."""
    alice, bob, carol = lan
    return met(alice, bob), met(alice, carol)


@pytest.fixture(scope="module", autouse=True)
def sleeper(acquaintances: Acquaintances) -> tuple[Friend, Friend, float]:
    """Alice and Carol, whose computer sleeps while the other tests run; and since when."""
    alice, carol = acquaintances[1]
    carol.process.process.send_signal(signal.SIGSTOP)
    alice.say("are you asleep?")
    return alice, carol, time.monotonic()


@pytest.fixture
def friends(acquaintances: Acquaintances) -> tuple[Friend, Friend]:
    """Alice and Bob."""
    return acquaintances[0]


def met(inviting: Host, joining: Host) -> tuple[Friend, Friend]:
    """Two who have met by an invite that says nothing of where the inviter is."""
    (_, inviter), (_, joiner) = inviting, joining
    link = Invite.parse(inviter.call("contacts.invite")["link"])
    known = {row["contact"] for row in inviter.call("contacts.list")}
    began_at = time.monotonic()
    inviter_id = joiner.call("contacts.add", link=replace(link, hints=()).to_link())["contact"]
    joiner_id = inviter.wait(lambda: newcomer(inviter, known))["contact"]
    joiner.notification("contact.path", contact=inviter_id, online=True, path="lan")
    inviter.notification("contact.path", contact=joiner_id, online=True, path="lan")
    assert time.monotonic() - began_at < MEETING_S
    return Friend(*inviting, joiner_id), Friend(*joining, inviter_id)


def newcomer(process: RpcProcess, known: set[str]) -> Message | None:
    added = [each["params"] for each in process.notifications if each["method"] == "contact.added"]
    return next((params for params in added if params["contact"] not in known), None)


def test_an_invite_without_addresses_is_found_by_mdns_alone(friends: tuple[Friend, Friend]) -> None:
    alice, bob = friends
    assert alice.is_online()
    assert bob.is_online()
    for friend in friends:
        assert friend.process.call("network.status")["lan"] == {"running": True}
    alice.say("found you")
    bob.hears("found you", within_s=MEETING_S)


def test_what_is_said_while_the_cable_is_out_arrives_in_order_soon_after(friends: tuple[Friend, Friend]) -> None:
    alice, bob = friends
    bob.computer.unplug()
    alice.say("one", "two", "three")
    bob.say("eins", "zwei")
    time.sleep(8)
    bob.computer.plug()
    bob.hears("one", "two", "three", within_s=RECOVERY_S)
    alice.hears("eins", "zwei", within_s=RECOVERY_S)


def test_who_has_a_new_address_is_found_again(friends: tuple[Friend, Friend]) -> None:
    alice, bob = friends
    alice.computer.renumber(77)
    bob.say("where are you?")
    alice.hears("where are you?", within_s=RECOVERY_S)


def test_two_who_have_new_addresses_at_once_find_each_other_again(friends: tuple[Friend, Friend]) -> None:
    """All that either knew of the other is wrong now."""
    alice, bob = friends
    alice.computer.renumber(87)
    bob.computer.renumber(88)
    bob.say("and now?")
    alice.say("here")
    alice.hears("and now?", within_s=RECOVERY_S)
    bob.hears("here", within_s=RECOVERY_S)


def test_a_computer_that_slept_for_a_minute_catches_up(sleeper: tuple[Friend, Friend, float]) -> None:
    """Meanwhile Alice has noticed that nobody answers, and has got other addresses."""
    alice, carol, asleep_since = sleeper
    time.sleep(max(0, asleep_since + SLEEP_S - time.monotonic()))
    assert not alice.is_online()
    alice.say("good night")
    carol.process.process.send_signal(signal.SIGCONT)
    carol.hears("are you asleep?", "good night", within_s=RECOVERY_S)
    carol.say("good morning")
    alice.hears("good morning", within_s=RECOVERY_S)


def test_who_starts_anew_elsewhere_is_found_again(friends: tuple[Friend, Friend]) -> None:
    """Last, since it ends Bob's process: killed without a goodbye, and back under other addresses."""
    alice, bob = friends
    bob.process.kill()
    bob.computer.renumber(99)
    alice.say("come back")
    profile = bob.process.log.with_suffix("")
    with RpcProcess(profile, network=DEFAULT_NETWORK, launcher=bob.computer.launcher) as again:
        again.notification("message.received", text="come back")
