"""Certificates that nobody else ever sees."""

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from net.transport.certificate import CERTIFICATE_HASH_BYTES, Certificate


def test_each_has_a_key_and_a_hash_of_its_own() -> None:
    one, other = Certificate.generate(), Certificate.generate()
    assert one.hash != other.hash
    assert one.hash == one.certificate.fingerprint(SHA256())
    assert len(one.hash) == CERTIFICATE_HASH_BYTES


def test_it_names_nobody_and_no_time() -> None:
    one, other = Certificate.generate().certificate, Certificate.generate().certificate
    assert one.subject == one.issuer == x509.Name([])
    assert one.serial_number == other.serial_number
    assert one.not_valid_before_utc == other.not_valid_before_utc
