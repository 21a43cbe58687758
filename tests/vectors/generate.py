"""Writes ``kith1.json``: Kith's own test vectors, from fixed randomness (``docs/protocol.md``, Assurance).

    python -m tests.vectors.generate

Bytes are hexadecimal.  Randomness called ``x`` in the file is SHAKE-256("kith1 vectors" ‖ x), read from its beginning,
so a new vector changes no other.  Only ML-KEM's encapsulation cannot be fixed, since no library we use lets us:
ciphertexts and shared secrets are made once and then taken from the file.
"""

import json
from contextlib import suppress
from dataclasses import dataclass, fields
from hashlib import blake2b
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import TypeAlias, cast
from unittest import mock

from app.domain.content import ContentType, TextContent, encode_ids, encode_transcripts
from app.storage.export.rows import encode_row, encode_version
from crypto import handshake, kem, link, session
from crypto.discovery_key import DiscoveryKey
from crypto.encoding import listed
from crypto.errors import RemoteError
from crypto.handshake import Accepted, Attempt, Confirmation, FirstPayload, HalfOpen, Terms, UsedStatus
from crypto.handshake.key_schedule import FirstKeys
from crypto.handshake.terms import Parties
from crypto.hint import Hint
from crypto.identity import Identity
from crypto.invite import Invite
from crypto.labels import MAX_SKIPPED_AGE_S
from crypto.link import LinkSecrets
from crypto.padding import pad, padded_size
from crypto.passphrase import Argon2Cost
from crypto.primitives import KeyPair, x25519
from crypto.rendezvous import OwnRendezvous, Rendezvous
from crypto.safety_number import safety_number
from crypto.sealed_file import FileHeader, seal_piece
from crypto.secret import Secret
from crypto.session import Session
from crypto.signal import SignalBox, ring_hints
from net.discovery.announcement import announce, lan_key
from net.discovery.record import Record
from net.discovery.signal import Signal
from net.endpoint import Endpoint
from net.link.frames import FrameType, FrameWriter
from tests.vectors.contents import CLOCK, contents, profile, progress
from tests.vectors.stream import NOW_S, Json, Stream, received, sent

PATH = Path(__file__).parent / "kith1.json"
EXPIRY_S = NOW_S + 7 * 24 * 3600

ENCAPSULATING = ("first_contact", "epoch", "reset_without_resume", "reset_with_resume")
"""Sections with an ML-KEM ciphertext and its secret."""

StoredKem: TypeAlias = dict[str, dict[str, str]]


@dataclass(frozen=True)
class World:
    """Iris dials the invite of Rolf."""

    iris: Identity
    rolf: Identity
    invite: Invite
    link: tuple[LinkSecrets, LinkSecrets]

    @property
    def terms(self) -> Terms:
        return Terms.of_invite(
            invite_id=self.invite.invite_id,
            psk=self.invite.psk,
            responder=self.rolf.public,
            handshake_hash=self.link[0].handshake_hash,
        )


def generate(stored_kem: StoredKem) -> Json:
    """All vectors; ``stored_kem`` are the encapsulations of the file before, by section; what is missing is made."""
    iris, rolf = Identity.generate(Stream("iris")), Identity.generate(Stream("rolf"))
    invite = _invite(rolf)
    link_vector, secrets = _link(invite)
    world = World(iris, rolf, invite, secrets)
    half_open, attempt, accepted, first_contact = _first_contact(world, stored_kem.get("first_contact"))
    conversation, iris_later, rolf_later = _conversation(attempt, accepted)
    epoch, iris_later, rolf_later = _epoch(iris_later, rolf_later, stored_kem.get("epoch"))
    late, iris_later, rolf_later = _late(iris_later, rolf_later)
    return {
        "identities": {"iris": _identity(iris), "rolf": _identity(rolf)},
        "safety_number": safety_number(iris.public, rolf.public),
        "invite": _invite_vector(invite),
        "link": link_vector,
        "announcement": _announcement(invite),
        "rendezvous": _rendezvous(),
        "signal": _signal(invite),
        "first_contact": first_contact,
        "conversation": conversation,
        "epoch": epoch,
        "late": late,
        "contents": contents(),
        "progress": progress(attempt.transcript),
        "hints": _hints(world, link_vector, world.terms.handshake_hash),
        "used_notice": _used_notice(world, attempt),
        "reset": _reset(world, half_open.terms.handshake_hash),
        "reset_without_resume": _reset_handshake(world, None, stored_kem.get("reset_without_resume")),
        "reset_with_resume": _reset_handshake(world, Secret(Stream("resume")(32)), stored_kem.get("reset_with_resume")),
        "export": _export(),
        "padding": _padding(),
    }


