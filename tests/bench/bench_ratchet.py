"""Encrypting and decrypting a text of 200 bytes: Kith against vodozemac (Rust) and PyPI ``doubleratchet``.

A pair is one encryption and the decryption at the other end.  *One-way* is one party talking, *ping-pong* turns the
Diffie-Hellman ratchet at every message.  Kith does more in a pair than its rivals: it encrypts headers, pads, draws a
random nonce, and makes a new state each time; and every 50 messages it turns an ML-KEM epoch, which in one-way talk
brings the only turns of the Diffie-Hellman ratchet too.  The library runs with the parts that it recommends.  All take
turns within each repeat, and processor time counts, so that a busy machine favours none; a ratio is the median of the
ratios of the repeats.

*Primitives* is the bound of all that Kith could become: the ciphers, hashes and key exchanges of the same conversation,
as many as it needs, on the same sizes, with nothing around them.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, islice, product

import vodozemac
from doubleratchet import DoubleRatchet
from doubleratchet.recommended import HashFunction, aead_aes_hmac, diffie_hellman_ratchet_curve25519

from crypto import kem
from crypto.primitives import (
    KEY_BYTES,
    XCHACHA_NONCE_BYTES,
    KeyPair,
    hkdf,
    hmac_sha256_pair,
    x25519,
    xchacha_open,
    xchacha_seal,
)
from crypto.session import ACCEPT, OFFER, Payload, dated, decrypt, encrypt, offer, offer_due, reply
from tests.bench.figure import Figure, figure
from tests.support.doubleratchet_library import configuration
from tests.support.sessions import MESSAGE_ID, NOW_S, session_ends

TEXT = b"x" * 200
HEADER_BYTES = 48
TEXT_BODY_BYTES = 256
OFFER_BODY_BYTES = 2048
ENDS = (0, 1)
REPEATS = 25
PAIRS = {"one-way": 1000, "ping-pong": 200}
GOALS = {"vodozemac": {"one-way": 0.7, "ping-pong": 0.7}, "doubleratchet": {"one-way": 4.0, "ping-pong": 2.0}}

Conversation = Callable[[int], None]
"""Runs this many pairs."""


@dataclass(frozen=True)
class Contender:
    one_way: Conversation
    ping_pong: Conversation


def figures() -> Iterator[Figure]:
    contenders = {
        "kith": kith(with_epochs=True),
        "kith without epochs": kith(with_epochs=False),
        "primitives of kith": primitives(),
        "vodozemac": vodozemac_olm(),
        "doubleratchet": doubleratchet_library(),
    }
    for mode, pairs in PAIRS.items():
        rates = measured({name: conversation(contender, mode) for name, contender in contenders.items()}, pairs)
        for name, samples in rates.items():
            yield figure(f"ratchet {mode}, {name}", samples, "pairs/s", detail={"text_bytes": len(TEXT)})
        for ours, (rival, goals) in product(("kith", "kith without epochs"), GOALS.items()):
            yield figure(f"ratchet {mode}, {ours} / {rival}", ratios(rates, ours, rival), "ratio", at_least=goals[mode])
        for rival in GOALS:
            bound = ratios(rates, "primitives of kith", rival)
            yield figure(f"ratchet {mode}, primitives of kith / {rival}", bound, "ratio")


def ratios(rates: dict[str, list[float]], ours: str, rival: str) -> list[float]:
    return [our / their for our, their in zip(rates[ours], rates[rival], strict=True)]


def conversation(contender: Contender, mode: str) -> Conversation:
    return contender.one_way if mode == "one-way" else contender.ping_pong


def measured(conversations: dict[str, Conversation], pairs: int) -> dict[str, list[float]]:
    """Pairs a second of each, every repeat running all of them."""
    rates: dict[str, list[float]] = {name: [] for name in conversations}
    for converse in conversations.values():
        converse(pairs // 10)
    for _ in range(REPEATS):
        for name, converse in conversations.items():
            started = time.process_time()
            converse(pairs)
            rates[name].append(pairs / (time.process_time() - started))
    return rates


def kith(*, with_epochs: bool) -> Contender:
    """With the ML-KEM ratchet at its own pace, or with nobody who offers an epoch."""
    ends = [dated(end, now_s=NOW_S) for end in session_ends()]

    def send(sender: int, payload_type: int, content: bytes) -> Payload:
        ends[sender], envelope = encrypt(ends[sender], payload_type, MESSAGE_ID, content)
        ends[1 - sender], payload = decrypt(ends[1 - sender], envelope, now_s=NOW_S)
        return payload

    def pair(sender: int) -> None:
        send(sender, 1, TEXT)
        if with_epochs:
            for side in (0, 1):
                if offer_due(ends[side], now_s=NOW_S):
                    turn_epoch(side, talking=sender)

    def turn_epoch(offerer: int, *, talking: int) -> None:
        """OFFER, ACCEPT, and the next chain of the offerer: with the next text, if that is the offerer's."""
        ends[offerer], offer_content = offer(ends[offerer], now_s=NOW_S)
        accept_content = reply_to(1 - offerer, send(offerer, OFFER, offer_content))
        send(1 - offerer, ACCEPT, accept_content)
        if offerer != talking:
            send(offerer, 0, b"")

    def reply_to(acceptor: int, payload: Payload) -> bytes:
        content = reply(ends[acceptor], payload)
        assert content is not None
        return content

    send(0, 1, TEXT)
    return contender(pair)


