"""Our ratchet and PyPI ``doubleratchet``, given the same keys and our KDFs, agree on every header and message key.

The library has no header encryption, so the two are compared below that layer: our header is opened with the sending
chain's key, and our body must be exactly what the library's message key seals.
"""

import asyncio
import os
from collections import deque
from contextvars import ContextVar
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count
from random import Random  # noqa: TID251 - schedules are reproduced from their seed, nothing secret is drawn

import pytest
from doubleratchet import AEAD, DoubleRatchet, EncryptedMessage, Header
from doubleratchet.recommended import diffie_hellman_ratchet_curve25519

from crypto.primitives import KeyPair, x25519, xchacha_seal
from crypto.ratchet import double_ratchet, header
from crypto.ratchet.kem_ratchet import NO_MIX, Mix
from crypto.ratchet.state import Ratchet, Sending
from tests.support.doubleratchet_library import configuration, epoch
from tests.support.sessions import NOW_S

pytestmark = pytest.mark.thorough

ROOT_KEY, HEADER_KEY, NEXT_HEADER_KEY = b"\x01" * 32, b"\x02" * 32, b"\x03" * 32
PQ_SECRET = b"\x05" * 32
BOUND = b"associated data"
STEPS = 600
SEEDS = 1_000 if os.environ.get("KITH_SLOW") == "1" else 20
LOSS = 0.1
WINDOW = 8


class RatchetKeys:
    """One party's ratchet private keys, the same for both implementations."""

    def __init__(self, owner: str) -> None:
        self._owner = owner
        self._drawn = count()

    def draw(self) -> bytes:
        return sha256(f"{self._owner} {next(self._drawn)}".encode()).digest()

    def random(self, size_bytes: int) -> bytes:
        """Ratchet keys and fixed nonces, as our ratchet asks for them."""
        return self.draw() if size_bytes == 32 else bytes(size_bytes)


drawing: ContextVar[RatchetKeys] = ContextVar("drawing")
message_key: ContextVar[bytes] = ContextVar("message_key")


contributions: ContextVar[list[Mix]] = ContextVar("contributions")
"""What the root steps that follow take in beside their Diffie-Hellman results, in order; nothing once it is used up."""


class RatchetWithKnownKeys(diffie_hellman_ratchet_curve25519.DiffieHellmanRatchet):
    @staticmethod
    def _generate_priv() -> bytes:
        return drawing.get().draw()

    @staticmethod
    def _perform_diffie_hellman(own_priv: bytes, other_pub: bytes) -> bytes:
        waiting = contributions.get()
        mix = waiting.pop(0) if waiting else NO_MIX
        epoch.set(mix.epoch)
        return x25519(own_priv, other_pub) + mix.key


class RevealingAEAD(AEAD):
    """Seals nothing and tells the message key."""

    @staticmethod
    async def encrypt(plaintext: bytes, key: bytes, associated_data: bytes) -> bytes:
        message_key.set(key)
        return plaintext

    @staticmethod
    async def decrypt(ciphertext: bytes, key: bytes, associated_data: bytes) -> bytes:
        message_key.set(key)
        return ciphertext


class Oracle(DoubleRatchet):
    @staticmethod
    def _build_associated_data(associated_data: bytes, header: Header) -> bytes:
        return associated_data


CONFIGURATION = configuration(RatchetWithKnownKeys, RevealingAEAD)


@dataclass(frozen=True)
class InFlight:
    """A text, as each implementation sent it."""

    text: bytes
    theirs: EncryptedMessage
    ours: bytes


@dataclass
class Party:
    """One person, held by both implementations."""

    oracle: DoubleRatchet
    oracle_keys: RatchetKeys
    ratchet: Ratchet
    keys: RatchetKeys
    inbox: deque[InFlight] = field(default_factory=deque)

    async def send(self, text: bytes) -> InFlight:
        drawing.set(self.oracle_keys)
        theirs = await self.oracle.encrypt_message(text, BOUND)
        self.ratchet, ours = double_ratchet.encrypt(self.ratchet, text, BOUND, self.keys.random)
        assert_same(self.ratchet, InFlight(text, theirs, ours))
        return InFlight(text, theirs, ours)

    async def receive(self, message: InFlight) -> None:
        drawing.set(self.oracle_keys)
        # The library makes the sending chain with the receiving one, we at the next send: the same steps in this order.
        contributions.set([self._received(message), self.ratchet.kem.into_sending_chain()[1]])
        assert await self.oracle.decrypt_message(message.theirs, BOUND) == message.text
        self.ratchet, text = double_ratchet.decrypt(self.ratchet, message.ours, BOUND, now_s=NOW_S)
        assert text == message.text

    def _received(self, message: InFlight) -> Mix:
        """What a new receiving chain of this message takes in; the library asks only if there is one."""
        nonce, sealed_header = message.ours[:24], message.ours[24:88]
        found = header.unseal(sealed_header, self.ratchet.next_receiving_header_key, nonce, BOUND)
        return NO_MIX if found is None else self.ratchet.kem.into_receiving_chain(found.epoch)[1]


