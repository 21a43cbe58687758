"""What is switched on late knows everything that was said before."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import replace

import pytest

from crypto.secret import Secret
from net.discovery import discovery as module
from net.discovery.dht_settings import DhtSettings
from net.discovery.discovery import Discovery
from net.discovery.sightings import Found
from net.discovery.vicinity import Vicinity
from net.endpoint import Endpoint
from net.interfaces import IPAddress
from net.limits import FIRST_PASSED_PAUSE_S, PASSED_DELAY_S, PASSED_PATIENCE_S
from net.nat_kind import NatKind
from net.peer import LinkKey, LinkKind, Peer, PeerId
from tests.support.aio import run
from tests.support.virtual_time import run_virtually

BEN, CID = PeerId(b"ben"), PeerId(b"cid")
PEER = Peer(peer_id=BEN, keys=(LinkKey(LinkKind.CONTACT, Secret(b"k" * 32)),), controls=True, wanted=True)
WILDCARD = (Endpoint.of("0.0.0.0", 4000), Endpoint.of("::", 4000))
HERE = (Endpoint.of("192.168.1.2", 4000),)


class Silence:
    """Signals and rings that nobody hears."""

    def send(self, peer_id: PeerId, content: bytes) -> None: ...


class Sought:
    """A way to find peers that finds nobody and keeps what it is told."""

    made: "list[Sought]"

    def __init__(self, **_: object) -> None:
        self.signalling = Silence()
        self.peers: list[PeerId] = []
        self.linked: dict[PeerId, bool] = {}
        self.own: object = None
        self.place: tuple[tuple[Endpoint, ...], NatKind] | None = None
        self.settings: DhtSettings | None = None
        self.restarts = 0
        self.nudged: list[PeerId] = []
        self.is_closed = False
        self.is_running = False
        type(self).made.append(self)

    async def start(self, settings: DhtSettings | None = None) -> None:
        self.settings, self.is_running = settings, True

    def set_peer(self, peer: Peer) -> None:
        self.peers.append(peer.peer_id)

    def remove_peer(self, peer_id: PeerId) -> None:
        self.peers.remove(peer_id)

    def set_linked(self, peer_id: PeerId, *, linked: bool) -> None:
        self.linked[peer_id] = linked

    def set_own(self, own: object) -> None:
        self.own = own

    def set_place(self, endpoints: tuple[Endpoint, ...], nat: NatKind) -> None:
        self.place = endpoints, nat

    def move(self, vicinity: Vicinity) -> None: ...

    def restart(self) -> None:
        self.restarts += 1

    def nudge(self, peer_id: PeerId) -> None:
        self.nudged.append(peer_id)

    def nodes(self) -> tuple[Endpoint, ...]:
        return WILDCARD

    async def close(self) -> None:
        self.is_closed = True


@pytest.fixture(autouse=True)
def sought(monkeypatch: pytest.MonkeyPatch) -> list[Sought]:
    made: list[Sought] = []
    monkeypatch.setattr(Sought, "made", made, raising=False)
    monkeypatch.setattr(module, "LanDiscovery", Sought)
    monkeypatch.setattr(module, "WanDiscovery", Sought)
    return made


def discovery(on_seen_as: Callable[[IPAddress | None], None] = lambda _: None) -> Discovery:
    return Discovery(
        on_near=lambda _: None,
        on_far=lambda _: None,
        on_seen_as=on_seen_as,
        on_meeting=lambda _: None,
        on_signal=lambda *_: None,
        on_to_pass=lambda *_: None,
        random=bytes,
    )


class Told:
    """A discovery, and what it tells."""

    def __init__(self, *, controls: bool) -> None:
        self.found: list[Found] = []
        self.met: list[PeerId] = []
        self.signals: list[tuple[PeerId, bytes]] = []
        self.to_pass: list[tuple[PeerId, bytes]] = []
        self.discovery = Discovery(
            on_near=lambda _: None,
            on_far=self.found.append,
            on_seen_as=lambda _: None,
            on_meeting=self.met.append,
            on_signal=lambda *said: self.signals.append(said),
            on_to_pass=lambda *value: self.to_pass.append(value),
            random=os.urandom,
        )
        self.discovery.set_peer(replace(PEER, controls=controls))
        self.discovery.tell(HERE, NatKind.CONE)
        self.discovery.set_peer(replace(PEER, peer_id=CID, keys=(LinkKey(LinkKind.CONTACT, Secret(b"c" * 32)),)))


def test_who_was_declared_before_is_sought_by_what_is_switched_on_later(sought: list[Sought]) -> None:
    async def scenario() -> None:
        each = discovery()
        each.set_peer(PEER)
        each.set_linked(BEN, linked=True)
        each.seek_on_lan(wanted=True)
        each.seek_on_lan(wanted=True)
        each.seek_on_dht(DhtSettings())
        assert [way.peers for way in sought] == [[BEN], [BEN]]
        assert [way.linked for way in sought] == [{BEN: True}, {BEN: True}]
        each.remove_peer(BEN)
        assert [way.peers for way in sought] == [[], []]
        await each.close()
        assert all(way.is_closed for way in sought)

    run(scenario())


def test_what_is_switched_off_ends_and_is_told_nothing_more(sought: list[Sought]) -> None:
    async def scenario() -> None:
        each = discovery()
        each.seek_on_dht(DhtSettings())
        each.seek_on_lan(wanted=True)
        each.seek_on_dht(None)
        each.seek_on_lan(wanted=False)
        assert not each.lan_wanted
        assert not each.lan_running
        assert not each.dht_wanted
        assert not each.dht_running
        assert each.dht_nodes() == ()
        each.set_peer(PEER)
        assert [way.peers for way in sought] == [[], []]
        await each.close()
        assert all(way.is_closed for way in sought)

    run(scenario())


def test_the_dht_speaks_from_where_we_listen_on_a_port_of_its_own(sought: list[Sought]) -> None:
    async def scenario() -> None:
        each = discovery()
        each.place(Vicinity(), WILDCARD)
        each.seek_on_dht(DhtSettings())
        [way] = sought
        while way.settings is None:
            await asyncio.sleep(0)
        assert way.settings.listen == (Endpoint.of("0.0.0.0", 0), Endpoint.of("::", 0))
        await each.close()

    run(scenario())


def test_where_we_are_is_told_at_once_and_to_what_is_switched_on_later(sought: list[Sought]) -> None:
    async def scenario() -> None:
        each = discovery()
        each.tell(HERE, NatKind.CONE)
        each.seek_on_dht(DhtSettings())
        [way] = sought
        assert way.place == (HERE, NatKind.CONE)
        each.tell(HERE[:0], NatKind.UNKNOWN)
        assert sought[0].place == (HERE[:0], NatKind.UNKNOWN)
        await each.close()

    run(scenario())


def test_who_was_away_is_looked_for_anew_where_we_have_come_to(sought: list[Sought]) -> None:
    async def scenario() -> None:
        each = discovery()
        each.place(Vicinity(), WILDCARD)
        each.seek_on_dht(DhtSettings())
        each.place(Vicinity(), WILDCARD)
        assert sought[0].restarts == 1
        await each.close()

    run(scenario())


@pytest.mark.usefixtures("sought")
def test_that_the_nodes_are_not_asked_any_more_is_told() -> None:
    async def scenario() -> None:
        said: list[IPAddress | None] = []
        each = discovery(said.append)
        each.seek_on_dht(DhtSettings())
        assert said == []
        each.seek_on_dht(None)
        assert said == [None]
        await each.close()

    run(scenario())


def test_a_ring_that_a_contact_brings_is_news_of_the_peer(sought: list[Sought]) -> None:
    async def scenario() -> None:
        ours, theirs = Told(controls=True), Told(controls=False)
        ours.discovery.nudge(BEN)
        assert ours.to_pass == [], "nobody is there who could bring it"
        ours.discovery.set_linked(CID, linked=True)
        ours.discovery.send_signal(BEN, b"\x01offer")
        ours.discovery.send_signal(CID, b"\x01over its link")
        [(peer_id, value)] = [each for each in ours.to_pass if each[0] == BEN]
        assert peer_id == BEN
        theirs.discovery.take_passed(CID, value)
        assert (theirs.met, theirs.signals) == ([], [(BEN, b"\x01offer")])
        assert theirs.found == [Found(BEN, HERE, NatKind.CONE)]
        theirs.discovery.seek_on_dht(DhtSettings())
        theirs.discovery.set_linked(CID, linked=True)
        theirs.discovery.nudge(BEN)
        ours.discovery.take_passed(CID, theirs.to_pass[-1][1])
        assert (ours.met, ours.signals) == ([BEN], [])
        ours.discovery.send_signal(BEN, b"\x01answer")
        theirs.discovery.take_passed(CID, ours.to_pass[-1][1])
        assert theirs.met == [BEN], "the first answer to its ring"
        assert sought[0].nudged == [BEN, BEN], "for our own sake, and then since it answers"
        await ours.discovery.close()
        await theirs.discovery.close()

    run(scenario())


def test_whoever_comes_online_is_asked_to_bring_a_ring() -> None:
    async def scenario() -> None:
        ours = Told(controls=True)
        ours.discovery.nudge(BEN)
        ours.discovery.set_linked(CID, linked=True)
        assert ours.to_pass == [], "at first it gets what waits for it"
        await asyncio.sleep(PASSED_DELAY_S + 0.1)
        ours.discovery.set_linked(BEN, linked=True)
        ours.discovery.set_linked(BEN, linked=False)
        ours.discovery.set_linked(CID, linked=True)
        await asyncio.sleep(PASSED_PATIENCE_S)
        assert [peer_id for peer_id, _ in ours.to_pass] == [BEN], "there was a link, so nothing waits"
        await ours.discovery.close()

    run_virtually(scenario())


def test_whoever_is_there_is_asked_again_and_again_until_there_is_a_link() -> None:
    async def scenario() -> None:
        ours = Told(controls=True)
        ours.discovery.set_linked(CID, linked=True)
        ours.discovery.nudge(BEN)
        assert len(ours.to_pass) == 1
        await asyncio.sleep(FIRST_PASSED_PAUSE_S + 1)
        assert [peer_id for peer_id, _ in ours.to_pass] == [BEN, BEN]
        ours.discovery.set_linked(CID, linked=False)
        await asyncio.sleep(PASSED_PATIENCE_S / 2)
        assert len(ours.to_pass) == 2, "nobody was there"
        ours.discovery.set_linked(CID, linked=True)
        await asyncio.sleep(PASSED_DELAY_S + 0.1)
        assert len(ours.to_pass) == 3
        ours.discovery.set_linked(BEN, linked=True)
        await asyncio.sleep(PASSED_PATIENCE_S)
        assert len(ours.to_pass) == 3
        await ours.discovery.close()

    run_virtually(scenario())
