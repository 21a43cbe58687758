"""Offers of ICE: their bytes, and what a contact may make us do by one."""

import os

import pytest

from crypto.errors import MalformedError
from net.dialling import OwnEndpoints, is_dialable
from net.endpoint import Endpoint
from net.ice_offer import NAME_BYTES, NO_NAME, NO_PIN, CandidateKind, IceCandidate, IceOffer, OfferName
from net.limits import MAX_CANDIDATES

PUBLIC = IceCandidate(CandidateKind.REFLEXIVE, Endpoint.parse("203.0.113.1:4000"))
SIXTH = IceCandidate(CandidateKind.RELAYED, Endpoint.parse("[2001:db8::1]:65535"))
OFFER = IceOffer(OfferName(b"abcdef"), NO_NAME, b"p" * 18, b"c" * 32, (PUBLIC, SIXTH))


def test_the_bytes_are_as_documented() -> None:
    expected = b"\x01abcdef" + bytes(6) + b"p" * 18 + b"c" * 32 + b"\x02"
    expected += b"\x01\x04\xcb\x00\x71\x01\xa0\x0f" + b"\x02\x06" + SIXTH.endpoint.address.packed + b"\xff\xff"
    assert OFFER.encode() == expected


def test_what_was_encoded_is_decoded() -> None:
    again = IceOffer.decode(OFFER.encode())
    assert (again.name, again.answers, again.password, again.pin) == (OFFER.name, NO_NAME, OFFER.password, OFFER.pin)
    assert again.candidates == OFFER.candidates


def test_the_largest_offer_fits_into_a_signal() -> None:
    assert len(OFFER.naming((SIXTH,) * 20).encode()) == 224


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x02" + OFFER.encode()[1:],
        OFFER.encode()[:-1],
        OFFER.encode() + b"\x00",
        OFFER.naming(()).encode()[:-1] + bytes([MAX_CANDIDATES + 1]),
        OFFER.naming(()).encode()[:-1] + b"\x01\x03\x04" + bytes(6),
        OFFER.naming(()).encode()[:-1] + b"\x01\x00\x05" + bytes(6),
        b"\x01" + bytes(NAME_BYTES) + OFFER.encode()[1 + NAME_BYTES :],
    ],
)
def test_anything_else_is_refused(content: bytes) -> None:
    with pytest.raises(MalformedError):
        IceOffer.decode(content)


def test_each_offer_has_a_name_and_a_password_of_its_own() -> None:
    one, other = (IceOffer.new(pin=NO_PIN, random=os.urandom) for _ in range(2))
    assert one.name != other.name
    assert one.password != other.password
    assert one.answering(other.name).answers == other.name


def test_names_and_passwords_are_what_ice_takes() -> None:
    """RFC 8445, section 5.3: at least 24 bits and 128 bits."""
    assert (OFFER.username, OFFER.ice_password) == ("YWJjZGVm", "cHBwcHBwcHBwcHBwcHBwcHBw")


def test_of_candidates_only_those_that_may_be_dialled_are_used() -> None:
    lures = ["127.0.0.1:5000", "192.168.1.1:5000", "224.0.0.1:5000", "203.0.113.1:53", "[::ffff:127.0.0.1]:5000"]
    aimed = tuple(IceCandidate(CandidateKind.HOST, Endpoint.parse(lure)) for lure in lures)
    public = IceCandidate(CandidateKind.HOST, Endpoint.parse("185.40.3.10:5000"))
    offer = OFFER.naming((*aimed, public, public))
    assert offer.allowed(lambda endpoint: is_dialable(endpoint, OwnEndpoints())) == (public,)
