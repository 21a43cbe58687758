"""From a vault and a passphrase, or the system's keyring, to the store key, with every failure in words."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TypeVar

from app.domain.errors import ErrorKind, KithError
from app.storage import os_keyring
from app.storage.side_thread import on_side_thread
from crypto.errors import LocalError, RemoteError, WrongKeyError, WrongPassphraseError
from crypto.secret import Secret
from crypto.vault import KeyringSlot, Vault

T = TypeVar("T")


def decoded_vault(encoded: bytes) -> Vault:
    """The vault in these bytes.

    Raises:
        KithError: ``profile_damaged``.
    """
    try:
        return Vault.decode(encoded)
    except RemoteError as error:
        raise KithError(
            ErrorKind.PROFILE_DAMAGED,
            "The file “vault” of the profile is damaged, and no passphrase can open it. Put it back from a copy.",
        ) from error


async def unlocked(vault: Vault, passphrase: str | None) -> Secret:
    """The store key; with no passphrase by the system's keyring.

    Raises:
        KithError: ``wrong_passphrase``, ``passphrase_missing``.
    """
    if passphrase is not None:
        if not _is_usable(passphrase):
            raise KithError(ErrorKind.WRONG_PASSPHRASE)
        return await stretched(partial(vault.open_with_passphrase, passphrase))
    for entry in keyring_entries(vault):
        if (keyring_key := await os_keyring.get_key(entry)) is not None:
            with suppress(WrongKeyError):
                return vault.open_with_key(keyring_key)
    raise KithError(ErrorKind.PASSPHRASE_MISSING)


async def stretched(call: Callable[[], T]) -> T:
    """Run a call that stretches a passphrase: half a second, without the GIL, off the event loop."""
    try:
        return await on_side_thread("kith-argon2", call)
    except WrongPassphraseError:
        raise KithError(ErrorKind.WRONG_PASSPHRASE) from None
    except LocalError as error:
        raise KithError(
            ErrorKind.UNEXPECTED, "There is not enough memory to try the passphrase. Close other programs."
        ) from error


def checked_passphrase(passphrase: str) -> str:
    """A passphrase to be.

    Raises:
        KithError: ``passphrase_missing``: it is empty, or not text.
    """
    if not _is_usable(passphrase):
        raise KithError(ErrorKind.PASSPHRASE_MISSING, "The passphrase is empty or not text.")
    return passphrase


def _is_usable(passphrase: str) -> bool:
    """Not empty, and text: what the terminal or a file gave may hold half a character."""
    try:
        return bool(passphrase.encode("utf-8"))
    except UnicodeEncodeError:
        return False


def keyring_entries(vault: Vault) -> list[str]:
    """The names under which the keyring keeps keys of this vault: the random nonce of each slot, 48 digits."""
    return [slot.wrapped.nonce.hex() for slot in vault.slots if isinstance(slot, KeyringSlot)]
