"""Somebody who copied one person's whole session once, records every envelope since, and sends nothing.

With X25519 broken the thief is given the private key of every ratchet key that anybody makes afterwards.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from crypto.errors import ForgedError, MalformedError, WeakKeyError
from crypto.padding import unpad
from crypto.primitives import x25519, xchacha_open
from crypto.ratchet import header as headers
from crypto.ratchet import root
from crypto.ratchet.chain import Chain
from crypto.ratchet.header import Header
from crypto.ratchet.kem_ratchet import KemRatchet, Mix
from crypto.ratchet.state import Sending, Turning
from crypto.session import ACCEPT, Session

_BODY = 1 + 24 + headers.SEALED_BYTES
_CONTENT = 1 + 16 + 8


@dataclass
class Direction:
    """What the thief holds of one party's chains."""

    chain: Chain | None
    next_header_key: bytes
    ratchet_key: bytes | None = None


class Thief:
    """Reads along as far as the keys go; ``private_keys`` of ratchet keys, by public key."""

    def __init__(self, stolen: Session, private_keys: Mapping[bytes, bytes]) -> None:
        ratchet, position = stolen.ratchet, stolen.ratchet.position
        self._private_keys = dict(private_keys)
        self._bound = stolen.associated_data
        self._root_key = ratchet.root_key
        self._kem = ratchet.kem
        self._victim = Direction(None, position.next_header_key)
        self._peer = Direction(ratchet.receiving, ratchet.next_receiving_header_key)
        if isinstance(position, Turning):
            self._peer.ratchet_key = position.peer_ratchet_key
        else:
            key = position.ratchet_key
            self._victim.ratchet_key, self._private_keys[key.public] = key.public, key.private.reveal()
        if isinstance(position, Sending):
            self._victim.chain = position.chain

    def read(self, envelope: bytes, *, from_victim: bool) -> bytes | None:
        """The content, if the thief can read it.  Envelopes come in the order in which they were sent."""
        direction = self._victim if from_victim else self._peer
        chain, header = direction.chain, None
        if chain is not None:
            header = self._header(envelope, chain.header_key)
        if header is None:
            header = self._header(envelope, direction.next_header_key)
            chain = None if header is None else self._turn(header, from_victim=from_victim)
        if header is None or chain is None:
            return None
        direction.chain, message_key = chain.skip_to(header.number, keep=0)[0].step()
        bound = self._bound + envelope[:_BODY]
        try:
            payload = unpad(xchacha_open(message_key, envelope[1:25], envelope[_BODY:], bound))
        except ForgedError:
            return None
        if payload[0] == ACCEPT and not from_victim:
            self._kem = self._kem.take_acceptance(payload[_CONTENT:], self._bound)
        return payload[_CONTENT:]

    def _header(self, envelope: bytes, header_key: bytes) -> Header | None:
        return headers.unseal(envelope[25:_BODY], header_key, envelope[1:25], self._bound + envelope[:1])

    def _turn(self, header: Header, *, from_victim: bool) -> Chain | None:
        """The new chain of a header, if its root step can be followed."""
        direction, other = (self._victim, self._peer) if from_victim else (self._peer, self._victim)
        step, shared = self._mix(header.epoch, from_victim=from_victim), self._agreed(header, other.ratchet_key)
        if step is None or shared is None:
            return None
        self._kem, mix = step
        self._root_key, chain_key, next_header_key = root.step(self._root_key, shared, mix)
        chain = Chain(direction.next_header_key, chain_key, 0)
        direction.next_header_key, direction.ratchet_key = next_header_key, header.ratchet_key
        return chain

    def _mix(self, epoch: int, *, from_victim: bool) -> tuple[KemRatchet, Mix] | None:
        if from_victim:
            after, mix = self._kem.into_sending_chain()
            return (after, mix) if mix.epoch == epoch else None
        try:
            return self._kem.into_receiving_chain(epoch)
        except MalformedError:
            return None

    def _agreed(self, header: Header, other: bytes | None) -> bytes | None:
        """The Diffie-Hellman result of two ratchet keys, from either private key."""
        if other is None:
            return None
        for own, public in ((header.ratchet_key, other), (other, header.ratchet_key)):
            if (private := self._private_keys.get(own)) is not None:
                try:
                    return x25519(private, public)
                except WeakKeyError:
                    return None
        return None