def read() -> dict[str, Json]:
    """The vectors of the file."""
    return cast("dict[str, Json]", json.loads(PATH.read_text("utf-8")))


def stored_encapsulations(vectors: dict[str, Json]) -> StoredKem:
    sections = {name: cast("dict[str, str]", vectors[name]) for name in ENCAPSULATING if name in vectors}
    return {
        name: {field: section[field] for field in ("kem_ciphertext", "kem_secret")}
        for name, section in sections.items()
    }


def as_text(vectors: Json) -> str:
    return json.dumps(vectors, indent=1, ensure_ascii=False) + "\n"


def _identity(identity: Identity) -> Json:
    return {
        "signing_seed": identity.signing_seed.reveal().hex(),
        "dh_private": identity.dh.private.reveal().hex(),
        "public": identity.public.encode().hex(),
        "binding": identity.binding.hex(),
        "fingerprint": identity.public.fingerprint.hex(),
        "account_id": identity.public.account_id,
    }


def _invite(rolf: Identity) -> Invite:
    return Invite.create(
        rolf.public,
        rendezvous_point=DiscoveryKey.generate(Stream("rendezvous")).point,
        expiry=EXPIRY_S,
        hints=[Hint(IPv4Address("192.0.2.7"), 4711), Hint(IPv6Address("2001:db8::7"), 4711)],
        random=Stream("invite"),
    )


def _invite_vector(invite: Invite) -> Json:
    return {
        "flags": invite.flags,
        "psk": invite.psk.reveal().hex(),
        "rendezvous_point": invite.rendezvous_point.hex(),
        "expiry": invite.expiry,
        "hints": [f"{hint.address} {hint.port}" for hint in invite.hints],
        "encoded": invite.encode().hex(),
        "invite_id": invite.invite_id.hex(),
        "link": invite.to_link(),
        "qr_text": invite.to_qr_text(),
        "link_key": invite.link_key.reveal().hex(),
        "rendezvous_secret": invite.rendezvous_secret.reveal().hex(),
    }


def _link(invite: Invite) -> tuple[Json, tuple[LinkSecrets, LinkSecrets]]:
    initiator_key, responder_key = (KeyPair.from_private(Stream(f"link {side}")(32)) for side in "ir")
    initiator = link.initiate(invite.link_key, initiator_key)
    flight = link.FirstFlight.decode(initiator.first_flight)
    second_flight, at_responder = link.respond(invite.link_key, flight, responder_key)
    at_initiator = initiator.finish(second_flight)
    writer = FrameWriter(at_initiator.sending_key)
    frames = [writer.seal(FrameType.PING, bytes(range(8))), writer.rekey(), writer.seal(FrameType.CONFIRM)]
    vector: Json = {
        "psk_link": invite.link_key.reveal().hex(),
        "initiator_ephemeral": initiator_key.private.reveal().hex(),
        "responder_ephemeral": responder_key.private.reveal().hex(),
        "first_flight": initiator.first_flight.hex(),
        "second_flight": second_flight.hex(),
        "handshake_hash": at_initiator.handshake_hash.hex(),
        "initiator_key": at_initiator.sending_key.reveal().hex(),
        "responder_key": at_responder.sending_key.reveal().hex(),
        "initiator_frames_ping_rekey_confirm": [frame.hex() for frame in frames],
    }
    return vector, (at_initiator, at_responder)


