"""The operating system's keyring, where it has one: it keeps the key of a vault's keyring slot.

Whatever goes wrong there (no session bus, locked and nobody answers its dialog, a backend that fails) means that there
is no keyring, and a passphrase is needed.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import TypeVar

from app.storage.side_thread import on_side_thread
from crypto.secret import Secret

SERVICE = "kith"
TIMEOUT_S = 5.0
"""A locked keyring may ask its owner, and wait for ever."""

T = TypeVar("T")

log = logging.getLogger(__name__)


async def put_key(entry: str, key: Secret) -> bool:
    """Store a key under a name; False if there is no keyring, or it does not give back what it was given."""

    def put_and_check() -> bool:
        import keyring  # noqa: PLC0415 (its backends take 50 ms to import, and most starts need none)

        keyring.set_password(SERVICE, entry, key.reveal().hex())
        return keyring.get_password(SERVICE, entry) == key.reveal().hex()

    return await _attempted(put_and_check) or False


async def get_key(entry: str) -> Secret | None:
    """The key under a name; None if there is none."""

    def get() -> Secret | None:
        import keyring  # noqa: PLC0415

        kept = keyring.get_password(SERVICE, entry)
        return None if kept is None else Secret(bytes.fromhex(kept))

    return await _attempted(get)


async def remove_key(entry: str) -> None:
    """Forget the key under a name, if it is there."""

    def remove() -> None:
        import keyring  # noqa: PLC0415

        keyring.delete_password(SERVICE, entry)

    await _attempted(remove)


async def _attempted(call: Callable[[], T]) -> T | None:
    try:
        async with asyncio.timeout(TIMEOUT_S):
            return await on_side_thread("kith-keyring", call)
    except Exception as error:  # noqa: BLE001 (backends raise what they like)
        # By its type alone: a backend's message may quote what it was asked to keep.
        log.info("no keyring: %s", type(error))
        return None
