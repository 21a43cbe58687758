"""Kith's own vectors: this version still makes every byte of them, and reads them with nothing but the file."""

import hashlib
from functools import cache
from typing import cast

import pytest

from crypto import handshake, kem, session
from crypto.encoding import listed
from crypto.handshake import HalfOpen, Terms, UsedStatus
from crypto.identity import Identity
from crypto.invite import Invite
from crypto.link import FirstFlight, respond
from crypto.primitives import KeyPair, ed25519_verify, hkdf
from crypto.rendezvous import Rendezvous
from crypto.secret import Secret
from net.discovery.announcement import Announcement, lan_key
from net.discovery.record import Record
from tests.support.expanded_ed25519 import sign_expanded
from tests.vectors.generate import NOW_S, PATH, Json, as_text, generate, read, stored_encapsulations

Section = dict[str, str]


@cache
def vectors() -> dict[str, Json]:
    return read()


def section(name: str) -> Section:
    return cast("Section", vectors()[name])


def unhex(section_name: str, field: str) -> bytes:
    return bytes.fromhex(section(section_name)[field])


def person(name: str) -> Identity:
    keys = cast("dict[str, Section]", vectors()["identities"])[name]
    return Identity.decode(Secret(bytes.fromhex(keys["signing_seed"] + keys["dh_private"])))


def half_open() -> HalfOpen:
    invite = Invite.parse(section("invite")["link"])
    terms = Terms.of_invite(
        invite_id=invite.invite_id,
        psk=invite.psk,
        responder=invite.inviter,
        handshake_hash=unhex("link", "handshake_hash"),
    )
    return HalfOpen(
        terms=terms,
        prekey=KeyPair.from_private(unhex("first_contact", "prekey_private")),
        kem_seed=Secret(unhex("first_contact", "kem_seed")),
        psk=invite.psk,
        message=unhex("first_contact", "m2"),
    )


def test_every_byte_of_the_vectors_is_made_again() -> None:
    assert as_text(generate(stored_encapsulations(vectors()))) == PATH.read_text("utf-8")


def test_a_new_encapsulation_changes_nothing_but_what_follows_from_it() -> None:
    renewed = generate({})

    assert isinstance(renewed, dict)
    assert renewed["link"] == vectors()["link"]
    assert renewed["first_contact"] != vectors()["first_contact"]


@pytest.mark.parametrize("text", ["link", "qr_text"])
def test_both_texts_of_the_invite_name_it(text: str) -> None:
    assert Invite.parse(section("invite")[text]).invite_id == unhex("invite", "invite_id")


def test_an_announcement_on_the_lan_leads_the_holder_of_the_invite_to_its_poster() -> None:
    key = lan_key(Secret(unhex("link", "psk_link"))).reveal()
    announcement = Announcement.decode(unhex("announcement", "text"))

    assert key == unhex("announcement", "lan_key")
    assert announcement.matches([bytes(32), key]) == [1]
    assert [str(endpoint) for endpoint in announcement.endpoints] == ["192.0.2.7:4711", "[2001:db8::7]:4711"]


def test_a_record_on_the_dht_is_found_opened_and_signed_for_by_the_formulas() -> None:
    rendezvous = Rendezvous(unhex("rendezvous", "A"), Secret(unhex("rendezvous", "S")))
    epoch = int(str(section("rendezvous")["epoch"]))
    opened = rendezvous.open(epoch, unhex("rendezvous", "value"))

    assert rendezvous.item_key(epoch) == unhex("rendezvous", "item_key")
    assert opened == unhex("rendezvous", "record")
    assert [str(each) for each in Record.decode(opened).endpoints] == ["192.0.2.7:4711", "[2001:db8::7]:4711"]
    signature = sign_expanded(unhex("rendezvous", "signing_key"), b"any value")
    ed25519_verify(unhex("rendezvous", "item_key"), b"any value", signature)


def test_the_responder_answers_the_first_flight_with_the_second() -> None:
    flight = FirstFlight.decode(unhex("link", "first_flight"))
    ephemeral = KeyPair.from_private(unhex("link", "responder_ephemeral"))

    second_flight, secrets = respond(Secret(unhex("link", "psk_link")), flight, ephemeral)

    assert second_flight == unhex("link", "second_flight")
    assert secrets.handshake_hash == unhex("link", "handshake_hash")


def test_the_kem_secret_is_that_of_the_ciphertext() -> None:
    secret = kem.decapsulate(Secret(unhex("first_contact", "kem_seed")), unhex("first_contact", "kem_ciphertext"))

    assert secret.reveal() == unhex("first_contact", "kem_secret")


def test_the_result_of_the_epoch_is_that_of_its_seed_and_ciphertext() -> None:
    epoch = section("epoch")
    seed, ciphertext = Secret(unhex("epoch", "seed")), unhex("epoch", "kem_ciphertext")
    public_key, shared = kem.decapsulate_with_public_key(seed, ciphertext)
    bound = unhex("first_contact", "associated_data")
    info = listed(b"kith1 pq", b"\x01\0\0\0", bound, hashlib.sha256(public_key + ciphertext).digest())
    output = hkdf(salt=unhex("first_contact", "pq_secret"), ikm=shared.reveal(), info=info, size_bytes=96)
    update = unhex("epoch", "upd_1")

    assert shared.reveal() == unhex("epoch", "kem_secret")
    assert output.hex() == epoch["pqs_1"] + epoch["pqm_1"] + epoch["upd_1"]
    for name in ("resume", "pair"):
        root = unhex("first_contact", name)
        assert hkdf(salt=root, ikm=update, info=b"kith1 " + name.encode(), size_bytes=32) == unhex("epoch", f"{name}_1")


def test_the_responder_accepts_m3_and_seals_its_first_envelope() -> None:
    accepted = handshake.accept(half_open(), person("rolf"), unhex("first_contact", "m3"), now_s=NOW_S)
    assert accepted.peer == person("iris").public
    assert accepted.transcript == unhex("first_contact", "th")
    assert accepted.first_payload.content == b"hello from Iris"

    conversation = cast("dict[str, list[Section]]", vectors()["conversation"])
    welcome = conversation["envelopes"][0]
    _, envelope = session.encrypt(
        accepted.session,
        1,
        bytes.fromhex(welcome["message_id"]),
        b"welcome",
        random=_Replay(bytes.fromhex(welcome["randomness"])),
    )
    assert envelope.hex() == welcome["envelope"]


def test_the_used_notice_is_the_responders() -> None:
    notice = handshake.read_used_notice(
        person("rolf").public, unhex("link", "handshake_hash"), unhex("used_notice", "used")
    )

    assert (notice.status, notice.ephemeral_hash) == (UsedStatus.USED, unhex("used_notice", "ephemeral_hash"))


class _Replay:
    """Recorded randomness, drawn in its order."""

    def __init__(self, recorded: bytes) -> None:
        self._rest = recorded

    def __call__(self, size_bytes: int) -> bytes:
        drawn, self._rest = self._rest[:size_bytes], self._rest[size_bytes:]
        return drawn
