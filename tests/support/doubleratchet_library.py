"""PyPI ``doubleratchet`` with the KDFs of Kith: an oracle in tests, a rival in benchmarks, never a dependency."""

from contextvars import ContextVar
from typing import TypedDict

from doubleratchet import AEAD, KDF, DiffieHellmanRatchet
from doubleratchet.recommended import HashFunction, kdf_hkdf, kdf_separate_hmacs

epoch: ContextVar[int] = ContextVar("epoch", default=0)
"""The ML-KEM epoch of the root step that follows."""


class RootKDF(kdf_hkdf.KDF):
    @staticmethod
    def _get_hash_function() -> HashFunction:
        return HashFunction.SHA_256

    @staticmethod
    def _get_info() -> bytes:
        return b"kith1 root" + epoch.get().to_bytes(4, "little")


class ChainKDF(kdf_separate_hmacs.KDF):
    @staticmethod
    def _get_hash_function() -> HashFunction:
        return HashFunction.SHA_256


class Configuration(TypedDict):
    """What the library wants at the start of either end."""

    diffie_hellman_ratchet_class: type[DiffieHellmanRatchet]
    root_chain_kdf: type[KDF]
    message_chain_kdf: type[KDF]
    message_chain_constant: bytes
    dos_protection_threshold: int
    max_num_skipped_message_keys: int
    aead: type[AEAD]


def configuration(diffie_hellman_ratchet: type[DiffieHellmanRatchet], aead: type[AEAD]) -> Configuration:
    return Configuration(
        diffie_hellman_ratchet_class=diffie_hellman_ratchet,
        root_chain_kdf=RootKDF,
        message_chain_kdf=ChainKDF,
        message_chain_constant=b"\x02\x01",  # the library puts the chain key first, the message key second
        dos_protection_threshold=1000,
        max_num_skipped_message_keys=2000,
        aead=aead,
    )
