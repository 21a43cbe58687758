"""A model of the double ratchet with the ML-KEM ratchet (``docs/protocol.md``, section 3, rules 1 to 7).

Keys are names: a box opens under the very key that sealed it, or not at all, and what two parties derive is equal only
if everything that went in is.  So a schedule shows whether they *agree*, whatever the network and the computers do.
Each step works on a copy of the state, which the caller commits or forgets.

:class:`Rules` can be bent into the alternatives that look as good as the protocol's own and are not.
"""

import random  # noqa: TID251 - a schedule is reproduced from its seed
from collections.abc import Hashable, Iterator
from copy import copy
from dataclasses import dataclass, field
from itertools import count
from typing import Literal, TypeAlias

from crypto.labels import MAX_SKIPPED_CHAINS

Name: TypeAlias = Hashable
"""A key: what it was derived from, nested, or a number for what was drawn at random."""

STEPS, RESEND_ROUNDS = 160, 6


class RefusedError(Exception):
    """A message does not open, or says what cannot be; the state stands."""


@dataclass(frozen=True)
class Rules:
    """The protocol's, unless something is said."""

    epoch_in: Literal["every header", "the first header"] = "every header"
    encapsulates_once: bool = True
    acceptor_waits: bool = True
    """The acceptor never mixes before the offerer did."""
    kept_chains: int = MAX_SKIPPED_CHAINS
    """How many chains may have skipped messages at once."""


@dataclass(frozen=True)
class Offer:
    epoch: int
    public_key: Name


@dataclass(frozen=True)
class Acceptance:
    epoch: int
    public_key: Name
    ciphertext: Name


@dataclass(frozen=True)
class Header:
    ratchet_key: int
    previous_count: int
    number: int
    epoch: int


@dataclass(frozen=True)
class Wire:
    """One message; ``nonce`` tells two apart that say the same."""

    header_key: Name
    header: Header
    message_key: Name
    body: tuple[Name, Offer | Acceptance | None]
    nonce: int


@dataclass
class State:
    """One party's, as in Double Ratchet revision 3, section 4.2, and the ML-KEM ratchet beside it."""

    is_initiator: bool
    root_key: Name
    own_ratchet_key: int | None
    peer_ratchet_key: int | None
    sending_header_key: Name
    receiving_header_key: Name
    next_sending_header_key: Name
    next_receiving_header_key: Name
    sending_chain: Name = None
    receiving_chain: Name = None
    sent: int = 0
    received: int = 0
    previous_count: int = 0
    skipped: dict[Name, dict[int, Name]] = field(default_factory=dict)
    applied: int = 0
    pq_secret: Name = "pqs 0"
    chain_epoch: int = 0
    offer: Offer | None = None
    acceptance: Acceptance | None = None
    pending: tuple[Name, Name] | None = None
    """pqm and the next pqs."""
    log: tuple[Name, ...] = ()
    """The pqm of every epoch that was mixed."""

    def offers(self, epoch: int) -> bool:
        return (epoch % 2 == 1) == self.is_initiator

    def copied(self) -> "State":
        state = copy(self)
        state.skipped = {key: dict(numbers) for key, numbers in self.skipped.items()}
        return state