def assert_same(sender: Ratchet, message: InFlight) -> None:
    """Header and message key of the message that ``sender`` has just sent are the library's."""
    assert isinstance(sender.position, Sending)
    nonce, sealed_header, body = message.ours[:24], message.ours[24:88], message.ours[88:]
    theirs = message.theirs.header
    assert header.unseal(sealed_header, sender.position.chain.header_key, nonce, BOUND) == header.Header(
        theirs.ratchet_pub, theirs.previous_sending_chain_length, theirs.sending_chain_length, sender.position.epoch
    )
    assert body == xchacha_seal(message_key.get(), nonce, message.text, BOUND + message.ours[:88])


def agree(a: Party, b: Party) -> None:
    """Agree on the next epoch behind the network's back, if its offerer has a chain of its own to finish first."""
    offerer, acceptor = (a, b) if a.ratchet.kem.offers else (b, a)
    in_order = isinstance(offerer.ratchet.position, Sending) and a.ratchet.kem.applied == b.ratchet.kem.applied
    if not in_order or offerer.ratchet.kem.pending is not None:
        return
    offered, offer = offerer.ratchet.kem.offer()
    accepted = acceptor.ratchet.kem.take_offer(offer, BOUND)
    acceptance = accepted.reply(offer)
    assert acceptance is not None
    offerer.ratchet = offerer.ratchet.with_kem(offered.take_acceptance(acceptance, BOUND))
    acceptor.ratchet = acceptor.ratchet.with_kem(accepted)


async def parties() -> tuple[Party, Party]:
    """Initiator and responder once the first message has arrived."""
    contributions.set([])
    prekey = KeyPair.from_private(b"\x04" * 32)
    keys = {name: RatchetKeys(name[-1]) for name in ("oracle a", "oracle b", "our a", "our b")}
    drawing.set(keys["oracle a"])
    oracle_a, theirs = await Oracle.encrypt_initial_message(
        shared_secret=ROOT_KEY,
        recipient_ratchet_pub=prekey.public,
        message=b"first",
        associated_data=BOUND,
        **CONFIGURATION,
    )
    first_key = message_key.get()
    drawing.set(keys["oracle b"])
    oracle_b, _ = await Oracle.decrypt_initial_message(
        shared_secret=ROOT_KEY,
        own_ratchet_priv=prekey.private.reveal(),
        message=theirs,
        associated_data=BOUND,
        **CONFIGURATION,
    )
    initiator = double_ratchet.initiate(
        ROOT_KEY,
        prekey.public,
        next_header_key=HEADER_KEY,
        next_receiving_header_key=NEXT_HEADER_KEY,
        pq_secret=PQ_SECRET,
        random=keys["our a"].random,
    )
    responder = double_ratchet.respond(
        ROOT_KEY,
        prekey,
        next_header_key=NEXT_HEADER_KEY,
        next_receiving_header_key=HEADER_KEY,
        pq_secret=PQ_SECRET,
    )
    initiator, ours = double_ratchet.encrypt(initiator, b"first", BOUND, keys["our a"].random)
    message_key.set(first_key)
    assert_same(initiator, InFlight(b"first", theirs, ours))
    responder, _ = double_ratchet.decrypt(responder, ours, BOUND, now_s=NOW_S)
    return (
        Party(oracle_a, keys["oracle a"], initiator, keys["our a"]),
        Party(oracle_b, keys["oracle b"], responder, keys["our b"]),
    )


async def converse(schedule: Random, *, with_epochs: bool) -> tuple[int, int]:
    """A conversation over a network that loses and reorders; how many messages arrived, and how many epochs."""
    a, b = await parties()
    arrived = 0
    for step in range(STEPS):
        if with_epochs and schedule.random() < 0.1:
            agree(a, b)
        me, peer = (a, b) if schedule.random() < 0.5 else (b, a)
        if schedule.random() < 0.55 or not me.inbox:
            message = await me.send(b"text %d" % step)
            if schedule.random() >= LOSS:
                peer.inbox.append(message)
        else:
            chosen = schedule.randrange(min(len(me.inbox), WINDOW))
            message = me.inbox[chosen]
            del me.inbox[chosen]
            await me.receive(message)
            arrived += 1
    return arrived, min(a.ratchet.kem.applied, b.ratchet.kem.applied)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_headers_and_message_keys_are_those_of_doubleratchet(seed: int) -> None:
    arrived, epochs = asyncio.run(converse(Random(seed), with_epochs=False))
    assert arrived > STEPS / 4
    assert not epochs


@pytest.mark.parametrize("seed", range(SEEDS))
def test_they_stay_so_with_what_ml_kem_epochs_contribute(seed: int) -> None:
    """The library mixes what follows its Diffie-Hellman results, and so the contribution is appended to them."""
    arrived, epochs = asyncio.run(converse(Random(seed), with_epochs=True))
    assert arrived > STEPS / 4
    assert epochs  # mixed at both ends; a schedule that seldom turns comes to one, most come to several
