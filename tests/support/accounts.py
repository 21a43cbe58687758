"""Accounts made in an instant: like those of ``--create``, but their passphrase is cheap to stretch, now and later."""

import time
from pathlib import Path

from app.domain.account import Account
from app.storage.profile import create_profile
from crypto.discovery_key import DiscoveryKey
from crypto.identity import Identity
from crypto.passphrase import Argon2Cost
from tests.support.aio import run

CHEAP = Argon2Cost(memory_kib=8, passes=1)


def make_account(folder: Path, name: str, passphrase: str) -> None:
    """Make a whole profile, closed again."""
    run(_make_account(folder, name, passphrase))


async def _make_account(folder: Path, name: str, passphrase: str) -> None:
    draft = await create_profile(folder, passphrase=passphrase, cost=CHEAP)
    unit = draft.store.begin()
    unit.put_account(Account(name, Identity.generate(), DiscoveryKey.generate(), created_at=time.time()))
    await draft.store.commit(unit)
    await draft.keep()
    await draft.store.close()