class Party:
    """One party; ``fresh`` numbers everything that is drawn at random."""

    def __init__(self, state: State, rules: Rules, fresh: Iterator[int]) -> None:
        self.state = state
        self._rules = rules
        self._fresh = fresh

    # --- Sending

    def send(self, message: Name, *, begin: bool = True, carry: bool = True) -> tuple[State, Wire]:
        """The state after it and the message; it may ``begin`` an epoch, and ``carry`` what an open one needs."""
        state = self.state.copied()
        if state.sending_chain is None:
            self._begin_sending(state)
        control = self._control(state, begin=begin) if carry else None
        epoch = state.chain_epoch if self._rules.epoch_in == "every header" or not state.sent else 0
        assert state.own_ratchet_key is not None
        header = Header(state.own_ratchet_key, state.previous_count, state.sent, epoch)
        wire = Wire(
            state.sending_header_key, header, ("mk", state.sending_chain), (message, control), next(self._fresh)
        )
        state.sending_chain, state.sent = ("ck", state.sending_chain), state.sent + 1
        return state, wire

    def _control(self, state: State, *, begin: bool) -> Offer | Acceptance | None:
        epoch = state.applied + 1
        if not state.offers(epoch):
            return state.acceptance
        if state.offer is None and state.pending is None and begin:
            state.offer = Offer(epoch, ("pk", next(self._fresh)))
        return state.offer

    def _begin_sending(self, state: State) -> None:
        state.own_ratchet_key = next(self._fresh)
        may_mix = state.pending is not None and (state.offers(state.applied + 1) or not self._rules.acceptor_waits)
        state.chain_epoch = state.applied + 1 if may_mix else 0
        state.sending_chain, state.next_sending_header_key = self._step(state, state.chain_epoch)

    def _step(self, state: State, epoch: int) -> tuple[Name, Name]:
        """A root step, which mixes ``epoch`` in; the new chain's key and the next header key."""
        assert state.own_ratchet_key is not None
        assert state.peer_ratchet_key is not None
        mixed: Name = None
        if epoch:
            if epoch != state.applied + 1 or state.pending is None:
                raise RefusedError("an epoch that was not agreed")
            mixed, state.pq_secret = state.pending
            state.applied, state.log = epoch, (*state.log, mixed)
            state.pending = state.offer = state.acceptance = None
        shared = frozenset({state.own_ratchet_key, state.peer_ratchet_key})
        step = hash((state.root_key, shared, mixed, epoch))
        state.root_key = ("rk", step)
        return ("chain", step), ("nhk", step)

    # --- Receiving

    def receive(self, wire: Wire) -> tuple[State, Name]:
        """The state after it, and what it said.

        Raises:
            RefusedError: nothing changes.
        """
        state, header = self.state.copied(), wire.header
        if wire.header_key == state.receiving_header_key and header.number < state.received:
            return self._receive_late(state, wire)
        if wire.header_key == state.next_receiving_header_key:
            self._skip_to(state, header.previous_count)
            self._begin_receiving(state, header)
        elif wire.header_key != state.receiving_header_key:
            return self._receive_late(state, wire)
        self._skip_to(state, header.number)
        message = self._open(state, wire, ("mk", state.receiving_chain))
        state.receiving_chain, state.received = ("ck", state.receiving_chain), state.received + 1
        while len(state.skipped) > self._rules.kept_chains:
            del state.skipped[next(iter(state.skipped))]
        return state, message

    def _receive_late(self, state: State, wire: Wire) -> tuple[State, Name]:
        numbers = state.skipped.get(wire.header_key, {})
        if wire.header.number not in numbers:
            raise RefusedError("no key")
        message = self._open(state, wire, numbers.pop(wire.header.number))
        if not numbers:
            del state.skipped[wire.header_key]
        return state, message

    def _begin_receiving(self, state: State, header: Header) -> None:
        state.previous_count, state.sent, state.received = state.sent, 0, 0
        state.sending_header_key = state.next_sending_header_key
        state.receiving_header_key = state.next_receiving_header_key
        state.peer_ratchet_key = header.ratchet_key
        state.receiving_chain, state.next_receiving_header_key = self._step(state, header.epoch)
        state.sending_chain = None

    def _skip_to(self, state: State, number: int) -> None:
        while state.receiving_chain is not None and state.received < number:
            numbers = state.skipped.setdefault(state.receiving_header_key, {})
            numbers[state.received] = ("mk", state.receiving_chain)
            state.receiving_chain, state.received = ("ck", state.receiving_chain), state.received + 1

    def _open(self, state: State, wire: Wire, message_key: Name) -> Name:
        if message_key != wire.message_key:
            raise RefusedError("the body does not open")
        message, control = wire.body
        if isinstance(control, Offer):
            self._take_offer(state, control)
        elif isinstance(control, Acceptance):
            self._take_acceptance(state, control)
        return message

    def _take_offer(self, state: State, offer: Offer) -> None:
        is_next = offer.epoch == state.applied + 1 and not state.offers(offer.epoch)
        if is_next and (state.acceptance is None or not self._rules.encapsulates_once):
            state.acceptance = Acceptance(offer.epoch, offer.public_key, next(self._fresh))
            state.pending = _result(state.pq_secret, state.acceptance)

    def _take_acceptance(self, state: State, acceptance: Acceptance) -> None:
        is_ours = state.offer == Offer(acceptance.epoch, acceptance.public_key)
        if is_ours and acceptance.epoch == state.applied + 1 and state.pending is None:
            state.pending = _result(state.pq_secret, acceptance)


