"""All that goes between two homes and a relay while two people find and reach each other from behind their routers.

Two meet by an invite on the DHT; of the others a contact of both brings the signals, so that nothing waits for a DHT.
What the relay sees is in it: it gets the same bytes as whoever is on the way to it.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from ipaddress import IPv4Address
from pathlib import Path
from typing import NamedTuple, Self

import pytest

from crypto.invite import Invite
from tests.lab.capture import TCP, UDP, Capture, Flow, capturing, windows
from tests.lab.couple import Couple, Person
from tests.lab.homes import Home, Homes
from tests.lab.namespaces import Namespace, why_not
from tests.lab.public_side import SERVER
from tests.lab.relay import PASSWORD, STUN_PORT, TLS_PORT, USER, Relay
from tests.lab.router import Nat
from tests.support.accounts import make_account
from tests.support.confidences import betrayed, confidences, keys_in
from tests.support.quic_initials import Initial, initials
from tests.support.rpc_process import PASSPHRASE, RpcProcess, introduce, online
from tests.support.stun_overheard import StunMessage, is_stun, overheard

pytestmark = pytest.mark.skipif(why_not() is not None, reason=f"no network namespaces: {why_not()}")

GO_BETWEEN = "Cornelius Butterworth"
PORT = 25_000
"""Where all listen: kept from start to start, as it stands in every packet."""

FIRST_PORT = 26_000
"""The same for those who meet by an invite: a pair of ports rests for a minute after a connection."""

ALONE = "--no-dht", "--no-lan", "--no-port-mapping"
TEXTS = 5
PATIENCE_S = 60.0
POLL_S = 0.05
IDENTIFIER_BYTES, PART_BYTES, MARK_BYTES = 12, 4, 10
FIRST_FLIGHT_BYTES, SECOND_FLIGHT_BYTES = 72, 56
FEWEST_BYTES = 2_000

GO_BETWEEN_AT = "91.5.0.1"
"""Far from the STUN server: only two observers who have nothing to do with each other are believed."""


class Scene(NamedTuple):
    """Routers that leave two people one way, and how they reach the relay, if they want it."""

    nat: Nat
    path: str
    transport: str = "udp"


PUNCHED_TCP = Scene(Nat.UDP_BLOCKED, "punched")
PUNCHED_UDP = Scene(Nat.TCP_SYMMETRIC, "punched")
RELAYED = Scene(Nat.SYMMETRIC, "relayed")
RELAYED_IN_TLS = Scene(Nat.SYMMETRIC, "relayed", "tls")

SERVED_AT = IPv4Address(SERVER).packed
CHANNEL_BYTES = 4
"""TURN: channel 2 | length 2 (RFC 8656, section 12.4)."""

USERNAME, ICE_CONTROLLED, ICE_CONTROLLING = 0x0006, 0x8029, 0x802A
NAMES = {USERNAME, ICE_CONTROLLED, ICE_CONTROLLING}
OF_STUN = NAMES | {0x0008, 0x000C, 0x000D, 0x0012, 0x0014, 0x0015, 0x0019, 0x0020, 0x0024, 0x0025, 0x8028}
"""What checks and relays need; SOFTWARE (0x8022) is not among it."""


class Overheard(NamedTuple):
    """What went between the homes while two found each other once and talked, and what of it anybody can open."""

    capture: Capture
    firsts: list[Initial]
    questions: list[StunMessage]
    """What the homes say by STUN, to the relay and to each other."""

    @classmethod
    def of(cls, capture: Capture) -> Self:
        firsts = initials(_datagram(*packet) for packet in capture.packets)
        questions = overheard(payload for flow, payload in capture.packets if flow[1:5] != SERVED_AT)
        return cls(capture, firsts, list(questions))

    @property
    def everything(self) -> bytes:
        return b"\0\0\0".join([self.capture.everything, *(first.frames for first in self.firsts)])

    @property
    def by_tcp(self) -> list[bytes]:
        """What the two and their contact say to each other by TCP, each side of each conversation whole."""
        return [data for flow, data in self.capture.flows.items() if flow[:1] == bytes([TCP]) and not _is_turn(flow)]

    @property
    def sealed(self) -> list[bytes]:
        """All that they say to each other but for STUN: conversations by TCP, datagrams by UDP.

        The first ones of QUIC are filled with zeros at the end (RFC 9000, section 14.1).
        """
        datagrams = (_datagram(*packet) for packet in self.capture.packets)
        return [*self.by_tcp, *(datagram.rstrip(b"\0") for datagram in datagrams if not is_stun(datagram))]

    def windows(self, size_bytes: int) -> set[bytes]:
        opened = {window for first in self.firsts for window in windows(first.frames, size_bytes)}
        return self.capture.windows(size_bytes) | opened

    def between(self, homes: Sequence[Home], protocol: int) -> int:
        """The bytes that went from one home to the other."""
        one, other = (IPv4Address(home.address).packed for home in homes)
        ends = bytes([protocol]) + one + other, bytes([protocol]) + other + one
        return sum(len(data) for flow, data in self.capture.flows.items() if flow.startswith(ends))

    def relayed(self) -> int:
        """The bytes that went to the relay and came from there."""
        by_udp = (each for each in self.capture.flows.items() if each[0][:1] == bytes([UDP]))
        return sum(len(data) for flow, data in by_udp if _is_turn(flow))


class Pair(NamedTuple):
    """What was overheard of two people, and what is theirs."""

    scenes: dict[str, Overheard]
    theirs: set[bytes]
    said: list[str]

    @property
    def by_udp(self) -> list[Overheard]:
        """Those in which QUIC and STUN are seen."""
        return [heard for name, heard in self.scenes.items() if name in ("udp", "relayed")]


class Circle:
    """Two people and the contact of both, who can be reached."""

    def __init__(self, lab: Homes, relay: Relay, *names: str) -> None:
        self._lab = lab
        self._relay = relay
        self.folder = lab.folder / names[0].replace(" ", "")
        self.names = (*names, GO_BETWEEN)
        self._running = ExitStack()
        self._processes: dict[str, RpcProcess] = {}
        self.ids: dict[str, str] = {}
        self.said: list[str] = []

    def __enter__(self) -> Self:
        for name in self.names:
            make_account(self.profile(name), name, PASSPHRASE)
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def profile(self, name: str) -> Path:
        return self.folder / name

    def introduce(self) -> None:
        """Make all three contacts, on one computer, where nobody listens in."""
        for number, name in enumerate(reversed(self.names)):
            self._start(name, self._lab.public.namespace, f"{GO_BETWEEN_AT}:{PORT + number}")
        self.ids = {name: process.ready()["id"] for name, process in self._processes.items()}
        first, second, between = (self._processes[name] for name in self.names)
        for inviter, joiner in ((first, second), (between, first), (between, second)):
            introduce(inviter, joiner)
        self._leave()

    def meet(self, scene: Scene, folder: Path) -> Overheard:
        """Both start at home, behind routers of a kind, find each other, talk, and end.

        The go-between starts as well, since it passes on no more in a minute than one such meeting takes.
        """
        homes = self._lab.homes
        places = [*(home.computers[0].namespace for home in homes), self._lab.public.namespace]
        listen = f"0.0.0.0:{PORT}", f"0.0.0.0:{PORT}", f"{GO_BETWEEN_AT}:{PORT}"
        for home in homes:
            home.router.become(scene.nat)
        with capturing([home.router.line for home in homes], folder) as capture:
            for person in zip(self.names, places, listen, strict=True):
                self._start(*person, scene.transport)
            self._await_surroundings(scene)
            self._talk()
            assert self._path() == scene.path
            self._leave()
        return Overheard.of(capture)

    def _leave(self) -> None:
        for process in self._processes.values():
            assert process.close() == 0

    def _start(self, name: str, place: Namespace, listen: str, transport: str = "udp") -> None:
        network = (*ALONE, self._relay.stun, self._relay.turn(transport), "--listen", listen)
        process = RpcProcess(self.profile(name), network=network, launcher=place.launcher)
        self._processes[name] = self._running.enter_context(process)

    def _await_surroundings(self, scene: Scene) -> None:
        """Wait until both are linked to the go-between, and know where they are, if that takes no UDP."""
        first, second, between = (self._processes[name] for name in self.names)
        wait_until(lambda: all(row["online"] for row in between.call("contacts.list")))
        for process in (first, second):
            online(process, self.ids[GO_BETWEEN])
        if scene is PUNCHED_TCP:
            wait_until(lambda: all(process.call("network.status")["external"] for process in (first, second)))

    def _talk(self) -> None:
        for number in range(TEXTS):
            sent = [self._say(sender, number) for sender in self.names[:2]]
            for process, message in sent:
                process.notification("message.state", message=message, state="delivered", timeout_s=PATIENCE_S)

    def _say(self, sender: str, number: int) -> tuple[RpcProcess, str]:
        (receiver,) = set(self.names[:2]) - {sender}
        process, text = self._processes[sender], f"{sender} tells {receiver} about affair number {number}"
        self.said.append(text)
        return process, process.call("messages.send", contact=self.ids[receiver], text=text)["message"]

    def _path(self) -> str:
        """By which class of path the two are linked."""
        first, second = self.names[:2]
        rows = self._processes[first].call("contacts.list")
        return next(str(row["path"]) for row in rows if row["contact"] == self.ids[second])


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, "not so in time"
        time.sleep(POLL_S)


@pytest.fixture(scope="module")
def lab() -> Iterator[Homes]:
    with Homes(Nat.CONE, Nat.CONE) as lab:
        lab.public.add_address(GO_BETWEEN_AT)
        yield lab


@pytest.fixture(scope="module")
def first_contact(pair: Pair, strangers: Pair, lab: Homes) -> Pair:
    """Two who find each other on the DHT by an invite, with no server at all, and get through their routers by TCP.

    After all others, since the nodes go on talking to these homes.
    """
    names = "Evangeline Prendergast", "Ferdinand Worthington"
    folder = lab.folder / "first contact"
    alone = "--no-lan", "--no-port-mapping", "--no-stun", "--listen", f"0.0.0.0:{FIRST_PORT}"
    network = *alone, *(f"--dht-bootstrap={node}" for node in lab.public.serve_dht())
    for home in lab.homes:
        home.router.become(Nat.CONE)
    people = [Person(name, home.computers[0], folder, network) for name, home in zip(names, lab.homes, strict=True)]
    couple = Couple(*people)
    with capturing([home.router.line for home in lab.homes], folder / "captured") as capture, couple:
        couple.look_around()
        couple.meet()
        couple.talk(TEXTS)
        couple.close()
    theirs = keys_in(Invite.parse(couple.link)).union(*(confidences(each.profile, PASSPHRASE) for each in people))
    said = [couple.link, *names, *(part for name in names for part in name.split()), *couple.alice.said()]
    return Pair({"first contact": Overheard.of(capture)}, theirs, [*said, couple.alice.other, couple.bob.other])


@pytest.fixture(scope="module")
def relay(lab: Homes) -> Relay:
    return lab.public.serve_relay()


@pytest.fixture(scope="module")
def pair(lab: Homes, relay: Relay) -> Pair:
    scenes = {"tcp": PUNCHED_TCP, "udp": PUNCHED_UDP, "relayed": RELAYED}
    return listen_to(Circle(lab, relay, "Alexandrina Montgomery", "Bartholomew Fitzgerald"), scenes)


@pytest.fixture(scope="module")
def strangers(lab: Homes, relay: Relay) -> Pair:
    """Two others, in the same homes."""
    scenes = {"udp": PUNCHED_UDP, "relayed in tls": RELAYED_IN_TLS}
    return listen_to(Circle(lab, relay, "Clementine Abernathy", "Desmond Featherstone"), scenes)


def listen_to(circle: Circle, scenes: dict[str, Scene]) -> Pair:
    with circle:
        circle.introduce()
        heard = {name: circle.meet(scene, circle.folder / name) for name, scene in scenes.items()}
        names = circle.names[:2]
        theirs = set[bytes]().union(*(confidences(circle.profile(name), PASSPHRASE) for name in names))
    parts = [part for name in circle.names for part in (name, *name.split())]
    return Pair(heard, theirs, [*parts, *circle.ids.values(), *circle.said])


def test_on_no_path_goes_a_key_identifier_name_or_text(pair: Pair) -> None:
    for heard in pair.scenes.values():
        assert_nothing_is_told(pair, heard)
        assert PASSWORD.encode() not in heard.everything


def assert_nothing_is_told(pair: Pair, heard: Overheard) -> None:
    everything = heard.everything
    assert len(pair.theirs) > 40
    assert len(pair.said) > TEXTS
    assert betrayed(pair.theirs, everything) == set()
    assert not [word for word in pair.said if word.lower().encode() in everything.lower()]


def test_each_path_is_in_its_capture(pair: Pair, lab: Homes) -> None:
    """Else the other tests would look at nothing."""
    by_tcp = {name: heard.between(lab.homes, TCP) for name, heard in pair.scenes.items()}
    by_udp = {name: heard.between(lab.homes, UDP) for name, heard in pair.scenes.items()}
    assert by_tcp["tcp"] > FEWEST_BYTES
    assert by_tcp["udp"] == by_tcp["relayed"] == 0
    assert min(by_udp["udp"], pair.scenes["relayed"].relayed()) > FEWEST_BYTES
    assert all(heard.firsts for heard in pair.by_udp)


def test_nothing_that_two_send_once_comes_again_at_another_time_or_on_another_path(pair: Pair, strangers: Pair) -> None:
    """Save what others send as well: constants of the protocols, addresses, and the name at the relay."""
    everybodys = set[bytes]().union(*(heard.windows(PART_BYTES) for heard in strangers.scenes.values()))
    seen = set[bytes]()
    again = set[bytes]()
    for heard in pair.scenes.values():
        said = heard.windows(IDENTIFIER_BYTES)
        again |= said & seen
        seen |= said
    assert again
    assert [each for each in again if everybodys.isdisjoint(windows(each, PART_BYTES))] == []


def test_of_what_is_sealed_nothing_is_alike_in_any_two_meetings(pair: Pair, strangers: Pair) -> None:
    """No mark of Kith's, and none of a person: QUIC has six fixed bytes in a row, a link by TCP none."""
    seen = set[bytes]()
    for heard in (*pair.scenes.values(), *strangers.scenes.values()):
        sealed = {window for payload in heard.sealed for window in windows(payload, MARK_BYTES)}
        assert len(sealed) > FEWEST_BYTES
        assert sealed.isdisjoint(seen)
        seen |= sealed


