"""A certificate for one connection: QUIC asks for one, and whoever connects knows its hash beforehand."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding

CERTIFICATE_HASH_BYTES = 32
_NOBODY = x509.Name([])
_BEGIN = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
_END = dt.datetime(2120, 1, 1, tzinfo=dt.UTC)
"""Nobody looks at these: the hash is what counts, and clocks may be wrong."""


@dataclass(frozen=True, slots=True, eq=False)
class Certificate:
    """A certificate of a key that is used for nothing else."""

    certificate: x509.Certificate
    private_key: Ed25519PrivateKey

    @classmethod
    def generate(cls) -> Self:
        key = Ed25519PrivateKey.generate()
        certificate = (
            x509.CertificateBuilder()
            .subject_name(_NOBODY)
            .issuer_name(_NOBODY)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(_BEGIN)
            .not_valid_after(_END)
            .sign(key, None)
        )
        return cls(certificate, key)

    @property
    def hash(self) -> bytes:
        """SHA-256 of the certificate, 32 bytes."""
        return hashlib.sha256(self.certificate.public_bytes(Encoding.DER)).digest()