def _announcement(invite: Invite) -> Json:
    key = lan_key(invite.link_key).reveal()
    endpoints = [Endpoint.parse("192.0.2.7:4711"), Endpoint.parse("[2001:db8::7]:4711")]
    return {"lan_key": key.hex(), "text": announce([key], endpoints, Stream("announcement")).hex()}


def _rendezvous() -> Json:
    key, epoch, random = DiscoveryKey.generate(Stream("discovery key")), 125_000, Stream("record")
    own = OwnRendezvous(Rendezvous(key.point, key.secret), key.scalar)
    record = Record(NOW_S, (Endpoint.of("192.0.2.7", 4711), Endpoint.of("2001:db8::7", 4711))).encode()
    return {
        "a": key.scalar.reveal().hex(),
        "A": key.point.hex(),
        "S": key.secret.reveal().hex(),
        "epoch": epoch,
        "h": own.shared.blinding(epoch).hex(),
        "item_key": own.shared.item_key(epoch).hex(),
        "signing_key": own.signing_key(epoch).reveal().hex(),
        "record": record.hex(),
        "value": own.shared.seal(epoch, record, random=random).hex(),
        "bell": own.shared.bell(epoch).hex(),
    }


def _signal(invite: Invite) -> Json:
    epoch, bell = 125_000, bytes(range(20))
    box = SignalBox.of(invite.link_key, epoch, from_controlling=True)
    content = Signal(NOW_S * 1000, (Endpoint.of("192.0.2.7", 4711),), b"any content").encode()
    return {
        "psk_link": invite.link_key.reveal().hex(),
        "epoch": epoch,
        "seed": box.seed.reveal().hex(),
        "signing_key": box.signing_key.reveal().hex(),
        "item_key": box.item_key.hex(),
        "content": content.hex(),
        "value": box.seal(content, random=Stream("signal")).hex(),
        "item_key_other_direction": SignalBox.of(invite.link_key, epoch, from_controlling=False).item_key.hex(),
        "bell": bell.hex(),
        "ring_hints": " ".join(map(str, ring_hints(invite.link_key, bell))),
    }


def _first_contact(world: World, stored_kem: dict[str, str] | None) -> tuple[HalfOpen, Attempt, Accepted, Json]:
    half_open = handshake.offer(world.terms, world.rolf, random=Stream("offer"))
    hello = (int(ContentType.PROFILE), bytes(range(16)), profile("Iris"))
    return _answered(world, half_open, Stream("answer"), hello, stored_kem)


def _answered(
    world: World,
    half_open: HalfOpen,
    answering: Stream,
    hello: FirstPayload,
    stored_kem: dict[str, str] | None,
) -> tuple[HalfOpen, Attempt, Accepted, Json]:
    """The rest of a handshake whose M2 is made."""
    bundle = handshake.decode(half_open.message)
    assert isinstance(bundle, handshake.Bundle)
    ciphertext, kem_secret = _encapsulation(bundle.kem_key, stored_kem)
    with mock.patch.object(kem, "encapsulate", return_value=(ciphertext, kem_secret)):
        attempt = handshake.answer(half_open.terms, world.iris, half_open.message, hello, random=answering)
    accepted = handshake.accept(half_open, world.rolf, attempt.message, now_s=NOW_S)
    ephemeral_private = answering.taken[:32]
    first_keys = FirstKeys.derive(
        identity_dh=x25519(ephemeral_private, world.rolf.public.dh_key),
        prekey_dh=x25519(ephemeral_private, bundle.prekey),
        kem_secret=kem_secret,
        psk=half_open.psk,
        transcript=attempt.transcript,
    )
    parties = Parties(world.iris.public, world.rolf.public, initiator_device=0)
    static_dh = x25519(world.iris.dh.private.reveal(), bundle.prekey)
    session_keys = first_keys.session_keys(static_dh=static_dh, parties=parties)
    vector: Json = {
        "prekey_private": half_open.prekey.private.reveal().hex(),
        "kem_seed": half_open.kem_key.seed.reveal().hex(),
        "m2": half_open.message.hex(),
        "ephemeral_private": ephemeral_private.hex(),
        "ratchet_private_and_nonce": answering.taken[32:].hex(),
        "kem_ciphertext": ciphertext.hex(),
        "kem_secret": kem_secret.reveal().hex(),
        "th": attempt.transcript.hex(),
        "k1": first_keys.seal_key.reveal().hex(),
        "s1": first_keys.session_salt.reveal().hex(),
        **{name.name: getattr(session_keys, name.name).reveal().hex() for name in fields(session_keys)},
        "associated_data": attempt.session.associated_data.hex(),
        "m3": attempt.message.hex(),
    }
    return half_open, attempt, accepted, vector


