"""Profiles: create one, open one.

A new account is written and committed first; the vault, without which the database is noise, goes to its place last.
Killed before that, there never was an account.

An account is opened after a checkup.  If that repaired it, the start fails all the same, once, with the words of what
was saved: whoever runs Kith has to hear of it, and may want to put a copy back instead.  The next start opens it.
"""

import os
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import NamedTuple, TypeAlias

from app.domain.errors import ErrorKind, KithError
from app.storage import os_keyring
from app.storage.caretaker import ProfileCaretaker
from app.storage.checkup import check_up
from app.storage.connection import CorruptError
from app.storage.export.reading import Import
from app.storage.profile_folder import ProfileFolder
from app.storage.safe import ProfileSafe
from app.storage.salvage.repair import UNSAID
from app.storage.side_thread import on_side_thread
from app.storage.store import SqlStore
from app.storage.unlocking import checked_passphrase, decoded_vault, keyring_entries, stretched, unlocked
from crypto.errors import LocalError
from crypto.secret import Secret
from crypto.vault import STORE_KEY_BYTES, Argon2Cost, Vault

DEFAULT_COST = Argon2Cost()


Fill: TypeAlias = Callable[[Path, Secret], None]
"""Puts something into the empty file of a database, under this key."""


class OpenProfile(NamedTuple):
    """The store of a profile, and the ways into it; it is locked until the store is closed."""

    store: SqlStore
    safe: ProfileSafe


class ProfileDraft:
    """A profile with an open store and no vault yet: write the account, then :meth:`keep`, or :meth:`discard`."""

    def __init__(
        self,
        folder: ProfileFolder,
        vault: Vault,
        store: SqlStore,
        *,
        caretaker: ProfileCaretaker,
        safe: ProfileSafe,
        at_close: ExitStack,
    ) -> None:
        self.safe = safe
        self._folder = folder
        self._vault = vault
        self._caretaker = caretaker
        self._at_close = at_close
        self.store = store

    async def keep(self) -> None:
        """Put the vault in its place: from here on there is an account.  The store stays open.

        Raises:
            KithError: ``storage_full``, ``storage_damaged``.
        """
        await on_side_thread("kith-vault", partial(self._folder.put_vault, self._vault.encode()))
        self._caretaker.start()

    async def discard(self) -> None:
        """Leave nothing behind."""
        self._at_close.callback(self._folder.remove_draft)  # while the lock is still held
        await self.store.close()
        for entry in keyring_entries(self._vault):
            await os_keyring.remove_key(entry)


def profile_exists(folder: Path) -> bool:
    """Whether there is an account in this folder."""
    return ProfileFolder(folder).has_vault()


def make_profile_folder(folder: Path) -> None:
    """Make an empty folder, or close the one that is there to others.

    Raises:
        KithError: ``storage_full``, ``storage_damaged``.
    """
    ProfileFolder(folder).make()


async def create_profile(
    folder: Path, *, passphrase: str | None, cost: Argon2Cost = DEFAULT_COST, fill: Fill | None = None
) -> ProfileDraft:
    """Begin a profile, locked until its store is closed; without a passphrase the system's keyring guards it.

    ``fill`` may put something into the empty database, under its key, on a thread of its own.

    Raises:
        KithError: ``usage`` when there is an account, ``passphrase_missing`` when there is no keyring either,
            ``profile_in_use``, ``profile_damaged``, ``storage_full``, ``storage_damaged``; whatever ``fill`` raises.
    """
    files = ProfileFolder(folder)
    files.make()
    with ExitStack() as at_close:
        at_close.callback(files.lock().release)
        files.begin_database()
        with ExitStack() as on_failure:
            on_failure.callback(files.remove_draft)
            store_key = Secret(os.urandom(STORE_KEY_BYTES))
            vault = await _new_vault(store_key, passphrase, cost)
            if fill is not None:
                await on_side_thread("kith-import", partial(fill, files.database, store_key))
            caretaker = ProfileCaretaker(files, store_key)
            store = await SqlStore.open(files.database, store_key, caretaker)
            on_failure.pop_all()
        kept = at_close.pop_all()
        store.on_closed(kept.close)
        safe = ProfileSafe(files, store_key, cost=cost)
        return ProfileDraft(files, vault, store, caretaker=caretaker, safe=safe, at_close=kept)


