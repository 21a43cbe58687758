"""The stored form of a session, which never leaves the encrypted store.

    version                  1   2; what version 1 wrote is read as well
    initiator                1   0 or 1
    associated data         32
    transcript              32
    sent count               8
    highest received count   8
    epoch                        see crypto.epoch
    ML-KEM ratchet               see crypto.ratchet.kem_ratchet
    ratchet                      see crypto.ratchet.state

Version 1 had no epochs, and in the place of all after the transcript

    resume 32 | pair 32 | pqs₀ 32 | sent count 8 | highest received count 8 | ratchet
"""

from crypto import epoch as epochs
from crypto.encoding import Reader, Writer
from crypto.epoch import Epoch, Roots
from crypto.errors import MalformedError, UnsupportedVersionError
from crypto.primitives import KEY_BYTES
from crypto.ratchet import kem_ratchet, state
from crypto.secret import Secret
from crypto.session import Origin, Session

_VERSION = 2

_MAX_SENT_COUNT = 2**63
"""Far from where the count of the next envelope would not fit."""


def encode(session: Session) -> bytes:
    """The session for storage, and for storage only."""
    origin = session.origin
    writer = Writer().u8(_VERSION).u8(origin.is_initiator).raw(origin.associated_data).raw(origin.transcript)
    writer.u64(session.sent_count).u64(session.highest_received_count)
    session.epoch.write(writer)
    kem_ratchet.write(session.ratchet.kem, writer)
    state.write(session.ratchet, writer)
    return writer.finish()


def decode_session(data: bytes) -> Session:
    """What :func:`encode` wrote, or wrote before there were epochs.

    Raises:
        RemoteError: it is no stored session, or one of another version.
    """
    reader = Reader(data)
    match reader.u8():
        case 1:
            session = _read_without_epochs(reader)
        case 2:
            session = _read(reader)
        case _:
            raise UnsupportedVersionError("a stored session of another version")
    reader.finish()
    return session


def _read(reader: Reader) -> Session:
    origin = _read_origin(reader)
    sent_count, highest_received_count = _read_counts(reader)
    epoch = Epoch.read(reader)
    kem = kem_ratchet.read(reader, is_initiator=origin.is_initiator)
    return Session(origin, state.read(reader, kem), epoch, sent_count, highest_received_count)


def _read_without_epochs(reader: Reader) -> Session:
    origin = _read_origin(reader)
    roots = Roots(Secret(reader.raw(KEY_BYTES)), Secret(reader.raw(KEY_BYTES)))
    kem = kem_ratchet.begin(reader.raw(KEY_BYTES), is_initiator=origin.is_initiator)
    sent_count, highest_received_count = _read_counts(reader)
    return Session(origin, state.read(reader, kem), epochs.first(roots), sent_count, highest_received_count)


def _read_counts(reader: Reader) -> tuple[int, int]:
    sent_count, highest_received_count = reader.u64(), reader.u64()
    if sent_count > _MAX_SENT_COUNT:
        raise MalformedError("more envelopes than anybody sends")
    return sent_count, highest_received_count


def _read_origin(reader: Reader) -> Origin:
    is_initiator = reader.u8()
    if is_initiator > 1:
        raise MalformedError("neither initiator nor responder")
    return Origin(bool(is_initiator), reader.raw(KEY_BYTES), reader.raw(KEY_BYTES))
