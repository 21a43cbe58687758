"""The ways into an open profile, and out of it: :class:`app.ports.safe.Safe` over its vault and the system's keyring.

The vault is replaced whole, by one rename: whoever is killed meanwhile has the old ways or the new ones.  A key for the
keyring is put there before the vault counts on it, and taken away after the vault no longer does.
"""

import asyncio
import threading
from functools import partial
from pathlib import Path

from app.domain.errors import ErrorKind, KithError
from app.domain.unlock_ways import UnlockWays
from app.storage import os_keyring
from app.storage.export.writing import Export
from app.storage.profile_folder import ProfileFolder
from app.storage.side_thread import on_side_thread
from app.storage.unlocking import checked_passphrase, decoded_vault, keyring_entries, stretched, unlocked
from crypto.secret import Secret
from crypto.vault import Argon2Cost, SlotKind, Vault

DEFAULT_COST = Argon2Cost()


class ProfileSafe:
    """Changes the vault of the profile that this process has locked; one change at a time."""

    def __init__(self, files: ProfileFolder, store_key: Secret, *, cost: Argon2Cost = DEFAULT_COST) -> None:
        self._files = files
        self._store_key = store_key
        self._cost = cost
        self._changing = asyncio.Lock()

    async def ways(self) -> UnlockWays:
        vault = await self._vault()
        return UnlockWays(passphrase=_has(vault, SlotKind.PASSPHRASE), keyring=_has(vault, SlotKind.KEYRING))

    async def check_passphrase(self, passphrase: str) -> None:
        await unlocked(await self._vault(), passphrase)

    async def change_passphrase(self, old: str | None, new: str) -> None:
        new = checked_passphrase(new)
        async with self._changing:
            vault = await self._vault()
            if old is not None:
                await unlocked(vault, old)
            elif _has(vault, SlotKind.PASSPHRASE):
                raise KithError(ErrorKind.WRONG_PASSPHRASE)
            await self._put(await stretched(partial(vault.replace_passphrase, self._store_key, new, cost=self._cost)))

    async def set_keyring(self, *, enabled: bool) -> None:
        async with self._changing:
            vault = await self._vault()
            if enabled == _has(vault, SlotKind.KEYRING):
                return
            await (self._add_keyring(vault) if enabled else self._remove_keyring(vault))

    async def export(self, path: Path, passphrase: str, *, overwrite: bool) -> None:
        abandoned = threading.Event()
        export = Export(
            database=self._files.database,
            store_key=self._store_key,
            path=path,
            passphrase=checked_passphrase(passphrase),
            cost=self._cost,
            overwrite=overwrite,
            abandoned=abandoned,
        )
        try:
            await stretched(export.write)
        except asyncio.CancelledError:
            abandoned.set()
            raise

    async def _add_keyring(self, vault: Vault) -> None:
        new, keyring_key = vault.add_keyring_slot(self._store_key)
        (entry,) = keyring_entries(new)
        if not await os_keyring.put_key(entry, keyring_key):
            raise KithError(ErrorKind.KEYRING_MISSING)
        try:
            await self._put(new)
        except KithError:
            await os_keyring.remove_key(entry)
            raise

    async def _remove_keyring(self, vault: Vault) -> None:
        if not _has(vault, SlotKind.PASSPHRASE):
            raise KithError(ErrorKind.LAST_WAY)
        await self._put(vault.without(SlotKind.KEYRING))
        for entry in keyring_entries(vault):
            await os_keyring.remove_key(entry)

    async def _vault(self) -> Vault:
        return decoded_vault(await on_side_thread("kith-vault", self._files.read_vault))

    async def _put(self, vault: Vault) -> None:
        await on_side_thread("kith-vault", partial(self._files.put_vault, vault.encode()))


def _has(vault: Vault, kind: SlotKind) -> bool:
    return any(slot.kind is kind for slot in vault.slots)