async def import_profile(
    folder: Path, exported: Path, exported_passphrase: str, *, passphrase: str | None, cost: Argon2Cost = DEFAULT_COST
) -> ProfileDraft:
    """Begin a profile with what was exported to a file, which is not trusted.

    Raises:
        KithError: as :func:`create_profile`; ``wrong_passphrase`` (of the file), ``file_unreadable``,
            ``export_damaged``, ``export_newer``.  Nothing is left then.
    """
    source = Import(exported, exported_passphrase)

    def fill(database: Path, store_key: Secret) -> None:
        try:
            source.fill(database, store_key)
        except LocalError as error:
            raise KithError(ErrorKind.WRONG_PASSPHRASE, "This passphrase does not open the file.") from error

    return await create_profile(folder, passphrase=passphrase, cost=cost, fill=fill)


async def open_profile(folder: Path, passphrase: str | None) -> OpenProfile:
    """Open a profile and hold its lock until the store is closed.

    Raises:
        KithError: ``profile_missing``, ``profile_in_use``, ``wrong_passphrase``, ``passphrase_missing``,
            ``profile_newer``, ``storage_full``, ``storage_damaged``; ``profile_damaged``, which says what was saved
            and that the next start opens it, or that nothing can be.
    """
    files = ProfileFolder(folder)
    with ExitStack() as at_close:
        at_close.callback(files.lock().release)
        store_key = await unlocked(decoded_vault(files.read_vault()), passphrase)
        await on_side_thread("kith-checkup", partial(check_up, files, store_key))
        store = await _opened_store(files, store_key)
        store.on_closed(at_close.pop_all().close)
        return OpenProfile(store, ProfileSafe(files, store_key))


async def _opened_store(files: ProfileFolder, store_key: Secret) -> SqlStore:
    """The store, with somebody to look after it; what SQLite or we cannot read in it is repaired first."""
    try:
        store = await _readable_store(files, store_key)
    except CorruptError:
        files.mark_suspect()
        await on_side_thread("kith-checkup", partial(check_up, files, store_key))
        store = await _readable_store(files, store_key)
    return store


async def _readable_store(files: ProfileFolder, store_key: Secret) -> SqlStore:
    caretaker = ProfileCaretaker(files, store_key)
    store = await SqlStore.open(files.database, store_key, caretaker)
    try:
        await _read_all(store)
        await _say_what_was_repaired(store)
    except BaseException:
        await store.close()
        raise
    caretaker.start()
    return store


async def _read_all(store: SqlStore) -> None:
    """Read what the engine will keep in memory.

    Raises:
        CorruptError: it does not decode, or there is no account.
    """
    for read in (store.contacts, store.sessions, store.invites, store.joinings, store.attempts):
        await read()
    if await store.account() is None:
        raise CorruptError


async def _say_what_was_repaired(store: SqlStore) -> None:
    """Fail once after a repair.

    Raises:
        KithError: ``profile_damaged``.
    """
    unsaid = (await store.settings()).get(UNSAID)
    if unsaid:
        unit = store.begin()
        unit.put_setting(UNSAID, "")
        await store.commit(unit)
        raise KithError(ErrorKind.PROFILE_DAMAGED, unsaid)


async def _new_vault(store_key: Secret, passphrase: str | None, cost: Argon2Cost) -> Vault:
    if passphrase is not None:
        passphrase = checked_passphrase(passphrase)
        return await stretched(partial(Vault.create, store_key, passphrase, cost=cost))
    vault, keyring_key = Vault.create_with_keyring(store_key)
    for entry in keyring_entries(vault):
        if not await os_keyring.put_key(entry, keyring_key):
            raise KithError(ErrorKind.PASSPHRASE_MISSING)
    return vault
