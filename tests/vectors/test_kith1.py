"""Kith's own vectors: this version still makes every byte of them, and reads them with nothing but the file."""

import hashlib
from collections.abc import Sequence
from functools import cache
from typing import cast
from unittest import mock

import pytest

from app.domain.content import ContentType, TextContent, decode_ids, decode_transcripts
from app.domain.passing_content import PassContent, decode_passed
from app.storage.export.rows import ExportedRow, RowDecoder
from crypto import handshake, kem, session
from crypto.encoding import listed
from crypto.errors import RemoteError
from crypto.handshake import HalfOpen, Terms, UsedStatus
from crypto.identity import Identity
from crypto.invite import Invite
from crypto.labels import MAX_SKIPPED_AGE_S
from crypto.link import FirstFlight, respond
from crypto.primitives import KeyPair, ed25519_verify, hkdf, x25519
from crypto.rendezvous import Rendezvous
from crypto.sealed_file import HEADER_BYTES, FileHeader, open_piece
from crypto.secret import Secret
from crypto.session import Session
from crypto.signal import SignalBox, ring_hints
from net.discovery.announcement import Announcement, lan_key
from net.discovery.record import Record
from net.discovery.signal import Signal
from tests.support.expanded_ed25519 import sign_expanded
from tests.vectors.contents import profile
from tests.vectors.generate import PATH, as_text, generate, read, stored_encapsulations
from tests.vectors.stream import NOW_S, Json

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
        kem_key=kem.PrivateKey(Secret(unhex("first_contact", "kem_seed"))),
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
    assert rendezvous.bell(epoch) == unhex("rendezvous", "bell")


def test_whoever_shares_the_link_key_reads_the_signal_and_knows_the_rings() -> None:
    key = Secret(unhex("signal", "psk_link"))
    epoch = int(str(section("signal")["epoch"]))
    box = SignalBox.of(key, epoch, from_controlling=True)

    assert box.item_key == unhex("signal", "item_key")
    assert box.open(unhex("signal", "value")) == unhex("signal", "content")
    assert Signal.decode(unhex("signal", "content")).content == b"any content"
    signature = sign_expanded(unhex("signal", "signing_key"), b"any value")
    ed25519_verify(unhex("signal", "item_key"), b"any value", signature)
    other = SignalBox.of(key, epoch, from_controlling=False)
    assert other.item_key == unhex("signal", "item_key_other_direction")
    assert " ".join(map(str, ring_hints(key, unhex("signal", "bell")))) == section("signal")["ring_hints"]


def test_the_responder_answers_the_first_flight_with_the_second() -> None:
    flight = FirstFlight.decode(unhex("link", "first_flight"))
    ephemeral = KeyPair.from_private(unhex("link", "responder_ephemeral"))

    second_flight, secrets = respond(Secret(unhex("link", "psk_link")), flight, ephemeral)

    assert second_flight == unhex("link", "second_flight")
    assert secrets.handshake_hash == unhex("link", "handshake_hash")


def test_the_kem_secret_is_that_of_the_ciphertext() -> None:
    key = kem.PrivateKey(Secret(unhex("first_contact", "kem_seed")))

    assert key.decapsulate(unhex("first_contact", "kem_ciphertext")).reveal() == unhex("first_contact", "kem_secret")


def test_the_result_of_the_epoch_is_that_of_its_seed_and_ciphertext() -> None:
    epoch = section("epoch")
    key, ciphertext = kem.PrivateKey(Secret(unhex("epoch", "seed"))), unhex("epoch", "kem_ciphertext")
    shared = key.decapsulate(ciphertext)
    bound = unhex("first_contact", "associated_data")
    info = listed(b"kith1 pq", b"\x01\0\0\0", bound, hashlib.sha256(key.public + ciphertext).digest())
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
    assert accepted.first_payload.content == profile("Iris")

    conversation = cast("dict[str, list[Section]]", vectors()["conversation"])
    welcome = conversation["envelopes"][0]
    _, envelope = session.encrypt(
        accepted.session,
        1,
        bytes.fromhex(welcome["message_id"]),
        bytes.fromhex(welcome["content"]),
        random=_Replay(bytes.fromhex(welcome["randomness"])),
    )
    assert envelope.hex() == welcome["envelope"]


