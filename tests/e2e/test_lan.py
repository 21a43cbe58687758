"""Two computers on one bridge without a way out: they find each other by mDNS alone, and lose nothing."""

import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from crypto.invite import Invite
from tests.lab.lan import Computer, Lan, why_not
from tests.support.rpc_process import Message, RpcProcess

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(why_not() is not None, reason=f"no network namespaces: {why_not()}"),
]

DEFAULT_NETWORK = ("--no-dht", "--no-port-mapping")
"""All interfaces and the LAN, as anybody would have it: the namespace keeps it in."""

MEETING_S = 5.0
RECOVERY_S = 15.0


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
        (row,) = self.process.call("contacts.list")
        return bool(row["online"])


@pytest.fixture(scope="module")
def friends(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Friend, Friend]]:
    """Alice and Bob, who met by an invite that says nothing of where she is."""
    folder = tmp_path_factory.mktemp("lan")
    with ExitStack() as stack:
        ours, his = stack.enter_context(Lan(2)).computers
        alice, bob = (stack.enter_context(started(folder, name, on)) for name, on in (("Alice", ours), ("Bob", his)))
        alice.ready()
        bob.ready()
        link = Invite.parse(alice.call("contacts.invite")["link"])
        began_at = time.monotonic()
        alice_id = bob.call("contacts.add", link=replace(link, hints=()).to_link())["contact"]
        bob_id = alice.notification("contact.added")["contact"]
        bob.notification("contact.path", contact=alice_id, online=True, path="lan")
        alice.notification("contact.path", contact=bob_id, online=True, path="lan")
        assert time.monotonic() - began_at < MEETING_S
        yield Friend(ours, alice, bob_id), Friend(his, bob, alice_id)


def started(folder: Path, name: str, on: Computer) -> RpcProcess:
    return RpcProcess(folder / name, create=name, network=DEFAULT_NETWORK, launcher=on.launcher)


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


def test_a_computer_that_slept_catches_up(friends: tuple[Friend, Friend]) -> None:
    alice, bob = friends
    alice.process.process.send_signal(signal.SIGSTOP)
    bob.say("are you asleep?", "good night")
    time.sleep(25)  # longer than it takes to notice that nobody answers
    alice.process.process.send_signal(signal.SIGCONT)
    alice.hears("are you asleep?", "good night", within_s=RECOVERY_S)


def test_who_starts_anew_elsewhere_is_found_again(friends: tuple[Friend, Friend]) -> None:
    """Last, since it ends Bob's process: killed without a goodbye, and back under other addresses."""
    alice, bob = friends
    bob.process.kill()
    bob.computer.renumber(99)
    alice.say("come back")
    profile = bob.process.log.with_suffix("")
    with RpcProcess(profile, network=DEFAULT_NETWORK, launcher=bob.computer.launcher) as again:
        again.notification("message.received", text="come back")