def _encapsulation(public_key: bytes, stored: dict[str, str] | None) -> tuple[bytes, Secret]:
    if stored is None:
        return kem.encapsulate(public_key)
    return bytes.fromhex(stored["kem_ciphertext"]), Secret(bytes.fromhex(stored["kem_secret"]))


def _conversation(attempt: Attempt, accepted: Accepted) -> tuple[Json, Session, Session]:
    """Both talk in turns, and one of Iris' messages comes late; the envelope in M3 was number 0."""
    iris, rolf = attempt.session, accepted.session
    text = TextContent(clock=CLOCK, sent_at=NOW_S, text="Grüße" * 50).encode()
    rolf, welcome, welcome_vector = sent(rolf, "rolf 1", ContentType.PROFILE, profile("Rolf"))
    iris = received(iris, welcome, profile("Rolf"))
    iris, first, first_vector = sent(iris, "iris 1", ContentType.EMPTY, b"")
    iris, second, second_vector = sent(iris, "iris 2", ContentType.TEXT, text)
    rolf = received(rolf, second, text)
    rolf = received(rolf, first, b"")
    rolf, answer, answer_vector = sent(rolf, "rolf 2", ContentType.EMPTY, bytes(300))
    iris = received(iris, answer, bytes(300))
    m4 = Confirmation(welcome).encode()
    vector: Json = {
        "check_digits": handshake.check_digits(attempt.transcript, m4),
        "session_digits": handshake.reset_digits(attempt.transcript, m4),
        "m4": m4.hex(),
        "envelopes": [welcome_vector, first_vector, second_vector, answer_vector],
    }
    return vector, iris, rolf


def _epoch(iris: Session, rolf: Session, stored_kem: dict[str, str] | None) -> tuple[Json, Session, Session]:
    """The conversation goes on, and its first ML-KEM epoch enters the root chain."""
    seed = Stream("epoch")
    iris, offer_content = session.offer(iris, now_s=NOW_S, random=seed)
    iris, offer, offer_vector = sent(iris, "iris 3", session.OFFER, offer_content)
    ciphertext, kem_secret = _encapsulation(offer_content[4:], stored_kem)
    with mock.patch.object(kem, "encapsulate", return_value=(ciphertext, kem_secret)):
        rolf = received(rolf, offer, offer_content)
    accept_content, pending = session.acceptance(rolf), rolf.ratchet.kem.pending
    assert accept_content is not None
    assert pending is not None
    rolf, accept, accept_vector = sent(rolf, "rolf 3", session.ACCEPT, accept_content)
    iris = received(iris, accept, accept_content)
    iris, mixing, mixing_vector = sent(iris, "iris 4", ContentType.EMPTY, b"mixed")
    rolf = received(rolf, mixing, b"mixed")
    rolf, proof, proof_vector = sent(rolf, "rolf 4", ContentType.EMPTY, b"proved")
    iris = received(iris, proof, b"proved")
    assert iris.ratchet.kem.applied == rolf.ratchet.kem.applied == 1
    vector: Json = {
        "seed": seed.taken.hex(),
        "kem_ciphertext": ciphertext.hex(),
        "kem_secret": kem_secret.reveal().hex(),
        "pqs_1": pending.secret.hex(),
        "pqm_1": pending.mix_key.hex(),
        "upd_1": pending.update.hex(),
        "resume_1": iris.resume.reveal().hex(),
        "pair_1": iris.pair.reveal().hex(),
        "envelopes": [offer_vector, accept_vector, mixing_vector, proof_vector],
    }
    return vector, iris, rolf