def _result(pq_secret: Name, acceptance: Acceptance) -> tuple[Name, Name]:
    derived = hash((pq_secret, acceptance))
    return ("pqm", derived), ("pqs", derived)


def parties(rules: Rules = Rules()) -> tuple[Party, Party]:
    """Initiator and responder at the start of a session."""
    fresh = count(1)
    prekey = next(fresh)
    initiator = State(True, "rk 0", None, prekey, "hk I", None, None, "nhk R")
    responder = State(False, "rk 0", prekey, None, None, None, "nhk R", "hk I")
    return Party(initiator, rules, fresh), Party(responder, rules, fresh)


# --- Schedules


@dataclass(frozen=True)
class Outcome:
    """Of one schedule."""

    disagreements: tuple[str, ...]
    delivered: int
    epochs: int


class World:
    """Both parties, a bad network, crashes around commits, and somebody who may say nothing."""

    def __init__(self, seed: int, rules: Rules) -> None:
        self.dice = random.Random(seed)
        self.people = parties(rules)
        self.arriving: tuple[list[Wire], list[Wire]] = ([], [])
        self.unacknowledged: tuple[dict[Name, Wire], dict[Name, Wire]] = ({}, {})
        self.opened: tuple[set[int], set[int]] = (set(), set())
        self.disagreements: list[str] = []
        self.delivered = 0
        self._messages = count()
        self._loss, self._repeat = self.dice.random() * 0.6, self.dice.random() * 0.3
        self._crash = self.dice.random() * 0.15
        self._bias = 0.1 + 0.8 * self.dice.random()
        self._window = self.dice.choice([1, 3, 20, 1000])
        self._silent = 1 if self.dice.random() < 0.1 else None
        self._begin = self.dice.choice([1.0, 0.5, 0.2, 0.05])

    def run(self) -> Outcome:
        self._send(0)
        for _ in range(STEPS):
            side, luck = int(self.dice.random() < self._bias), self.dice.random()
            if luck < 0.42 and side != self._silent:
                self._send(side)
            elif luck < 0.52 and self.unacknowledged[side]:
                self._ship(side, self.dice.choice(list(self.unacknowledged[side].values())))
            elif arriving := self.arriving[side]:
                self._receive(side, arriving.pop(self.dice.randrange(min(len(arriving), self._window))))
        for _ in range(RESEND_ROUNDS):
            self._behave()
        return self._outcome()

    def _send(self, side: int) -> None:
        if self.people[side].state.sending_header_key is None:
            return  # a responder that received nothing
        message = next(self._messages)
        state, wire = self.people[side].send(message, begin=self.dice.random() < self._begin)
        luck = self.dice.random()
        if luck < self._crash / 2:  # before the commit
            return
        self.people[side].state = state
        self.unacknowledged[side][message] = wire
        if luck >= self._crash:
            self._ship(side, wire)

    def _ship(self, side: int, wire: Wire) -> None:
        if self.dice.random() >= self._loss:
            self.arriving[1 - side].append(wire)
        if self.dice.random() < self._repeat:
            self.arriving[1 - side].append(wire)

    def _receive(self, side: int, wire: Wire) -> None:
        if wire.nonce in self.opened[side]:
            return
        try:
            state, message = self.people[side].receive(wire)
        except RefusedError as refusal:
            self.disagreements.append(str(refusal))
            return
        if self.dice.random() >= self._crash / 2:
            self.people[side].state = state
            self.opened[side].add(wire.nonce)
            self.unacknowledged[1 - side].pop(message, None)
            self.delivered += 1

    def _behave(self) -> None:
        """Everything outstanding arrives, in any order; then both say something."""
        self._crash = 0
        for side in (0, 1):
            wires = list(self.unacknowledged[1 - side].values())
            self.dice.shuffle(wires)
            for wire in wires:
                self._receive(side, wire)
        for side in (0, 1):
            if side != self._silent:
                self._send(side)

    def _outcome(self) -> Outcome:
        ours, theirs = (party.state.log for party in self.people)
        agreed = min(len(ours), len(theirs))
        if ours[:agreed] != theirs[:agreed] or abs(len(ours) - len(theirs)) > 1:
            self.disagreements.append("the epochs differ")
        return Outcome(tuple(self.disagreements), self.delivered, len(ours))


def outcome_of(seed: int, rules: Rules = Rules()) -> Outcome:
    """Run one schedule."""
    return World(seed, rules).run()
