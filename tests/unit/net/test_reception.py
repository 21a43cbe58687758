"""From an accepted connection to an answer, or to silence."""

from typing import cast

from crypto.secret import Secret
from net.endpoint import Endpoint
from net.events import CloseReason
from net.keyring import Keyring
from net.limits import ANSWER_BURST, ANSWERS_PER_SECOND, MAX_UNAUTHENTICATED
from net.link.driver import LinkDriver
from net.peer import LinkKey, LinkKind, Peer, PeerId
from net.reception import Reception
from tests.support.links import ALICE, BOB, KEY, dialler, drain, feed, scattered

OTHER_KEY = LinkKey(LinkKind.CONTACT, Secret(b"o" * 32))
INVITE_KEY = LinkKey(LinkKind.INVITE, Secret(b"i" * 32))
INVITE = PeerId(b"invite")


class Driver:
    """As much of a driver as a reception sees."""

    def __init__(self) -> None:
        self.closed: CloseReason | None = None

    def close(self, reason: CloseReason) -> None:
        self.closed = reason


class Door:
    """A reception that knows Alice, Bob and an invite."""

    def __init__(self) -> None:
        ring = Keyring()
        for peer_id, key in ((ALICE, KEY), (BOB, OTHER_KEY), (INVITE, INVITE_KEY)):
            ring.set_peer(Peer(peer_id=peer_id, keys=(key,), controls=False, wanted=False))
        self.reception = Reception(ring, scattered(), 0.0)
        self.random = scattered(7)

    def connect(self, source: int, now: float = 0.0) -> Driver:
        driver = Driver()
        self.reception.start(cast(LinkDriver, driver), remote(source), now)
        return driver

    def is_answered(self, key: LinkKey, now: float, source: int = 1) -> bool:
        """Whether a first flight under this key gets a second one; the connection ends at once."""
        driver = cast(LinkDriver, Driver())
        machine = self.reception.start(driver, remote(source), now)
        feed(machine, drain(dialler(key, now, self.random)), now)
        self.reception.leave(driver)
        return bool(drain(machine))


def remote(source: int) -> Endpoint:
    return Endpoint.parse(f"10.{source >> 16}.{source >> 8 & 255}.{source & 255}:5000")


def test_who_knows_a_key_is_answered_and_who_does_not_gets_silence() -> None:
    door = Door()
    assert door.is_answered(KEY, 0.0)
    assert not door.is_answered(LinkKey(LinkKind.CONTACT, Secret(b"?" * 32)), 0.0)


def test_a_contact_who_reconnects_all_the_time_gets_silence_and_others_an_answer() -> None:
    door = Door()
    for moment in range(600):  # ten links a second for a minute
        door.is_answered(KEY, moment / 10)
    answered = sum(door.is_answered(KEY, 60.0 + moment / 10) for moment in range(100))
    assert answered <= 10 * ANSWERS_PER_SECOND + 1 < ANSWER_BURST
    assert door.is_answered(OTHER_KEY, 70.0, source=2)


def test_newcomers_of_an_invite_share_no_ration_of_answers() -> None:
    door = Door()
    assert all(door.is_answered(INVITE_KEY, float(moment), source=moment) for moment in range(int(2 * ANSWER_BURST)))


def test_no_number_of_connections_is_refused_and_the_oldest_of_too_many_makes_room() -> None:
    door = Door()
    friend = door.connect(2)
    flood = [door.connect(1) for _ in range(MAX_UNAUTHENTICATED + 1)]
    assert [driver.closed for driver in flood[:3]] == [CloseReason.LOST, CloseReason.LOST, None]
    assert friend.closed is None
    door.reception.leave(cast(LinkDriver, flood[2]))
    door.connect(1)
    assert flood[3].closed is None
