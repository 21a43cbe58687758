"""When and how a new session is asked for: I of a reset."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from app.domain.contact import ContactProblem
from app.services import reset_asker as module
from crypto.handshake import Kind
from net.endpoint import Endpoint
from net.events import EnvelopeReceived, LinkId
from net.peer import LinkKind
from tests.support.aio import run
from tests.support.copies import copy_of, lose_sessions, pass_a_day, put_back
from tests.support.engine import Engine
from tests.support.pair import Pair, friends, known, live_transcripts
from tests.support.switchboard import SwitchedNode

FLIGHTS_AND_A_LINK = 4
"""Three in vain, and one under the key of a reset."""


class Wiretap:
    """Notes what kinds of handshake messages are sent, and loses some of them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.sent: list[tuple[tuple[Endpoint, ...], Kind]] = []
        self.lost: set[Kind] = set()
        self._send = SwitchedNode.send_handshake
        monkeypatch.setattr(SwitchedNode, "send_handshake", noted(self._note))

    def _note(self, node: SwitchedNode, link: LinkId, message: bytes) -> bool:
        kind = Kind(message[0])
        self.sent.append((node.bound_endpoints(), kind))
        return kind in self.lost or self._send(node, link, message)

    def of(self, engine: Engine) -> list[Kind]:
        return [kind for sender, kind in self.sent if sender == engine.node.bound_endpoints()]


def noted(note: Callable[[SwitchedNode, LinkId, bytes], bool]) -> Callable[[SwitchedNode, LinkId, bytes], bool]:
    """As a method of the node."""

    def send(node: SwitchedNode, link: LinkId, message: bytes) -> bool:
        return note(node, link, message)

    return send


async def garble(pair: Pair, count: int) -> None:
    """Envelopes from Ann that do not open, on the link that is up."""
    link = pair.ben.node.links()[0].link
    for number in range(count):
        envelope = bytes([1, number]) + bytes(360)
        pair.ben.messenger.handle(EnvelopeReceived(link, pair.ann.peer_id, envelope))
    await pair.settle()


# --- On which link


