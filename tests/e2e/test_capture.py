"""All that two computers send and get while their people meet and talk: what an eavesdropper on both lines has.

mDNS, the DHT, what is asked of the router, and the links are in it.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pytest

from crypto.invite import Invite
from tests.lab.capture import TCP, UDP, Capture, capturing, windows
from tests.lab.computer import Computer
from tests.lab.couple import Couple, Person
from tests.lab.homes import Homes
from tests.lab.namespaces import why_not
from tests.lab.router import Nat
from tests.support.clocks import clock_ahead
from tests.support.confidences import betrayed, confidences, keys_in
from tests.support.rpc_process import PASSPHRASE

pytestmark = pytest.mark.skipif(why_not() is not None, reason=f"no network namespaces: {why_not()}")

NODES = 8
"""So few that each search asks all of them: what they say stands in every capture."""

LISTEN = "0.0.0.0:25000"
"""The port is kept from day to day and stands in every packet, so all have the same here."""

ANNOUNCED, SOUGHT = b"\x03v=1", b"6:target20:"
TEXTS = 20
DAYS_LATER_S = 3 * 86_400.0
IDENTIFIER_BYTES = 12
"""What comes again by chance is shorter."""

PART_BYTES = 4
"""That much of what others sent as well makes something no identifier of these two."""


class Meeting(NamedTuple):
    """What was captured of two people on two days, and what is theirs."""

    first: Capture
    later: Capture
    theirs: set[bytes]
    said: set[bytes]


@pytest.fixture(scope="module")
def lab() -> Iterator[Homes]:
    with Homes(Nat.CONE, computers=2) as lab:
        yield lab


@pytest.fixture(scope="module")
def meeting(lab: Homes) -> Meeting:
    return meet(lab, "Alexandrina Montgomery", "Bartholomew Fitzgerald")


@pytest.fixture(scope="module")
def strangers(lab: Homes) -> Meeting:
    """Two others, on the same computers."""
    return meet(lab, "Clementine Abernathy", "Desmond Featherstone")


def meet(lab: Homes, *names: str) -> Meeting:
    network = ["--listen", LISTEN, *(f"--dht-bootstrap={node}" for node in lab.public.serve_dht(NODES))]
    folder = lab.folder / names[0].replace(" ", "")
    computers = lab.homes[0].computers
    cards = [computer.card for computer in computers]
    people = [Person(name, on, folder, network) for name, on in zip(names, computers, strict=True)]
    couple = Couple(*people)
    with capturing(cards, folder / "first") as first, couple:
        couple.look_around()
        couple.meet()
        couple.talk(TEXTS)
        wait_for_all(first, computers)
        ids = {person.process.call("account.info")["id"] for person in people}
        prints = {bytes.fromhex(person.process.call("account.info")["fingerprint"]) for person in people}
        couple.close()
    for person in people:
        person.environment = clock_ahead(folder / "shift", DAYS_LATER_S)
    lab.public.serve_dht(NODES)  # which has forgotten everybody by then
    with capturing(cards, folder / "later") as later, couple:
        couple.look_around()
        couple.await_online()
        couple.talk(TEXTS)
        wait_for_all(later, computers)
        couple.close()
    keys = keys_in(Invite.parse(couple.link)).union(*(confidences(person.profile, PASSPHRASE) for person in people))
    said = {text.encode() for text in (*names, *names[0].split(), *names[1].split(), *people[0].said(), *ids)}
    return Meeting(first, later, keys | prints, said)


def wait_for_all(capture: Capture, computers: Sequence[Computer]) -> None:
    """Return when each has announced itself on the LAN, and one of them looks for a record on the DHT."""
    for computer in computers:
        capture.wait_for([computer], ANNOUNCED)
    capture.wait_for(computers, SOUGHT)


def test_an_eavesdropper_sees_no_key_identifier_name_or_text(meeting: Meeting) -> None:
    assert len(meeting.theirs) > 40
    assert len(meeting.said) > TEXTS
    for capture in (meeting.first, meeting.later):
        everything = capture.everything
        assert len(capture.of(TCP)) > 2 * TEXTS * 200
        assert ANNOUNCED in capture.of(UDP)
        assert SOUGHT in capture.of(UDP)
        assert betrayed(meeting.theirs, everything) == set()
        assert not [word for word in meeting.said if word.lower() in everything.lower()]


def test_nothing_that_two_send_one_day_comes_again_on_another(meeting: Meeting, strangers: Meeting) -> None:
    """Save what others send as well: constants of the protocols, addresses, and what the nodes of the DHT say."""
    common = meeting.first.windows(IDENTIFIER_BYTES) & meeting.later.windows(IDENTIFIER_BYTES)
    everybodys = strangers.first.windows(PART_BYTES) | strangers.later.windows(PART_BYTES)
    assert common
    assert [each for each in common if everybodys.isdisjoint(windows(each, PART_BYTES))] == []
