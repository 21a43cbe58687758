"""What a session carries from one ML-KEM epoch to the next (``docs/protocol.md``, section 3, rules 1 and 5).

Two secrets outlive the chains, and heal with every epoch:

    resume_e = HKDF(salt resume_{e-1}, ikm upd_e, info "kith1 resume", 32)
    pair_e   = HKDF(salt pair_{e-1},   ikm upd_e, info "kith1 pair", 32)

One party mixes an epoch before the other.  So the former secrets stay good until the peer answers a chain of ours that
could not be made without the epoch: then it holds the new ones, and knows that we do.
"""

from dataclasses import dataclass

from crypto.encoding import Reader, Writer
from crypto.errors import MalformedError
from crypto.labels import PQ_PAIR, PQ_RESUME
from crypto.primitives import KEY_BYTES, hkdf
from crypto.secret import KeyHolder, Secret


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Roots(KeyHolder):
    """``resume`` proves the session in a reset, ``pair`` is the root of the link keys; 32 bytes each."""

    resume: Secret
    pair: Secret

    def evolved(self, update: bytes) -> "Roots":
        """Those of the next epoch; ``update`` is its upd, 32 bytes."""
        return Roots(_next(self.resume, update, PQ_RESUME), _next(self.pair, update, PQ_PAIR))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Epoch(KeyHolder):
    """Since the newest ML-KEM epoch of a session, as this party knows it.

    ``former`` are the roots before, as long as the peer may use no others.  ``sent_count`` is how many envelopes had
    been sent, and ``began_s`` what time it was in seconds, when the newest epoch was offered or accepted.
    """

    roots: Roots
    former: Roots | None
    sent_count: int
    began_s: int

    def begun(self, *, sent_count: int, now_s: int) -> "Epoch":
        """After another was offered or accepted; what was mixed stays as it is."""
        return Epoch(self.roots, self.former, sent_count, now_s)

    def mixed(self, update: bytes) -> "Epoch":
        """After an epoch was mixed into the root chain."""
        return Epoch(self.roots.evolved(update), self.roots, self.sent_count, self.began_s)

    def proved(self) -> "Epoch":
        """After the peer answered a chain of ours that was made since: nobody needs the former roots any more."""
        return self if self.former is None else Epoch(self.roots, None, self.sent_count, self.began_s)

    def write(self, writer: Writer) -> None:
        """Append it for storage.

        ``resume 32 | pair 32 | former u8 (0 or 1) | former resume 32, pair 32, if 1 | sent count u64 | began at u64``
        """
        _write_roots(self.roots, writer)
        writer.u8(self.former is not None)
        if self.former is not None:
            _write_roots(self.former, writer)
        writer.u64(self.sent_count).u64(self.began_s)

    @classmethod
    def read(cls, reader: Reader) -> "Epoch":
        """What :meth:`write` wrote.

        Raises:
            MalformedError: it is none.
        """
        return cls(_read_roots(reader), _read_former(reader), reader.u64(), reader.u64())


def first(roots: Roots) -> Epoch:
    """At the start of a session, which is not dated."""
    return Epoch(roots, None, 0, 0)


def _next(root: Secret, update: bytes, info: bytes) -> Secret:
    return Secret(hkdf(salt=root.reveal(), ikm=update, info=info, size_bytes=KEY_BYTES))


def _write_roots(roots: Roots, writer: Writer) -> None:
    writer.raw(roots.resume.reveal()).raw(roots.pair.reveal())


def _read_roots(reader: Reader) -> Roots:
    return Roots(Secret(reader.raw(KEY_BYTES)), Secret(reader.raw(KEY_BYTES)))


def _read_former(reader: Reader) -> Roots | None:
    match reader.u8():
        case 0:
            return None
        case 1:
            return _read_roots(reader)
        case _:
            raise MalformedError("neither with nor without former roots")
