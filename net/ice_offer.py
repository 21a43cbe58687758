"""What two sides tell each other so that ICE can try to connect them (RFC 8445; ``docs/protocol.md``, section 6).

type        1   01: content of a signal
name        6   random: the offer's name, and its user fragment in base64
answers     6   the name of the offer that this one answers; zeros: none
password   18   random; the ICE password in base64
pin        32   SHA-256 of the certificate of the side that does not control; zeros from the other
count       1   at most 8 candidates
candidates      each: kind 1 (0 host, 1 server reflexive, 2 relayed) | family 1 (4 or 6) | address 4 or 16 | port 2

Whoever does not control is the QUIC server.  Priorities and foundations follow from the kinds.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from ipaddress import IPv4Address, IPv6Address
from typing import NewType, Self

from crypto.encoding import Reader, Writer
from crypto.errors import MalformedError
from crypto.primitives import Random
from net.endpoint import Endpoint
from net.limits import MAX_CANDIDATES

OfferName = NewType("OfferName", bytes)
"""Six random bytes."""

ICE_OFFER = 1
NAME_BYTES = 6
PASSWORD_BYTES = 18
PIN_BYTES = 32
NO_NAME = OfferName(bytes(NAME_BYTES))
NO_PIN = bytes(PIN_BYTES)


class CandidateKind(Enum):
    """Where a candidate address comes from, best first (RFC 8445, section 5.1.1)."""

    HOST = 0
    REFLEXIVE = 1
    RELAYED = 2


@dataclass(frozen=True, slots=True)
class IceCandidate:
    """Where one side may be reached by UDP."""

    kind: CandidateKind
    endpoint: Endpoint

    @property
    def plain_endpoint(self) -> Endpoint:
        """An IPv4 address in IPv6 clothes as what it is, or it would slip through."""
        return Endpoint.of(str(self.endpoint.address), self.endpoint.port)


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class IceOffer:
    """One side's half of an attempt; a secret between the two."""

    name: OfferName
    answers: OfferName
    password: bytes
    pin: bytes
    candidates: tuple[IceCandidate, ...]

    @classmethod
    def new(cls, *, pin: bytes, random: Random) -> Self:
        """An offer that answers none, and names no candidate yet."""
        return cls(OfferName(random(NAME_BYTES)), NO_NAME, random(PASSWORD_BYTES), pin, ())

    def naming(self, candidates: tuple[IceCandidate, ...]) -> Self:
        """The same with the first eight of these."""
        return replace(self, candidates=candidates[:MAX_CANDIDATES])

    def answering(self, name: OfferName) -> Self:
        """The same, as the answer to another."""
        return replace(self, answers=name)

    @property
    def username(self) -> str:
        """The user fragment, eight ICE characters."""
        return base64.b64encode(self.name).decode()

    @property
    def ice_password(self) -> str:
        """24 ICE characters."""
        return base64.b64encode(self.password).decode()

    def allowed(self, may_dial: Callable[[Endpoint], bool]) -> tuple[IceCandidate, ...]:
        """The candidates that a contact may make us send to, each address once."""
        found: dict[Endpoint, IceCandidate] = {}
        for candidate in self.candidates:
            if may_dial(plain := candidate.plain_endpoint):
                found.setdefault(plain, IceCandidate(candidate.kind, plain))
        return tuple(found.values())

    def encode(self) -> bytes:
        """At most 224 bytes."""
        writer = Writer().u8(ICE_OFFER).raw(self.name).raw(self.answers).raw(self.password).raw(self.pin)
        writer.u8(len(self.candidates))
        for candidate in self.candidates:
            address = candidate.endpoint.address
            writer.u8(candidate.kind.value).u8(address.version).raw(address.packed).u16(candidate.endpoint.port)
        return writer.finish()

    @classmethod
    def decode(cls, content: bytes) -> Self:
        """Read what the other side sent.

        Raises:
            MalformedError: it is not of this form.
        """
        reader = Reader(content)
        if reader.u8() != ICE_OFFER:
            raise MalformedError("not an offer")
        name, answers = OfferName(reader.raw(NAME_BYTES)), OfferName(reader.raw(NAME_BYTES))
        password, pin, count = reader.raw(PASSWORD_BYTES), reader.raw(PIN_BYTES), reader.u8()
        if count > MAX_CANDIDATES:
            raise MalformedError("too many candidates")
        if name == NO_NAME:
            raise MalformedError("an offer without a name")
        candidates = tuple(_candidate(reader) for _ in range(count))
        reader.finish()
        return cls(name, answers, password, pin, candidates)


def _candidate(reader: Reader) -> IceCandidate:
    kind, family = reader.u8(), reader.u8()
    if kind > CandidateKind.RELAYED.value:
        raise MalformedError("unknown kind of candidate")
    match family:
        case 4:
            address: IPv4Address | IPv6Address = IPv4Address(reader.raw(4))
        case 6:
            address = IPv6Address(reader.raw(16))
        case _:
            raise MalformedError("unknown address family")
    return IceCandidate(CandidateKind(kind), Endpoint(address, reader.u16()))
