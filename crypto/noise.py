"""The Noise Protocol Framework, revision 34, as far as ``Noise_NNpsk0_25519_ChaChaPoly_SHA256`` needs it (section 5).

:class:`SymmetricState` is a frozen value of the handshake; :class:`CipherState` is the one thing here that changes
in place, since it counts the messages of one direction of an open link.
"""

from dataclasses import dataclass, replace
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from crypto.errors import ForgedError
from crypto.primitives import KEY_BYTES, ZERO_KEY, hkdf, sha256
from crypto.secret import Secret

HASH_BYTES = 32
MAX_NONCE = 2**64 - 1
"""Reserved by Noise for REKEY (section 4.2)."""


def nonce_bytes(nonce: int) -> bytes:
    """ChaChaPoly's nonce: four zero bytes, then ``u64`` little-endian (section 12.3)."""
    return (nonce << 32).to_bytes(12, "little")


class CipherState:
    """One direction of an open link: a key and the number of its next message."""

    __slots__ = ("_cipher", "_key", "nonce")

    def __init__(self, key: Secret) -> None:
        self._key = key
        self._cipher = ChaCha20Poly1305(key.reveal())
        self.nonce = 0

    def seal(self, plaintext: bytes, associated_data: bytes) -> bytes:
        """ENCRYPT: ``len(plaintext) + 16`` bytes, and the next nonce."""
        sealed = self._cipher.encrypt((self.nonce << 32).to_bytes(12, "little"), plaintext, associated_data)
        self.nonce += 1
        return sealed

    def open(self, sealed: bytes | memoryview, associated_data: bytes) -> bytes:
        """DECRYPT, and the next nonce; a failure leaves the state as it was.

        Raises:
            ForgedError: the tag does not verify.
        """
        try:
            plaintext = self._cipher.decrypt((self.nonce << 32).to_bytes(12, "little"), sealed, associated_data)
        except InvalidTag as error:
            raise ForgedError("bad tag") from error
        self.nonce += 1
        return plaintext

    def seal_into(self, plaintext: memoryview, associated_data: bytes, sealed: memoryview) -> None:
        """:meth:`seal` into memory of exactly the right size: fresh pages cost as much as sealing."""
        self._cipher.encrypt_into((self.nonce << 32).to_bytes(12, "little"), plaintext, associated_data, sealed)
        self.nonce += 1

    def open_into(self, sealed: memoryview, associated_data: bytes, plaintext: memoryview) -> None:
        """:meth:`open` into memory of exactly the right size.

        Raises:
            ForgedError: the tag does not verify; ``plaintext`` then holds nothing of use.
        """
        try:
            self._cipher.decrypt_into((self.nonce << 32).to_bytes(12, "little"), sealed, associated_data, plaintext)
        except InvalidTag as error:
            raise ForgedError("bad tag") from error
        self.nonce += 1

    def rekey(self) -> None:
        """REKEY (section 4.2): a new key that does not lead back to the old one; the nonce goes on."""
        self._key = Secret(self._cipher.encrypt(nonce_bytes(MAX_NONCE), ZERO_KEY, b"")[:KEY_BYTES])
        self._cipher = ChaCha20Poly1305(self._key.reveal())

    @property
    def key(self) -> Secret:
        return self._key


@dataclass(frozen=True, slots=True, eq=False)
class SymmetricState:
    """``ck``, ``h`` and ``k`` (section 5.2).

    In NNpsk0 every payload follows a MixKey, which sets the nonce to zero: there is no counter to keep.
    """

    chaining_key: Secret
    handshake_hash: bytes
    cipher_key: Secret

    @classmethod
    def initialize(cls, protocol_name: bytes, prologue: bytes) -> Self:
        """InitializeSymmetric for a name of more than 32 bytes, then MixHash of the prologue."""
        h = sha256(protocol_name)
        return cls(chaining_key=Secret(h), handshake_hash=h, cipher_key=Secret(ZERO_KEY)).mix_hash(prologue)

    def mix_hash(self, data: bytes) -> Self:
        return replace(self, handshake_hash=sha256(self.handshake_hash + data))

    def mix_key(self, input_key_material: bytes) -> Self:
        chaining_key, cipher_key = self._hkdf(input_key_material, 2)
        return replace(self, chaining_key=Secret(chaining_key), cipher_key=Secret(cipher_key))

    def mix_key_and_hash(self, psk: Secret) -> Self:
        chaining_key, hashed, cipher_key = self._hkdf(psk.reveal(), 3)
        mixed = replace(self, chaining_key=Secret(chaining_key), cipher_key=Secret(cipher_key))
        return mixed.mix_hash(hashed)

    def encrypt_and_hash(self, plaintext: bytes) -> tuple[Self, bytes]:
        sealed = CipherState(self.cipher_key).seal(plaintext, self.handshake_hash)
        return self.mix_hash(sealed), sealed

    def decrypt_and_hash(self, sealed: bytes) -> tuple[Self, bytes]:
        """The state that follows, and the plaintext.

        Raises:
            ForgedError: the tag does not verify.
        """
        plaintext = CipherState(self.cipher_key).open(sealed, self.handshake_hash)
        return self.mix_hash(sealed), plaintext

    def split(self) -> tuple[Secret, Secret]:
        """The transport keys: of the initiator's messages, of the responder's."""
        initiator_key, responder_key = self._hkdf(b"", 2)
        return Secret(initiator_key), Secret(responder_key)

    def _hkdf(self, input_key_material: bytes, count: int) -> list[bytes]:
        # Noise's HKDF is RFC 5869's with the chaining key as salt and no info.
        size_bytes = count * HASH_BYTES
        output = hkdf(salt=self.chaining_key.reveal(), ikm=input_key_material, info=b"", size_bytes=size_bytes)
        return [output[start : start + HASH_BYTES] for start in range(0, size_bytes, HASH_BYTES)]
