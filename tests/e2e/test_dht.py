"""Two people who know no right address of each other, and a DHT of our own: real processes meet by their records."""

from collections.abc import Callable, Iterator

import pytest

from tests.e2e.conftest import Start
from tests.support.private_dht import private_dht
from tests.support.rpc_process import RpcProcess, online

Open = Callable[..., RpcProcess]

PATIENCE_S = 100.0
"""The nodes of processes that ended are dead ones to the DHT, and each search may wait 15 s for them."""


@pytest.fixture
def at(start: Start) -> Iterator[Open]:
    """Opens a profile at an address of a network of its own, with the DHT and nothing else to find others by."""
    with private_dht() as nodes:
        bootstrap = [option for node in nodes[:3] for option in ("--dht-bootstrap", str(node))]

        def opened(profile: str, address: str, **options: str) -> RpcProcess:
            network = ("--listen", f"{address}:0", "--dht", *bootstrap, "--no-lan", "--no-port-mapping")
            return start(profile, network=network, **options)

        yield opened


def delivered(sender: RpcProcess, contact: str, text: str) -> None:
    message = sender.call("messages.send", contact=contact, text=text)["message"]
    sender.notification("message.state", timeout_s=PATIENCE_S, message=message, state="delivered")


@pytest.mark.timeout(400)
def test_an_invite_finds_who_moved_since_and_contacts_find_each_other_after_both_moved(at: Open) -> None:
    alice = at("alice", "127.211.1.1", account="Alice")
    link = alice.call("contacts.invite")["link"]
    assert alice.close() == 0

    alice, bob = at("alice", "127.212.1.1"), at("bob", "127.213.1.1", account="Bob")
    alice_id = bob.call("contacts.add", link=link)["contact"]
    bob_id = alice.notification("contact.added", timeout_s=PATIENCE_S)["contact"]
    delivered(bob, alice_id, "found you")
    status = bob.call("network.status")["dht"]
    assert status["running"]
    assert status["nodes"] > 0
    (finding,) = [each for each in bob.call("network.doctor")["findings"] if each["check"] == "dht"]
    assert finding["ok"]
    assert (alice.close(), bob.close()) == (0, 0)

    alice, bob = at("alice", "127.214.1.1"), at("bob", "127.215.1.1")
    online(alice, bob_id, timeout_s=PATIENCE_S)
    online(bob, alice_id, timeout_s=PATIENCE_S)
    delivered(alice, bob_id, "and you me")


def test_without_the_dht_they_do_not_find_each_other(start: Start, at: Open) -> None:
    """The other test would prove nothing if an address had been left behind somewhere."""
    alice = at("alice", "127.211.1.1", account="Alice")
    link = alice.call("contacts.invite")["link"]
    assert alice.close() == 0
    alice, bob = at("alice", "127.212.1.1"), start("bob", account="Bob")
    alice_id = bob.call("contacts.add", link=link)["contact"]
    message = bob.call("messages.send", contact=alice_id, text="where are you?")["message"]
    delivered_to_nobody = [row["state"] for row in bob.call("messages.list", contact=alice_id)]
    assert delivered_to_nobody == ["queued"]
    assert message
    (row,) = bob.call("contacts.list")
    assert not row["online"]
    assert not bob.call("network.status")["dht"]["running"]
