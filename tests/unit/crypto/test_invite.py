"""Invites: their bytes, their two texts, and what is refused."""

import base64
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address

import pytest
import segno

from crypto.discovery_key import DiscoveryKey
from crypto.errors import ForgedError, LocalError, MalformedError, RemoteError, UnsupportedVersionError
from crypto.identity import PublicIdentity
from crypto.invite import Hint, Invite, InviteFlag
from crypto.primitives import blake2b, hkdf
from crypto.secret import Secret

POINT = bytes.fromhex("5866666666666666666666666666666666666666666666666666666666666666")
INVITER = PublicIdentity(signing_key=b"\x11" * 32, dh_key=b"\x22" * 32)
PSK = b"\x33" * 16
EXPIRY = 0x6B49D200
HINTS = tuple(Hint(IPv4Address(f"198.51.100.{number}"), 40_000) for number in range(1, 4))
SIXTH = Hint(IPv6Address("2001:db8::1"), 40_001)


def make(
    *,
    flags: InviteFlag = InviteFlag.NONE,
    hints: tuple[Hint, ...] = HINTS,
    expiry: int = EXPIRY,
    psk: bytes = PSK,
    point: bytes = POINT,
) -> Invite:
    return Invite(
        flags=flags,
        inviter=INVITER,
        psk=Secret(psk),
        rendezvous_point=point,
        expiry=expiry,
        hints=hints,
    )


def with_checksum(body: bytes) -> bytes:
    return body + blake2b(body, size_bytes=4, person=b"kith1-check")


def assert_same(invite: Invite, other: Invite) -> None:
    assert invite.encode() == other.encode()


def test_the_bytes_are_those_of_the_protocol() -> None:
    body = (
        b"\x01\x03" + b"\x11" * 32 + b"\x22" * 32 + PSK + POINT + bytes.fromhex("00d2496b")
        + bytes.fromhex("01 c6336401 409c")
    )  # fmt: skip
    invite = make(flags=InviteFlag.REUSABLE | InviteFlag.IN_PERSON, hints=HINTS[:1])
    assert invite.encode() == with_checksum(body)


def test_every_field_survives_the_wire() -> None:
    invite = make(flags=InviteFlag.IN_PERSON, hints=(*HINTS, SIXTH))
    decoded = Invite.decode(invite.encode())
    assert decoded.flags is InviteFlag.IN_PERSON
    assert decoded.inviter == INVITER
    assert decoded.psk.matches(invite.psk)
    assert decoded.rendezvous_point == POINT
    assert decoded.expiry == EXPIRY
    assert decoded.hints == (*HINTS, SIXTH)


def test_creating_draws_a_psk_and_keeps_the_hints_that_fit() -> None:
    many = tuple(Hint(IPv4Address(f"10.0.0.{number}"), 1) for number in range(1, 30))
    invite = Invite.create(
        INVITER, rendezvous_point=POINT, expiry=EXPIRY, hints=many, random=lambda size_bytes: b"\x44" * size_bytes
    )
    assert invite.psk.reveal() == b"\x44" * 16
    assert invite.hints == many[:10]
    assert invite.flags == InviteFlag.NONE
    other = Invite.create(INVITER, rendezvous_point=POINT, expiry=EXPIRY)
    assert not other.psk.matches(Invite.create(INVITER, rendezvous_point=POINT, expiry=EXPIRY).psk)


def test_unknown_flags_are_kept_for_the_id_and_mean_nothing() -> None:
    invite = make(flags=InviteFlag(0b1111_0001))
    decoded = Invite.decode(invite.encode())
    assert InviteFlag.REUSABLE in decoded.flags
    assert InviteFlag.IN_PERSON not in decoded.flags
    assert decoded.invite_id == invite.invite_id


# --- Keys and names


def test_the_id_covers_all_but_hints_and_checksum() -> None:
    invite = make()
    assert invite.invite_id == blake2b(invite.encode()[:118], size_bytes=32, person=b"kith1-invite")
    assert make(hints=()).invite_id == invite.invite_id
    others = [
        make(flags=InviteFlag.REUSABLE),
        make(psk=b"\x34" * 16),
        make(expiry=EXPIRY + 1),
        make(point=DiscoveryKey.generate().point),
        replace(invite, inviter=PublicIdentity(signing_key=b"\x11" * 32, dh_key=b"\x23" * 32)),
    ]
    assert len({other.invite_id for other in others} | {invite.invite_id}) == 6


def test_link_key_and_rendezvous_secret_come_from_the_psk_under_their_labels() -> None:
    invite = make()
    assert invite.link_key.reveal() == hkdf(salt=b"", ikm=PSK, info=b"kith1 invite link", size_bytes=32)
    assert invite.rendezvous_secret.reveal() == hkdf(salt=b"", ikm=PSK, info=b"kith1 rdv", size_bytes=32)


def test_printing_an_invite_shows_no_psk() -> None:
    assert repr(PSK) not in repr(make())


# --- What may be built


@pytest.mark.parametrize("expiry", [-1, 2**32])
def test_an_expiry_out_of_range_is_not_built(expiry: int) -> None:
    with pytest.raises(LocalError):
        make(expiry=expiry)