def test_what_opens_a_link_has_no_byte_of_its_own(pair: Pair) -> None:
    """Of all conversations by TCP, no two of whose flights have to be alike in anything."""
    flows = [data for heard in pair.scenes.values() for data in heard.by_tcp if len(data) > FIRST_FLIGHT_BYTES]
    assert len(flows) >= 8
    assert [place for place in range(SECOND_FLIGHT_BYTES) if len({payload[place] for payload in flows}) == 1] == []


def test_the_first_packets_of_quic_name_nobody_and_nothing_twice(pair: Pair, strangers: Pair) -> None:
    seen = set[bytes]()
    for heard in (*pair.by_udp, *strangers.by_udp):
        hellos = [hello for first in heard.firsts if (hello := first.client_hello) is not None]
        assert hellos
        for hello in hellos:
            assert (hello.server_name, hello.alpn_protocols, hello.pre_shared_key) == (None, None, None)
            assert not hello.early_data
        once = {value for hello in hellos for value in (hello.random, *(key for _, key in hello.key_share or ()))}
        once |= {first.source for first in heard.firsts}
        assert len(once) >= 4
        assert once.isdisjoint(seen)
        seen |= once


def test_stun_tells_no_program_and_names_nothing_twice_but_the_user_of_the_relay(pair: Pair, strangers: Pair) -> None:
    seen = set[bytes]()
    for heard in (*pair.by_udp, *strangers.by_udp):
        assert {kind for question in heard.questions for kind in question.attributes} <= OF_STUN
        once = {
            question.attributes[kind] for question in heard.questions for kind in NAMES & question.attributes.keys()
        }
        once.remove(USER.encode())
        assert len(once) >= 2
        assert once.isdisjoint(seen)
        seen |= once


