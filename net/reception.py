"""Receives strangers: lets connections in within bounds, and finds out under whose key a first flight is."""

from functools import partial

from crypto.link import FirstFlight
from crypto.primitives import KeyPair, Random
from net.endpoint import Endpoint
from net.events import CloseReason
from net.gate import Gate, GuestId, Source, source_of
from net.keyring import Keyring
from net.link.driver import LinkDriver
from net.link.machine import Answer, Doorkeeper, LinkMachine
from net.peer import LinkKind, PeerId


class Reception:
    """From an accepted connection to an authenticated link, or to silence."""

    def __init__(self, keyring: Keyring, random: Random, now: float) -> None:
        self._keyring = keyring
        self._random = random
        self._gate = Gate(now)
        self._guests: dict[GuestId, LinkDriver] = {}
        self._ids: dict[LinkDriver, GuestId] = {}

    def start(self, driver: LinkDriver, remote: Endpoint, now: float) -> LinkMachine:
        """The machine of a connection that came in."""
        source = source_of(remote.address)
        admitted = self._gate.enter(source)
        if admitted.evicted is not None:
            self._guests[admitted.evicted].close(CloseReason.LOST)
        self._guests[admitted.guest] = driver
        self._ids[driver] = admitted.guest
        return LinkMachine.listen(partial(self._answer, source), remote=remote, now=now, random=self._random)

    def leave(self, driver: LinkDriver) -> None:
        """The connection is authenticated, or over; others are none of ours."""
        guest = self._ids.pop(driver, None)
        if guest is not None:
            del self._guests[guest]
            self._gate.leave(guest)

    def spoke(self, ephemeral: bytes) -> None:
        """We dial with this ephemeral key."""
        self._keyring.spoke(ephemeral)

    def answer_rival(self, flight: FirstFlight, ephemeral: KeyPair, _now: float) -> Answer | None:
        """A first flight that has crossed one of ours: as many as we dial, so nothing needs to be rationed."""
        return self._keyring.answer(flight, ephemeral)

    def expecting(self, peer_id: PeerId, binding: bytes) -> Doorkeeper:
        """Answers this peer alone, over a transport that was agreed on with it."""

        def answer(flight: FirstFlight, ephemeral: KeyPair, _now: float) -> Answer | None:
            found = self._keyring.answer(flight, ephemeral, binding)
            return found if found is not None and found.party.peer == peer_id else None

        return answer

    def _answer(self, source: Source, flight: FirstFlight, ephemeral: KeyPair, now: float) -> Answer | None:
        if not self._gate.may_scan(source, now):
            return None
        answer = self._keyring.answer(flight, ephemeral)
        if answer is None:
            self._gate.failed(source, now)
            return None
        is_newcomer = answer.party.kind is LinkKind.INVITE
        return answer if is_newcomer or self._gate.may_answer(answer.party.peer, now) else None