@pytest.mark.parametrize("dialler", ["Ann", "Ben"])
def test_whoever_lost_the_session_asks_whichever_side_dialled(dialler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await lose_sessions(pair.ann)
            still = pair.ben if dialler == "Ann" else pair.ann
            other = pair.ann if still is pair.ben else pair.ben
            still.node.peers[other.peer_id] = replace(still.node.peers[other.peer_id], wanted=False)
            tap = Wiretap(monkeypatch)
            for _ in range(FLIGHTS_AND_A_LINK):
                await pair.connect()
            assert tap.of(pair.ann)[0] is Kind.RESET
            assert live_transcripts(pair.ann) == live_transcripts(pair.ben)

    run(scenario())


def test_an_old_copy_asks_on_the_link_that_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            copy = copy_of(pair.ann)
            await pair.ann.messenger.send_text(pair.ben.id, "seen by Ben alone")
            await pair.settle()
            await put_back(pair.ann, copy)
            tap = Wiretap(monkeypatch)
            await pair.connect()
            assert tap.of(pair.ann) == [Kind.RESET, Kind.ANSWER]
            assert tap.of(pair.ben) == [Kind.BUNDLE, Kind.CONFIRMATION]
            assert len(pair.board.wires) == 1

    run(scenario())


def test_the_links_that_were_dialled_for_the_reset_alone_end_with_it() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.cut()
            await lose_sessions(pair.ann)
            await lose_sessions(pair.ben)
            pair.board.collide()
            await pair.settle()
            assert known(pair.ann, pair.ben).is_held
            assert len(pair.board.wires) == 1
            assert pair.ann.node.links()
            assert pair.ben.node.links()

    run(scenario())


def test_while_a_link_is_there_to_ask_on_none_is_dialled_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            tap = Wiretap(monkeypatch)
            tap.lost = {Kind.RESET}
            await garble(pair, 3)
            assert tap.of(pair.ben) == [Kind.RESET]
            assert pair.ben.node.peers[pair.ann.peer_id].keys[0].kind is LinkKind.CONTACT
            await pair.cut()
            assert pair.ben.node.peers[pair.ann.peer_id].keys[0].kind is LinkKind.RESET

    run(scenario())


# --- When


def test_three_envelopes_that_do_not_open_are_reason_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            before = live_transcripts(pair.ben)
            tap = Wiretap(monkeypatch)
            await garble(pair, 2)
            assert tap.sent == []
            await garble(pair, 3)
            assert tap.of(pair.ben) == [Kind.RESET, Kind.ANSWER]
            assert live_transcripts(pair.ann) == live_transcripts(pair.ben) != before
            assert known(pair.ben, pair.ann).problem is ContactProblem.NONE

    run(scenario())


def test_the_same_envelope_three_times_is_one_and_one_that_opens_ends_the_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            tap = Wiretap(monkeypatch)
            for _ in range(3):
                await garble(pair, 1)
            await garble(pair, 2)
            await pair.ann.messenger.send_text(pair.ben.id, "opens")
            await pair.settle()
            await garble(pair, 1)
            assert tap.sent == []

    run(scenario())


def test_a_session_is_reset_once_a_day_whatever_the_contact_sends(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            tap = Wiretap(monkeypatch)
            for _ in range(3):
                await garble(pair, 3)
            await pair.ben.restart()
            await pair.connect()
            await garble(pair, 3)
            assert tap.of(pair.ben).count(Kind.RESET) == 1
            pass_a_day(pair.clock)
            await pair.ben.messenger._upkeep.once()
            await garble(pair, 3)
            assert tap.of(pair.ben).count(Kind.RESET) == 2

    run(scenario())


def test_a_contact_that_nobody_knows_where_it_was_is_dialled_for_a_reset_and_no_oftener() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.cut()
            await pair.ben.messenger.remove_contact(pair.ann.id)
            for _ in range(3):
                assert pair.ann.node.peers[pair.ben.peer_id].keys[0].kind is LinkKind.CONTACT
                await pair.connect()
            for _ in range(10):
                assert pair.ann.node.peers[pair.ben.peer_id].keys[0].kind is LinkKind.RESET
                await pair.connect()

    run(scenario())


# --- Both at once


def test_of_two_who_ask_the_larger_fingerprint_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await pair.cut()
            await lose_sessions(pair.ann)
            await lose_sessions(pair.ben)
            tap = Wiretap(monkeypatch)
            pair.board.collide()
            await pair.settle()
            smaller, larger = sorted((pair.ann, pair.ben), key=lambda engine: engine.peer_id)
            assert tap.of(smaller) == [Kind.RESET, Kind.ANSWER]
            assert tap.of(larger) == [Kind.RESET, Kind.BUNDLE, Kind.CONFIRMATION]
            assert live_transcripts(smaller) == live_transcripts(larger)
            assert len(live_transcripts(smaller)) == 1

    run(scenario())


# --- What is lost is repeated


@pytest.mark.parametrize("lost", [Kind.RESET, Kind.BUNDLE, Kind.ANSWER, Kind.CONFIRMATION])
def test_a_message_that_is_lost_costs_a_link(lost: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await lose_sessions(pair.ann)
            tap = Wiretap(monkeypatch)
            tap.lost = {lost}
            await pair.connect()
            await pair.cut()
            assert not known(pair.ann, pair.ben).is_held
            tap.lost = set()
            await pair.connect()
            assert known(pair.ann, pair.ben).is_held
            assert known(pair.ann, pair.ben).reset_digits == known(pair.ben, pair.ann).reset_digits
            assert live_transcripts(pair.ann) == live_transcripts(pair.ben)
            assert not pair.ann.messenger._book.attempts[1]

    run(scenario())


def test_any_envelope_of_the_session_establishes_and_m4_brings_the_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            await lose_sessions(pair.ann)
            tap = Wiretap(monkeypatch)
            tap.lost = {Kind.CONFIRMATION}
            await pair.connect()
            await pair.ben.messenger.accept_reset(pair.ann.id)
            await pair.cut()
            await pair.ben.messenger.send_text(pair.ann.id, "on the new session")
            await pair.connect()
            assert known(pair.ann, pair.ben).is_held
            assert known(pair.ann, pair.ben).reset_digits is None
            tap.lost = set()
            await pair.cut()
            await pair.connect()
            assert len(known(pair.ann, pair.ben).reset_digits or "") == 60
            assert live_transcripts(pair.ann) == live_transcripts(pair.ben)

    run(scenario())


def test_a_contact_that_answers_and_never_confirms_fills_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_ATTEMPTS_OF_LIFE", 5)

    async def scenario() -> None:
        async with friends() as pair:
            await lose_sessions(pair.ann)
            tap = Wiretap(monkeypatch)
            tap.lost = {Kind.ANSWER}
            for _ in range(9):
                await pair.connect()
                await pair.cut()
            assert pair.ann.messenger._intake._asker._attempts_made[1] <= 5
            assert len(pair.ann.messenger._book.attempts[1]) == module.MAX_ATTEMPTS
            assert len(pair.ann.messenger._book.sessions[1]) <= 4

    run(scenario())


# --- What else comes


def test_a_bundle_that_was_not_asked_for_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with friends() as pair:
            before = live_transcripts(pair.ben)
            link = pair.ann.node.links()[0].link
            pair.ann.node.send_handshake(link, bytes([Kind.BUNDLE]) + bytes(1_302))
            await pair.settle()
            assert live_transcripts(pair.ben) == before
            assert pair.ben.node.linked(pair.ann.peer_id)

    run(scenario())


def test_the_payload_of_a_resumed_reset_is_the_profile() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            pair.board.cut()
            await pair.settle()
            for engine, name in ((pair.ann, "Anna"), (pair.ben, "Benno")):
                await engine.messenger.rename_account(name)
            await pair.connect()
            await garble(pair, 3)
            assert (known(pair.ann, pair.ben).name, known(pair.ben, pair.ann).name) == ("Benno", "Anna")

    run(scenario())