def test_the_used_notice_is_the_responders() -> None:
    notice = handshake.read_used_notice(
        person("rolf").public, unhex("link", "handshake_hash"), unhex("used_notice", "used")
    )

    assert (notice.status, notice.ephemeral_hash) == (UsedStatus.USED, unhex("used_notice", "ephemeral_hash"))


def test_late_envelopes_are_read_in_the_order_in_which_they_arrive() -> None:
    """With nothing but the keys of the responder, from M3 on: what comes late, and what is sealed anew."""
    rolf = handshake.accept(half_open(), person("rolf"), unhex("first_contact", "m3"), now_s=NOW_S).session
    rolf = _played(rolf, "conversation", ["rolf 1", "iris 2", "iris 1", "rolf 2"])
    with mock.patch.object(kem, "encapsulate", return_value=_encapsulated("epoch")):
        rolf = _played(rolf, "epoch", ["iris 3", "rolf 3", "iris 4", "rolf 4"])
    rolf = _played(rolf, "late", ["iris 7", "rolf 5", "iris 8", "iris 5"])
    rolf = session.expire_skipped(rolf, now_s=NOW_S + MAX_SKIPPED_AGE_S + 1)
    with pytest.raises(RemoteError):
        _played(rolf, "late", ["iris 6"])
    rolf = _played(rolf, "late", ["rolf 6", "rolf 7", "iris 9"])
    assert rolf.highest_received_count == 10


def test_what_is_sealed_anew_says_the_same_under_the_same_id() -> None:
    lost, again = _envelope("late", "iris 6"), _envelope("late", "iris 9")
    for field in ("type", "message_id", "content"):
        assert lost[field] == again[field]
    assert lost["envelope"] != again["envelope"]
    assert _envelope("late", "rolf 6")["content"] == lost["envelope_id"]
    assert _envelope("late", "rolf 7")["content"] == section("first_contact")["th"]


def test_each_content_is_written_again_and_no_type_lacks_one() -> None:
    listed = cast("list[dict[str, Json]]", vectors()["contents"])
    of_session = {ContentType.EMPTY, ContentType.OFFER, ContentType.ACCEPT, ContentType.TYPING}
    assert {entry["type"] for entry in listed} == set(ContentType) - of_session
    by_type = {entry["type"]: bytes.fromhex(str(entry["content"])) for entry in listed}
    assert TextContent.decode(by_type[ContentType.TEXT]).text == "🛢"
    [passing] = [entry for entry in listed if entry["type"] == ContentType.PASS]
    asked = PassContent.decode(by_type[ContentType.PASS])
    assert asked.names(bytes.fromhex(str(passing["fingerprint"])))
    assert (asked.nonce.hex(), asked.tag.hex()) == (passing["nonce"], passing["tag"])
    assert asked.value == decode_passed(by_type[ContentType.PASSED])
    assert len(decode_ids(by_type[ContentType.RE_REQUEST])) == len(decode_transcripts(by_type[ContentType.BROKEN])) == 2


def test_an_exported_file_opens_with_its_passphrase() -> None:
    file = unhex("export", "file")
    header = FileHeader.decode(file[:HEADER_BYTES])
    key = header.key(section("export")["passphrase"])
    plaintext = open_piece(header, key, 0, file[HEADER_BYTES:])
    assert (key.reveal(), plaintext) == (unhex("export", "key"), unhex("export", "plaintext"))
    decoder = RowDecoder()
    assert list(decoder.take(plaintext)) == [ExportedRow("settings", ("setting lan", "off"))]
    assert decoder.version == 5


def test_hints_are_keyed_hashes_of_what_stands_beside_them() -> None:
    hints = cast("dict[str, Section]", vectors()["hints"])
    of_link, on_lan, of_resume = (
        {name: bytes.fromhex(value) for name, value in hints[kind].items()} for kind in ("link", "lan", "resume")
    )
    made = hashlib.blake2b(b"kith1 hint" + of_link["ephemeral"], key=of_link["psk_link"], digest_size=16)
    assert made.digest() == of_link["hint"] == unhex("link", "first_flight")[32:48]
    made = hashlib.blake2b(listed(on_lan["n"], on_lan["a4"], on_lan["a6"]), key=on_lan["lan_key"], digest_size=4)
    assert made.digest() == on_lan["hint"]
    made = hashlib.blake2b(listed(b"kith1 resume hint", of_resume["h"]), key=of_resume["resume"], digest_size=8)
    assert made.digest() == of_resume["hint"]


