"""A whole profile under a test's engine: vault, lock, checkups and snapshots included."""

from dataclasses import dataclass
from pathlib import Path

from app.domain.account import Account
from app.ports.store import Store
from app.storage.profile import create_profile, open_profile, profile_exists
from crypto.passphrase import Argon2Cost

PASSPHRASE = "cheap to stretch"
CHEAP = Argon2Cost(memory_kib=8, passes=1)


@dataclass
class ProfileDisk:
    """:class:`tests.support.disks.Disk` in a profile folder; the account is kept when it is opened first."""

    folder: Path
    account: Account | None = None

    async def open(self) -> Store:
        if profile_exists(self.folder):
            return (await open_profile(self.folder, PASSPHRASE)).store
        assert self.account is not None
        draft = await create_profile(self.folder, passphrase=PASSPHRASE, cost=CHEAP)
        unit = draft.store.begin()
        unit.put_account(self.account)
        await draft.store.commit(unit)
        await draft.keep()
        return draft.store

    async def pause(self) -> None:
        pass