class Primitives:
    """The parts of a conversation with epochs, as often as :func:`kith` uses them: 100 pairs bring two, one of each
    party, in one-way talk, and one in ping-pong.
    """

    def __init__(self) -> None:
        self._key, self._nonce = bytes(KEY_BYTES), bytes(XCHACHA_NONCE_BYTES)
        self._peer = KeyPair.from_private(b"\x04" * KEY_BYTES)
        self._pairs = count(1)

    def one_way(self, pairs: int) -> None:
        for number in islice(self._pairs, pairs):
            self._envelope(TEXT_BODY_BYTES)
            if number % 50 == 0:
                self._epoch()
                self._turns(2 if number % 100 else 4)  # the one who talks offers, or the one who listens

    def ping_pong(self, pairs: int) -> None:
        for number in islice(self._pairs, pairs):
            self._envelope(TEXT_BODY_BYTES)
            self._turns(1)
            if number % 100 == 0:
                self._epoch()

    def _envelope(self, body_bytes: int) -> None:
        for plaintext in (bytes(HEADER_BYTES), bytes(body_bytes)):
            xchacha_open(self._key, self._nonce, xchacha_seal(self._key, self._nonce, plaintext, b""), b"")
        for _ in ENDS:
            hmac_sha256_pair(self._key, b"\x01", b"\x02")

    def _turns(self, turns: int) -> None:
        for _ in range(turns):
            KeyPair.from_private(self._key)
            for _ in ENDS:
                x25519(self._key, self._peer.public)
                self._derive(96)

    def _epoch(self) -> None:
        key = kem.generate()
        ciphertext, _ = kem.encapsulate(key.public)
        key.decapsulate(ciphertext)
        for _ in ENDS:
            self._envelope(OFFER_BODY_BYTES)  # and an ACCEPT, which is as long
            self._derive(96)  # the result
            self._derive(32)  # resume
            self._derive(32)  # pair

    def _derive(self, size_bytes: int) -> None:
        hkdf(salt=self._key, ikm=self._key, info=self._key, size_bytes=size_bytes)


def primitives() -> Contender:
    alone = Primitives()
    return Contender(alone.one_way, alone.ping_pong)


def vodozemac_olm() -> Contender:
    alice, bob = vodozemac.Account(), vodozemac.Account()
    bob.generate_one_time_keys(1)
    (one_time_key,) = bob.one_time_keys.values()
    initiator = alice.create_outbound_session(bob.curve25519_key, one_time_key)
    first = initiator.encrypt(TEXT).to_pre_key()
    assert first is not None
    responder, _ = bob.create_inbound_session(alice.curve25519_key, first)
    ends = [initiator, responder]
    initiator.decrypt(responder.encrypt(TEXT))  # an answer, after which messages carry no handshake

    def pair(sender: int) -> None:
        ends[1 - sender].decrypt(ends[sender].encrypt(TEXT))

    return contender(pair)


def contender(pair: Callable[[int], None]) -> Contender:
    """One of whom ``pair(sender)`` runs one pair, 0 being the initiator."""

    def one_way(pairs: int) -> None:
        for _ in range(pairs):
            pair(0)

    def ping_pong(pairs: int) -> None:
        for turn in range(pairs):
            pair(turn % 2)

    return Contender(one_way, ping_pong)


class RecommendedAEAD(aead_aes_hmac.AEAD):
    """AES-256-CBC and HMAC, which the library recommends."""

    @staticmethod
    def _get_hash_function() -> HashFunction:
        return HashFunction.SHA_256

    @staticmethod
    def _get_info() -> bytes:
        return b"benchmark"


class Library(DoubleRatchet):
    @staticmethod
    def _build_associated_data(associated_data: bytes, header: object) -> bytes:
        return associated_data


def doubleratchet_library() -> Contender:
    ends = asyncio.run(doubleratchet_ends())

    async def pair(sender: int) -> None:
        message = await ends[sender].encrypt_message(TEXT, b"")
        await ends[1 - sender].decrypt_message(message, b"")

    async def one_way(pairs: int) -> None:
        for _ in range(pairs):
            await pair(0)

    async def ping_pong(pairs: int) -> None:
        for turn in range(pairs):
            await pair(turn % 2)

    return Contender(lambda pairs: asyncio.run(one_way(pairs)), lambda pairs: asyncio.run(ping_pong(pairs)))


async def doubleratchet_ends() -> list[DoubleRatchet]:
    prekey = KeyPair.from_private(b"\x04" * 32)
    settings = configuration(diffie_hellman_ratchet_curve25519.DiffieHellmanRatchet, RecommendedAEAD)
    initiator, message = await Library.encrypt_initial_message(
        **settings, shared_secret=bytes(32), recipient_ratchet_pub=prekey.public, message=TEXT, associated_data=b""
    )
    responder, _ = await Library.decrypt_initial_message(
        **settings,
        shared_secret=bytes(32),
        own_ratchet_priv=prekey.private.reveal(),
        message=message,
        associated_data=b"",
    )
    return [initiator, responder]
