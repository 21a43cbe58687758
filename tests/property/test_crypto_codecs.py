"""Codecs of ``crypto``: every value survives, every hostile byte string is refused as the peer's fault."""

from collections.abc import Callable
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from crypto.base_text import from_base32, from_base64url, to_base32, to_base64url
from crypto.discovery_key import DiscoveryKey, check_point
from crypto.encoding import Reader, Writer, listed
from crypto.errors import RemoteError
from crypto.hint import Hint, decode_hints, encode_hints, fitting_hints, hints_size, is_dialable
from crypto.identity import Identity, PublicIdentity
from crypto.invite import LINK_HINT_BYTES, Invite, InviteFlag
from crypto.padding import pad, padded_size, unpad
from crypto.primitives import blake2b
from crypto.secret import Secret
from crypto.vault import Argon2Cost, KeyringSlot, PassphraseSlot, Vault
from crypto.vault_slot import WrappedKey

POINTS = [DiscoveryKey.decode(Secret(n.to_bytes(32, "little") + bytes(32))).point for n in range(1, 9)]

addresses = st.integers(0, 2**32 - 1).map(IPv4Address) | st.integers(0, 2**128 - 1).map(IPv6Address)
hints = (
    st.tuples(addresses, st.integers(1, 65_535))
    .filter(lambda named: is_dialable(*named))
    .map(lambda named: Hint(*named))
)
identities = st.builds(
    PublicIdentity,
    signing_key=st.binary(min_size=32, max_size=32),
    dh_key=st.binary(min_size=32, max_size=32),
)
invites = st.builds(
    Invite,
    flags=st.integers(0, 255).map(InviteFlag),
    inviter=identities,
    psk=st.binary(min_size=16, max_size=16).map(Secret),
    rendezvous_point=st.sampled_from(POINTS),
    expiry=st.integers(0, 2**32 - 1),
    hints=st.lists(hints, max_size=12).map(lambda some: fitting_hints(some, LINK_HINT_BYTES)),
)
wrapped_keys = st.builds(
    WrappedKey, nonce=st.binary(min_size=24, max_size=24), sealed=st.binary(min_size=48, max_size=48)
)
slots = st.builds(KeyringSlot, wrapped=wrapped_keys) | st.builds(
    PassphraseSlot,
    cost=st.builds(Argon2Cost, memory_kib=st.integers(8, 1_048_576), passes=st.integers(1, 10)),
    salt=st.binary(min_size=16, max_size=16),
    wrapped=wrapped_keys,
)
vaults = st.builds(Vault, slots=st.lists(slots, min_size=1, max_size=8).map(tuple))


# --- What survives


@given(st.binary(max_size=9000))
def test_padding_comes_off(data: bytes) -> None:
    padded = pad(data)
    assert len(padded) == padded_size(len(data))
    assert unpad(padded) == data


@given(st.integers(0, 2**40))
def test_padding_is_little_and_grows_with_the_data(data_bytes: int) -> None:
    size_bytes = padded_size(data_bytes)
    assert data_bytes < size_bytes <= max(256, 2 * data_bytes)
    assert size_bytes <= padded_size(data_bytes + 1)
    assert padded_size(size_bytes - 1) == size_bytes  # a padded length is a step of the ladder itself


@given(st.binary(max_size=300))
def test_base_texts_survive(data: bytes) -> None:
    assert from_base32(to_base32(data)) == data
    assert from_base64url(to_base64url(data)) == data


@given(st.lists(st.binary(max_size=40), max_size=6), st.lists(st.binary(max_size=40), max_size=6))
def test_lists_are_injective(one: list[bytes], other: list[bytes]) -> None:
    assert (listed(*one) == listed(*other)) == (one == other)


@given(st.lists(st.binary(max_size=300), max_size=8))
def test_sized_fields_survive(fields: list[bytes]) -> None:
    writer = Writer()
    for field in fields:
        writer.sized(field)
    reader = Reader(writer.finish())
    assert [reader.sized() for _ in fields] == fields
    reader.finish()


@given(st.binary(min_size=64, max_size=64))
def test_any_64_bytes_are_an_identity_and_come_back(private: bytes) -> None:
    identity = Identity.decode(Secret(private))
    assert identity.encode().reveal() == private
    assert PublicIdentity.decode(identity.public.encode()) == identity.public