@pytest.mark.parametrize("psk", [b"", bytes(15), bytes(17)])
def test_a_psk_of_wrong_size_is_not_built(psk: bytes) -> None:
    with pytest.raises(LocalError):
        make(psk=psk)


def test_more_than_64_bytes_of_hints_are_not_built() -> None:
    ten = tuple(Hint(IPv4Address(f"10.0.0.{number}"), 1) for number in range(1, 11))
    assert len(make(hints=ten).encode()) == 118 + 61 + 4
    with pytest.raises(LocalError):
        make(hints=(*ten, HINTS[0]))


# --- What is refused


def test_a_newer_version_is_told_apart_from_damage() -> None:
    with pytest.raises(UnsupportedVersionError):
        Invite.decode(b"\x02" + make().encode()[1:])


def test_any_changed_byte_is_refused() -> None:
    encoded = make().encode()
    for position in range(len(encoded)):
        for change in (0x01, 0x80, 0xFF):
            damaged = bytearray(encoded)
            damaged[position] ^= change
            with pytest.raises((ForgedError, UnsupportedVersionError)):
                Invite.decode(bytes(damaged))


def test_any_cut_or_extension_is_refused() -> None:
    encoded = make().encode()
    for size_bytes in range(len(encoded)):
        with pytest.raises(RemoteError):
            Invite.decode(encoded[:size_bytes])
    with pytest.raises(ForgedError):
        Invite.decode(encoded + b"\0")


def test_a_sound_checksum_over_nonsense_is_refused() -> None:
    head = make(hints=()).encode()[:118]
    bad_point = head[:82] + b"\0" * 32 + head[114:]
    ten_ipv4_and_one_ipv6 = b"\x1a" + bytes(10 * 6 + 18)
    for body in [
        b"\x01",
        head,
        head + b"\0" + b"trailing",
        head + b"\x01" + bytes(5),
        bad_point + b"\0",
        head + ten_ipv4_and_one_ipv6,
    ]:
        with pytest.raises(MalformedError):
            Invite.decode(with_checksum(body))


def test_hints_nobody_should_dial_are_dropped() -> None:
    head = make(hints=()).encode()[:118]
    link_local, good = bytes.fromhex("a9fe0707 409c"), bytes.fromhex("c6336401 409c")
    assert Invite.decode(with_checksum(head + b"\x02" + link_local + good)).hints == HINTS[:1]


# --- Texts


def test_a_link_is_the_scheme_and_base64url() -> None:
    invite = make()
    link = invite.to_link()
    assert link.startswith("kith:AQ")
    assert base64.urlsafe_b64decode(link[5:] + "==") == invite.encode()
    assert_same(Invite.parse(link), invite)


def test_a_qr_text_is_the_scheme_and_base32_in_capitals() -> None:
    text = make(hints=HINTS[:2]).to_qr_text()
    assert text.startswith("KITH:AE")
    assert text == text.upper()
    assert_same(Invite.parse(text), make(hints=HINTS[:2]))


def test_a_qr_text_holds_the_first_two_ipv4_hints() -> None:
    invite = make(hints=(SIXTH, *HINTS))
    scanned = Invite.parse(invite.to_qr_text())
    assert scanned.hints == HINTS[:2]
    assert scanned.invite_id == invite.invite_id


def test_the_longest_texts_have_the_documented_length() -> None:
    most = make(hints=(*HINTS, *HINTS, *HINTS, HINTS[0]))
    assert len(most.to_qr_text()) == 221
    assert len(most.to_link()) <= 253


def test_a_full_qr_code_fits_version_8_with_medium_correction() -> None:
    code = segno.make(make(hints=HINTS).to_qr_text(), error="m", micro=False, boost_error=False)
    assert int(code.version) <= 8
    assert code.mode == "alphanumeric"


@pytest.mark.parametrize("scheme", ["kith:", "KITH:", "Kith:", "kItH:"])
def test_the_scheme_may_be_in_any_case_for_either_form(scheme: str) -> None:
    invite = make(hints=HINTS[:2])
    assert_same(Invite.parse(scheme + invite.to_link()[5:]), invite)
    assert_same(Invite.parse(scheme + invite.to_qr_text()[5:]), invite)


@pytest.mark.parametrize("around", [" ", "\n", "\r\n\t", "\u00a0"])
def test_white_space_around_a_text_is_ignored(around: str) -> None:
    assert_same(Invite.parse(around + make().to_link() + around), make())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "kith",
        "kith:",
        "kith:A",
        "KITH:A",
        "kith:ä",
        "kith:" + "A" * 200,
        "http://example.org",
        "kith://" + make().to_link()[5:],
        make().to_link()[5:],
        make().to_link()[:60] + "\n" + make().to_link()[60:],
        make().to_link() + "=",
        make().to_link() + "!",
        make(hints=()).to_qr_text() + "=",
        make().to_qr_text().lower().replace("kith:", "KITH:"),
        " " * 600 + make().to_link(),
        "kith:" + "A" * 100_000,
    ],
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(RemoteError):
        Invite.parse(text)


@pytest.mark.parametrize("count", [0, 1])
def test_unused_bits_of_the_last_character_must_be_zero(count: int) -> None:
    text = make(hints=HINTS[:count]).to_qr_text()
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    with pytest.raises(MalformedError):
        Invite.parse(text[:-1] + alphabet[alphabet.index(text[-1]) + 1])
