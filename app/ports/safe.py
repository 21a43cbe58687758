"""What a profile is locked with, as the services use it."""

from pathlib import Path
from typing import Protocol

from app.domain.unlock_ways import UnlockWays


class Safe(Protocol):
    """The ways into the profile that is open, and out of it."""

    async def ways(self) -> UnlockWays:
        """By what it opens.

        Raises:
            KithError: ``profile_damaged``, ``storage_damaged``; so do all the others.
        """

    async def check_passphrase(self, passphrase: str) -> None:
        """Nothing, if it opens the profile; takes half a second.

        Raises:
            KithError: ``wrong_passphrase``.
        """

    async def change_passphrase(self, old: str | None, new: str) -> None:
        """Let the profile open by a new passphrase and no longer by the old one; None where it had none.

        Raises:
            KithError: ``wrong_passphrase``; ``passphrase_missing``, the new one being none; ``storage_full``.  The old
                one opens the profile then.
        """

    async def set_keyring(self, *, enabled: bool) -> None:
        """Let the profile open by the system's keyring, too, or no longer.

        Raises:
            KithError: ``keyring_missing``; ``last_way``, nothing else would open it; ``storage_full``.
        """

    async def export(self, path: Path, passphrase: str, *, overwrite: bool) -> None:
        """Write everything but the sessions to one file under a passphrase of its own, and read it back.

        Raises:
            KithError: ``file_exists``, ``file_unreadable``, ``passphrase_missing``, ``storage_full``,
                ``storage_damaged``; then there is no new file.
        """