@given(st.lists(hints, max_size=12))
def test_hints_survive_with_ipv4_first(some: list[Hint]) -> None:
    encoded = encode_hints(some)
    assert len(encoded) == hints_size(some)
    assert decode_hints(Reader(encoded), max_bytes=len(encoded)) == fitting_hints(some, len(encoded))


@given(invites)
def test_invites_survive_as_bytes_link_and_qr_text(invite: Invite) -> None:
    assert Invite.decode(invite.encode()).encode() == invite.encode()
    assert Invite.parse(invite.to_link()).encode() == invite.encode()
    scanned = Invite.parse(invite.to_qr_text())
    assert scanned.invite_id == invite.invite_id
    assert scanned.link_key.matches(invite.link_key)
    assert scanned.hints == tuple(hint for hint in invite.hints if hint.address.version == 4)[:2]


@given(vaults)
def test_vaults_survive(vault: Vault) -> None:
    assert Vault.decode(vault.encode()) == vault


# --- What is refused


@given(invites, st.data())
def test_an_invite_with_any_other_byte_is_refused(invite: Invite, data: st.DataObject) -> None:
    encoded = bytearray(invite.encode())
    position = data.draw(st.integers(0, len(encoded) - 1))
    encoded[position] ^= data.draw(st.integers(1, 255))
    with pytest.raises(RemoteError):
        Invite.decode(bytes(encoded))


@given(invites, st.data())
def test_a_link_with_any_other_character_is_refused(invite: Invite, data: st.DataObject) -> None:
    link = data.draw(st.sampled_from([invite.to_link(), invite.to_qr_text()]))
    position = data.draw(st.integers(len("kith:"), len(link) - 1))
    character = data.draw(st.characters())
    assume(character != link[position])
    with pytest.raises(RemoteError):
        Invite.parse(link[:position] + character + link[position + 1 :])


DECODERS: list[Callable[[bytes], object]] = [
    Invite.decode,
    Vault.decode,
    PublicIdentity.decode,
    unpad,
    check_point,
    lambda data: Identity.decode(Secret(data)),
    lambda data: DiscoveryKey.decode(Secret(data)),
    lambda data: decode_hints(Reader(data), max_bytes=LINK_HINT_BYTES),
    lambda data: Reader(data).sized(),
]


@given(st.sampled_from(DECODERS), st.binary(max_size=300))
def test_decoders_raise_remote_errors_only(decode: Callable[[bytes], object], data: bytes) -> None:
    with suppress(RemoteError):
        decode(data)


@given(st.binary(max_size=200))
@example(b"")
def test_invites_behind_a_sound_checksum_raise_remote_errors_only(rest: bytes) -> None:
    body = b"\x01" + rest
    with suppress(RemoteError):
        Invite.decode(body + blake2b(body, size_bytes=4, person=b"kith1-check"))


@given(invites, st.binary(max_size=70))
def test_invites_with_any_hints_behind_a_sound_checksum_are_read_or_refused(invite: Invite, named: bytes) -> None:
    body = invite.encode()[:118] + named
    try:
        decoded = Invite.decode(body + blake2b(body, size_bytes=4, person=b"kith1-check"))
    except RemoteError:
        return
    assert decoded.invite_id == invite.invite_id
    assert all(is_dialable(hint.address, hint.port) for hint in decoded.hints)


@given(st.binary(max_size=300))
def test_vaults_behind_a_sound_magic_raise_remote_errors_only(rest: bytes) -> None:
    try:
        vault = Vault.decode(b"KITHVLT1" + rest)
    except RemoteError:
        return
    assert vault.encode() == b"KITHVLT1" + rest


@given(st.text(max_size=300))
def test_any_text_is_an_invite_or_refused(text: str) -> None:
    for candidate in (text, "kith:" + text):
        with pytest.raises(RemoteError):
            Invite.parse(candidate)


@given(st.text(alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZ234567abcxyz019-_=", max_size=30))
def test_a_base_text_that_reads_is_the_text_its_bytes_make(text: str) -> None:
    for read, write in ((from_base32, to_base32), (from_base64url, to_base64url)):
        try:
            data = read(text)
        except RemoteError:
            continue
        assert write(data) == text