def _late(iris: Session, rolf: Session) -> tuple[Json, Session, Session]:
    """Three of a chain of Iris: the last comes first, the first after Rolf has answered and Iris has gone on, the
    second when its key has expired.  Rolf asks for it, and gets it in another envelope.
    """
    texts = [TextContent(CLOCK + number, NOW_S, f"late {number}").encode() for number in range(1, 5)]
    envelopes, vectors = [], []
    for number, text in enumerate(texts[:3], start=5):
        iris, envelope, vector = sent(iris, f"iris {number}", ContentType.TEXT, text)
        envelopes.append(envelope)
        vectors.append(vector)
    rolf = received(rolf, envelopes[2], texts[2])
    taken = encode_ids([session.envelope_id(envelopes[2])])
    rolf, answer, answer_vector = sent(rolf, "rolf 5", ContentType.ACKNOWLEDGEMENT, taken)
    iris = received(iris, answer, taken)
    iris, next_chain, next_vector = sent(iris, "iris 8", ContentType.TEXT, texts[3])
    rolf = received(rolf, next_chain, texts[3])
    rolf = received(rolf, envelopes[0], texts[0])
    rolf = session.expire_skipped(rolf, now_s=NOW_S + MAX_SKIPPED_AGE_S + 1)
    with suppress(RemoteError):
        received(rolf, envelopes[1], texts[1])
        raise AssertionError("its key should have expired")
    missing, transcripts = encode_ids([session.envelope_id(envelopes[1])]), encode_transcripts([rolf.transcript])
    rolf, request, request_vector = sent(rolf, "rolf 6", ContentType.RE_REQUEST, missing)
    rolf, notice, notice_vector = sent(rolf, "rolf 7", ContentType.BROKEN, transcripts)
    iris = received(received(iris, request, missing), notice, transcripts)
    again = bytes.fromhex(str(vectors[1]["message_id"]))
    iris, resealed, resealed_vector = sent(iris, "iris 9", ContentType.TEXT, texts[1], message_id=again)
    rolf = received(rolf, resealed, texts[1])
    all_vectors: list[Json] = [*vectors, answer_vector, next_vector, request_vector, notice_vector, resealed_vector]
    late: Json = {
        "envelopes": all_vectors,
        "arriving": ["iris 7", "rolf 5", "iris 8", "iris 5", "rolf 6", "rolf 7", "iris 9"],
    }
    return late, iris, rolf


def _hints(world: World, link_vector: Json, handshake_hash: bytes) -> Json:
    """Each kind of hint by itself, with what it is made of."""
    assert isinstance(link_vector, dict)
    ephemeral = bytes.fromhex(str(link_vector["first_flight"]))[:32]
    key, resume = lan_key(world.invite.link_key).reveal(), Secret(Stream("resume")(32))
    nonce = Stream("announcement nonce")(8)
    a4, a6 = bytes.fromhex("c00002071267"), b""
    of_link: Json = {
        "psk_link": world.invite.link_key.reveal().hex(),
        "ephemeral": ephemeral.hex(),
        "hint": link.hint(world.invite.link_key.reveal(), ephemeral).hex(),
    }
    on_lan: Json = {
        "lan_key": key.hex(),
        "n": nonce.hex(),
        "a4": a4.hex(),
        "a6": a6.hex(),
        "hint": blake2b(listed(nonce, a4, a6), key=key, digest_size=4).hexdigest(),
    }
    of_resume: Json = {
        "resume": resume.reveal().hex(),
        "h": handshake_hash.hex(),
        "hint": handshake.reset_request(resume, handshake_hash).encode()[1:].hex(),
    }
    return {"link": of_link, "lan": on_lan, "resume": of_resume}


