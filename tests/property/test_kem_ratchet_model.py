"""The rules of the ML-KEM ratchet: the model agrees under them, disagrees without them, and the code is the model.

12,000 schedules of the model and 2,000 of the code with ``KITH_SLOW=1``.
"""

import os
import random  # noqa: TID251 - a schedule is reproduced from its seed
from dataclasses import dataclass

import pytest

from crypto import session as sessions
from crypto.errors import RemoteError
from crypto.ratchet.kem_ratchet import Accepted, Agreed, Offered, Resting
from crypto.ratchet.state import Sending
from crypto.session import ACCEPT, OFFER, Session, decrypt, encrypt
from tests.support.kem_ratchet_model import Party, RefusedError, Rules, State, Wire, outcome_of, parties
from tests.support.sessions import MESSAGE_ID, NOW_S, Randomness, session_ends

pytestmark = pytest.mark.thorough

IS_SLOW = os.environ.get("KITH_SLOW") == "1"
SCHEDULES = 12_000 if IS_SLOW else 300
REAL_SCHEDULES = 2_000 if IS_SLOW else 60
STEPS = 120

ALTERNATIVES = {
    "the epoch in the first header of a chain only": Rules(epoch_in="the first header"),
    "encapsulating again to a repeated offer": Rules(encapsulates_once=False),
    "the acceptor mixing before the offerer": Rules(acceptor_waits=False),
}
FEW_CHAINS = Rules(kept_chains=2)


def test_both_parties_agree_in_every_schedule() -> None:
    outcomes = [outcome_of(seed) for seed in range(SCHEDULES)]
    assert [seed for seed, outcome in enumerate(outcomes) if outcome.disagreements] == []
    assert sum(outcome.epochs for outcome in outcomes) > 2 * SCHEDULES
    assert sum(outcome.delivered for outcome in outcomes) > 40 * SCHEDULES


@pytest.mark.parametrize("alternative", ALTERNATIVES)
def test_a_rule_that_is_bent_breaks_conversations(alternative: str) -> None:
    outcomes = [outcome_of(seed, ALTERNATIVES[alternative]) for seed in range(100)]
    assert sum(bool(outcome.disagreements) for outcome in outcomes) > 25


def test_skipped_keys_of_few_chains_lose_messages() -> None:
    """64 are enough for every schedule above."""
    outcomes = [outcome_of(seed, FEW_CHAINS) for seed in range(300)]
    assert {refusal for outcome in outcomes for refusal in outcome.disagreements} == {"no key"}


# --- The code against the model


@dataclass
class Twin:
    """One person, held by the model and by the code."""

    model: Party
    session: Session
    random: Randomness
    epochs: tuple[bytes, ...] = ()

    def send(self, message: int, *, begin: bool, carry: bool, commit: bool) -> tuple[Wire, bytes]:
        state, wire = self.model.send(message, begin=begin, carry=carry)
        session, payload_type, content = self._control(begin=begin) if carry else (self.session, 0, b"")
        session, envelope = encrypt(session, payload_type, MESSAGE_ID, content, random=self.random)
        if commit:
            self._commit(state, session)
        return wire, envelope

    def receive(self, wire: Wire, envelope: bytes, *, commit: bool) -> None:
        """Both open it, or both refuse."""
        try:
            state, _ = self.model.receive(wire)
        except RefusedError:
            with pytest.raises(RemoteError):
                decrypt(self.session, envelope, now_s=NOW_S)
            return
        session, _ = decrypt(self.session, envelope, now_s=NOW_S)
        if commit:
            self._commit(state, session)

    def _control(self, *, begin: bool) -> tuple[Session, int, bytes]:
        kem = self.session.ratchet.kem
        if isinstance(kem.exchange, Offered) or (isinstance(kem.exchange, Resting) and kem.offers and begin):
            session, content = sessions.offer(self.session, now_s=NOW_S, random=self.random)
            return session, OFFER, content
        content_of_accept = sessions.acceptance(self.session)
        if content_of_accept is not None:
            return self.session, ACCEPT, content_of_accept
        return self.session, 0, b""

    def _commit(self, state: State, session: Session) -> None:
        self.model.state, self.session = state, session
        if session.ratchet.kem.applied > len(self.epochs):
            self.epochs = (*self.epochs, session.epoch.roots.pair.reveal())
        assert summary_of(session) == summary_of_model(state)


def summary_of(session: Session) -> tuple[int, str, int | None, int]:
    """Epochs, the exchange under way, the epoch of the sending chain if there is one, and the skipped messages."""
    kem, position = session.ratchet.kem, session.ratchet.position
    names = {Resting: "resting", Offered: "offered", Accepted: "accepted", Agreed: "agreed"}
    chain_epoch = position.epoch if isinstance(position, Sending) else None
    skipped = sum(len(chain) for chain in session.ratchet.skipped.chains.values())
    return kem.applied, names[type(kem.exchange)], chain_epoch, skipped


def summary_of_model(state: State) -> tuple[int, str, int | None, int]:
    if state.acceptance is not None:
        exchange = "accepted"
    elif state.pending is not None:
        exchange = "agreed"
    else:
        exchange = "resting" if state.offer is None else "offered"
    chain_epoch = None if state.sending_chain is None else state.chain_epoch
    return state.applied, exchange, chain_epoch, sum(map(len, state.skipped.values()))


def twins(seed: int) -> tuple[Twin, Twin]:
    """Initiator and responder, after the initiator's first message."""
    initiator, responder = (
        Twin(model, end, Randomness(f"{seed} {side}"))
        for side, (model, end) in enumerate(zip(parties(), session_ends(seed), strict=True))
    )
    responder.receive(*initiator.send(0, begin=False, carry=False, commit=True), commit=True)
    return initiator, responder


def converse(seed: int) -> int:
    """One schedule with loss, repeats, reorder and crashes before a commit; how many epochs both went through."""
    dice = random.Random(seed)
    people = twins(seed)
    arriving: tuple[list[tuple[Wire, bytes]], list[tuple[Wire, bytes]]] = ([], [])
    loss, crash, window = dice.random() * 0.4, dice.random() * 0.15, dice.choice([1, 3, 20])
    begin, carry = dice.choice([1.0, 0.3]), dice.choice([1.0, 0.5])
    for step in range(STEPS):
        side = dice.randrange(2)
        commit = dice.random() >= crash
        if dice.random() < 0.45 or not arriving[side]:
            sent = people[side].send(step, begin=dice.random() < begin, carry=dice.random() < carry, commit=commit)
            if commit and dice.random() >= loss:
                arriving[1 - side].extend([sent] * dice.choice([1, 1, 1, 2]))
        else:
            received = arriving[side].pop(dice.randrange(min(window, len(arriving[side]))))
            people[side].receive(*received, commit=commit)
    ours, theirs = (person.epochs for person in people)
    assert all(pair == other for pair, other in zip(ours, theirs, strict=False))
    return min(len(ours), len(theirs))


def test_the_code_does_what_the_model_does_in_every_schedule() -> None:
    assert sum(converse(seed) for seed in range(REAL_SCHEDULES)) > REAL_SCHEDULES
