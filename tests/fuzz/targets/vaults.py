"""The vault: a file that somebody may have changed; a passphrase is tried where that is cheap."""

from collections.abc import Sequence
from contextlib import suppress

from crypto.errors import MalformedError, WrongKeyError, WrongPassphraseError
from crypto.secret import Secret
from crypto.vault import Argon2Cost, PassphraseSlot, Vault
from tests.fuzz.target import Target, always
from tests.support.sessions import Randomness

_STORE_KEY = Secret(b"\x51" * 32)
_PASSPHRASE = "open sesame"
_CHEAPEST = Argon2Cost(memory_kib=8, passes=1)


def vaults() -> Sequence[bytes]:
    random = Randomness("fuzz vaults")
    by_passphrase = Vault.create(_STORE_KEY, _PASSPHRASE, cost=_CHEAPEST, random=random)
    both, _ = by_passphrase.add_keyring_slot(_STORE_KEY, random=random)
    by_keyring, _ = Vault.create_with_keyring(_STORE_KEY, random=random)
    return [vault.encode() for vault in (by_passphrase, both, by_keyring)]


def check(data: bytes) -> None:
    """Bytes are a vault in its one spelling, or refused; whatever opens it gives the key of the store."""
    try:
        vault = Vault.decode(data)
    except MalformedError:
        return
    assert vault.encode() == data
    with suppress(WrongKeyError):
        vault.open_with_key(Secret(bytes(32)))
        raise AssertionError("a wrong key opened the vault")
    if all(slot.cost == _CHEAPEST for slot in vault.slots if isinstance(slot, PassphraseSlot)):
        with suppress(WrongKeyError, WrongPassphraseError):
            assert vault.open_with_passphrase(_PASSPHRASE).matches(_STORE_KEY)


TARGETS = [Target("vault", vaults, always(check), words=[b"KITHVLT1", b"\x01", b"\x02"], max_bytes=1_024)]