def _used_notice(world: World, attempt: Attempt) -> Json:
    ephemeral_hash = handshake.ephemeral_hash(attempt.ephemeral)
    h = world.link[0].handshake_hash
    return {
        "ephemeral_hash": ephemeral_hash.hex(),
        "used": handshake.used_notice(world.rolf, h, UsedStatus.USED, ephemeral_hash).hex(),
        "revoked": handshake.used_notice(world.rolf, h, UsedStatus.REVOKED).hex(),
    }


def _reset(world: World, handshake_hash: bytes) -> Json:
    resume = Secret(Stream("resume")(32))
    secret = handshake.reset_secret(world.iris, world.rolf.public)
    return {
        "resume": resume.reveal().hex(),
        "reset_secret": secret.reveal().hex(),
        "link_key": handshake.reset_link_key(secret).reveal().hex(),
        "psk_without_resume": handshake.reset_psk(secret, None).reveal().hex(),
        "psk_with_resume": handshake.reset_psk(secret, resume).reveal().hex(),
        "request": handshake.reset_request(resume, handshake_hash).encode().hex(),
    }


def _reset_handshake(world: World, resume: Secret | None, stored_kem: dict[str, str] | None) -> Json:
    """Iris resets her session with Rolf, on the link of the other vectors; resumed, both tell their profile at once."""
    name = "reset" if resume is None else "resumed reset"
    request = handshake.reset_request(resume, world.link[0].handshake_hash, random=Stream(f"{name} hint"))
    terms = Terms.of_reset(
        secret=handshake.reset_secret(world.rolf, world.iris.public),
        resume=resume,
        initiator=world.iris.public,
        responder=world.rolf.public,
        handshake_hash=world.link[0].handshake_hash,
    )
    flags = 0 if resume is None else handshake.RESUME_MIXED
    half_open = handshake.offer(terms, world.rolf, flags=flags, random=Stream(f"{name} offer"))
    payload_type = int(ContentType.EMPTY if resume is None else ContentType.PROFILE)
    first, welcome = (b"" if resume is None else profile(person) for person in ("Iris", "Rolf"))
    hello = (payload_type, Stream(f"{name} id")(16), first)
    _, attempt, accepted, vector = _answered(world, half_open, Stream(f"{name} answer"), hello, stored_kem)
    _, envelope, answer = sent(accepted.session, f"{name} rolf 1", payload_type, welcome)
    m4 = Confirmation(envelope).encode()
    assert isinstance(vector, dict)
    return {
        "request": request.encode().hex(),
        "psk": half_open.psk.reveal().hex(),
        **vector,
        "m4": m4.hex(),
        "m4_envelope": answer,
        "digits": handshake.reset_digits(attempt.transcript, m4),
    }


def _export() -> Json:
    """A file of one piece, with a setting in it, at the smallest cost."""
    header = FileHeader.create(Argon2Cost(memory_kib=8, passes=1), random=Stream("export"))
    key = header.key("correct horse")
    plaintext = encode_version(5) + encode_row("settings", ("setting lan", "off"))
    return {
        "passphrase": "correct horse",
        "key": key.reveal().hex(),
        "plaintext": plaintext.hex(),
        "file": (header.encode() + seal_piece(header, key, 0, plaintext, is_last=True)).hex(),
    }


def _padding() -> Json:
    sizes = [0, 1, 254, 255, 256, 511, 512, 1023, 1024, 2047, 2048, 4095, 4096, 5000, 65_535, 65_536, 1_000_000]
    return {"padded_abc": pad(b"abc").hex(), "padded_sizes": {str(size): padded_size(size) for size in sizes}}


def main() -> None:
    """Write the file anew, keeping the encapsulations it holds."""
    stored_kem = stored_encapsulations(read()) if PATH.exists() else {}
    PATH.write_text(as_text(generate(stored_kem)), "utf-8")


if __name__ == "__main__":
    main()