def test_who_reaches_the_relay_in_tls_tells_nobody_on_the_way_by_what_name(strangers: Pair) -> None:
    heard = strangers.scenes["relayed in tls"]
    in_tls = [
        data for flow, data in heard.capture.flows.items() if flow[:1] == bytes([TCP]) and TLS_PORT in _ports(flow)
    ]
    assert sum(map(len, in_tls)) > FEWEST_BYTES
    assert USER.encode() not in {question.attributes.get(USERNAME) for question in heard.questions}


def test_no_key_name_or_text_goes_either_when_two_find_each_other_by_an_invite(first_contact: Pair, lab: Homes) -> None:
    (heard,) = first_contact.scenes.values()
    assert_nothing_is_told(first_contact, heard)
    asked = heard.capture.of(UDP)
    assert all(question in asked for question in (b"9:get_peers", b"13:announce_peer", b"3:get", b"3:put"))
    assert heard.between(lab.homes, TCP) > FEWEST_BYTES


def _datagram(flow: Flow, payload: bytes) -> bytes:
    """What a UDP packet carries, or what is in there for the other home if it is a relay's."""
    if flow[:1] != bytes([UDP]):
        return b""
    return payload[CHANNEL_BYTES:] if _is_turn(flow) and not is_stun(payload) else payload


def _is_turn(flow: Flow) -> bool:
    """To or from the relay."""
    return not {STUN_PORT, TLS_PORT}.isdisjoint(_ports(flow))


def _ports(flow: Flow) -> tuple[int, int]:
    return int.from_bytes(flow[9:11], "big"), int.from_bytes(flow[11:13], "big")