def _envelope(section_name: str, name: str) -> Section:
    envelopes = cast("dict[str, list[Section]]", vectors()[section_name])["envelopes"]
    return next(envelope for envelope in envelopes if envelope["name"] == name)


def _encapsulated(section_name: str) -> tuple[bytes, Secret]:
    return unhex(section_name, "kem_ciphertext"), Secret(unhex(section_name, "kem_secret"))


def _played(rolf: Session, section_name: str, names: Sequence[str]) -> Session:
    """Rolf's session after these envelopes: his own are made again, those of Iris are read."""
    for name in names:
        vector = _envelope(section_name, name)
        content, envelope = bytes.fromhex(vector["content"]), bytes.fromhex(vector["envelope"])
        if name.startswith("rolf"):
            random = _Replay(bytes.fromhex(vector["randomness"]))
            message_id = bytes.fromhex(vector["message_id"])
            rolf, made = session.encrypt(rolf, int(vector["type"]), message_id, content, random=random)
            assert made == envelope
        else:
            rolf, payload = session.decrypt(rolf, envelope, now_s=NOW_S)
            assert (payload.type, payload.count) == (int(vector["type"]), int(vector["count"]))
            assert payload.content == content
    return rolf


class _Replay:
    """Recorded randomness, drawn in its order."""

    def __init__(self, recorded: bytes) -> None:
        self._rest = recorded

    def __call__(self, size_bytes: int) -> bytes:
        drawn, self._rest = self._rest[:size_bytes], self._rest[size_bytes:]
        return drawn


@pytest.mark.parametrize("name", ["reset_without_resume", "reset_with_resume"])
def test_the_transcript_and_the_keys_of_a_reset_follow_from_the_formulas(name: str) -> None:
    iris, rolf = person("iris"), person("rolf")
    m2, ciphertext, h = unhex(name, "m2"), unhex(name, "kem_ciphertext"), unhex("link", "handshake_hash")
    ephemeral = KeyPair.from_private(unhex(name, "ephemeral_private"))
    static = x25519(ephemeral.private.reveal(), rolf.public.dh_key)
    prekey = x25519(ephemeral.private.reveal(), m2[7:39])
    resume = unhex("reset", "resume") if name == "reset_with_resume" else bytes(32)
    psk = hkdf(salt=unhex("reset", "reset_secret"), ikm=resume, info=b"kith1 reset psk", size_bytes=32)
    th = hashlib.sha256(
        listed(b"kith1 th", b"\1", b"\1", bytes(32), rolf.public.encode(), h, m2, ephemeral.public, ciphertext)
    ).digest()
    material = b"\xff" * 32 + static + prekey + unhex(name, "kem_secret") + psk

    assert m2[6] == (name == "reset_with_resume")
    assert psk == unhex(name, "psk")
    assert th == unhex(name, "th")
    assert hkdf(salt=bytes(32), ikm=material, info=listed(b"kith1 k1", th), size_bytes=64) == (
        unhex(name, "k1") + unhex(name, "s1")
    )
    digits = hashlib.blake2b(
        listed(th, hashlib.sha256(unhex(name, "m4")).digest()), digest_size=64, person=b"kith1-sas"
    ).digest()
    assert section(name)["digits"] == f"{int.from_bytes(digits, 'little') % 10**60:060}"
    assert iris.public != rolf.public


def test_the_hint_of_a_resumed_reset_is_that_of_its_secret_on_this_link() -> None:
    h, resume = unhex("link", "handshake_hash"), unhex("reset", "resume")
    hint = hashlib.blake2b(listed(b"kith1 resume hint", h), digest_size=8, key=resume).digest()

    assert unhex("reset_with_resume", "request") == b"\x06" + hint
    assert unhex("reset_without_resume", "request")[:1] == b"\x06"
    assert unhex("reset_without_resume", "request")[1:] != hint
