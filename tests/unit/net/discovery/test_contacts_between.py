"""Rings and signals that contacts bring, in hours of virtual time."""

import asyncio
import logging
import os

import pytest

from crypto.secret import Secret
from net.discovery.contacts_between import Callbacks, ContactsBetween
from net.discovery.sightings import Found
from net.endpoint import Endpoint
from net.limits import (
    FIRST_PASSED_PAUSE_S,
    MAX_PASSED_WAITING,
    PASSED_BURST,
    PASSED_DELAY_S,
    PASSED_PATIENCE_S,
    PASSED_PER_SECOND,
)
from net.nat_kind import NatKind
from net.peer import LinkKey, LinkKind, Peer, PeerId
from tests.support.virtual_time import run_virtually

BEN, CID, DAN = PeerId(b"ben"), PeerId(b"cid"), PeerId(b"dan")
KEY = LinkKey(LinkKind.CONTACT, Secret(b"k" * 32))
HERE = (Endpoint.of("192.168.1.2", 4000),)


class Side:
    """One of two who look for each other, and what it is told."""

    def __init__(self, *, controls: bool = True) -> None:
        self.found: list[Found] = []
        self.met: list[PeerId] = []
        self.signals: list[bytes] = []
        self.values: list[bytes] = []
        callbacks = Callbacks(
            on_found=self.found.append,
            on_meeting=self.met.append,
            on_signal=lambda _, content: self.signals.append(content),
            on_to_pass=lambda _, value: self.values.append(value),
        )
        self.between = ContactsBetween(callbacks, random=os.urandom)
        self.between.set_peer(Peer(peer_id=BEN, keys=(KEY,), controls=controls, wanted=True))
        self.between.set_place(HERE, NatKind.CONE)

    def sees(self, *peers: PeerId) -> None:
        for peer_id in peers:
            self.between.set_linked(peer_id, linked=True)


def test_a_ring_waits_until_somebody_is_there_who_can_bring_it() -> None:
    async def scenario() -> None:
        ours = Side()
        ours.between.nudge(BEN)
        await asyncio.sleep(30)
        assert ours.values == []
        ours.sees(CID)
        await asyncio.sleep(0.9 * PASSED_DELAY_S)
        assert ours.values == [], "which has to take what waits for it first"
        await asyncio.sleep(0.2 * PASSED_DELAY_S)
        assert len(ours.values) == 1

    run_virtually(scenario())


def test_it_is_rung_again_by_the_clock_and_no_more_once_there_is_a_link() -> None:
    async def scenario() -> None:
        ours = Side()
        ours.sees(CID)
        ours.between.nudge(BEN)
        await asyncio.sleep(FIRST_PASSED_PAUSE_S + 1)
        assert len(ours.values) == 2
        ours.sees(BEN)
        ours.between.nudge(BEN)
        await asyncio.sleep(PASSED_PATIENCE_S)
        assert len(ours.values) == 2

    run_virtually(scenario())


def test_what_was_brought_is_heeded_in_turn_whoever_floods() -> None:
    async def scenario() -> None:
        theirs, ours = Side(controls=True), Side(controls=False)
        theirs.sees(CID)
        theirs.between.send(BEN, b"\x01offer")
        for _ in range(int(PASSED_BURST) + MAX_PASSED_WAITING):
            ours.between.take(DAN, bytes(768))
        ours.between.take(CID, theirs.values[0])
        assert ours.signals == []
        await asyncio.sleep(1 / PASSED_PER_SECOND + 1)
        assert ours.signals == [b"\x01offer"]
        assert ours.found == [Found(BEN, HERE, NatKind.CONE)]
        assert ours.met == [], "an offer without a ring before it"

    run_virtually(scenario())


def test_a_ring_has_the_peer_dialled() -> None:
    async def scenario() -> None:
        theirs, ours = Side(controls=True), Side(controls=False)
        theirs.sees(CID)
        theirs.between.nudge(BEN)
        ours.between.take(CID, theirs.values[0])
        assert (ours.met, ours.signals) == ([BEN], [])

    run_virtually(scenario())


def test_who_is_linked_gone_or_of_an_invite_is_neither_told_nor_heard() -> None:
    async def scenario() -> None:
        theirs, ours = Side(controls=True), Side(controls=False)
        theirs.sees(CID)
        theirs.between.nudge(BEN)
        ours.sees(BEN)
        ours.between.take(CID, theirs.values[0])
        assert ours.met == []
        theirs.between.remove_peer(BEN)
        theirs.between.send(BEN, b"\x01")
        invite = LinkKey(LinkKind.INVITE, KEY.secret)
        theirs.between.set_peer(Peer(peer_id=BEN, keys=(invite,), controls=True, wanted=True))
        theirs.between.send(BEN, b"\x01")
        assert len(theirs.values) == 1

    run_virtually(scenario())


def test_what_is_of_nobody_is_logged_without_a_word_of_it(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        Side().between.take(CID, bytes(768))

    with caplog.at_level(logging.INFO):
        run_virtually(scenario())
    assert [record.getMessage() for record in caplog.records if record.levelno > logging.DEBUG] == [
        "what was brought is no news of anybody who is missing"
    ]


def test_nothing_comes_after_the_end() -> None:
    async def scenario() -> None:
        ours = Side()
        ours.between.nudge(BEN)
        ours.sees(CID)
        ours.between.close()
        await asyncio.sleep(PASSED_PATIENCE_S)
        assert ours.values == []

    run_virtually(scenario())
