"""Encrypting and decrypting a text of 200 bytes: Kith against vodozemac (Rust) and PyPI ``doubleratchet``.

A pair is one encryption and the decryption at the other end.  *One-way* is one party talking, *ping-pong* turns the
Diffie-Hellman ratchet at every message.  Kith does more in a pair than its rivals: it encrypts headers, pads, draws a
random nonce, and makes a new state each time; and every 50 messages it turns an ML-KEM epoch, which in one-way talk
brings the only turns of the Diffie-Hellman ratchet too.  The library runs with the parts that it recommends.  All take
turns within each repeat, and processor time counts, so that a busy machine favours none; a ratio is the median of the
ratios of the repeats.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import vodozemac
from doubleratchet import DoubleRatchet
from doubleratchet.recommended import HashFunction, aead_aes_hmac, diffie_hellman_ratchet_curve25519

from crypto.primitives import KeyPair
from crypto.session import ACCEPT, OFFER, Payload, dated, decrypt, encrypt, offer, offer_due, reply
from tests.bench.figure import Figure, figure
from tests.support.doubleratchet_library import configuration
from tests.support.sessions import MESSAGE_ID, NOW_S, session_ends

TEXT = b"x" * 200
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
        "vodozemac": vodozemac_olm(),
        "doubleratchet": doubleratchet_library(),
    }
    for mode, pairs in PAIRS.items():
        rates = measured({name: conversation(contender, mode) for name, contender in contenders.items()}, pairs)
        for name, samples in rates.items():
            yield figure(f"ratchet {mode}, {name}", samples, "pairs/s", detail={"text_bytes": len(TEXT)})
        for ours, (rival, goals) in product(("kith", "kith without epochs"), GOALS.items()):
            ratios = [our / their for our, their in zip(rates[ours], rates[rival], strict=True)]
            yield figure(f"ratchet {mode}, {ours} / {rival}", ratios, "ratio", at_least=goals[mode])


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
