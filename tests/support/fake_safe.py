"""The ways into a profile that is on no disk; :class:`app.ports.safe.Safe` for engines in tests."""

from pathlib import Path

from app.domain.errors import ErrorKind, KithError
from app.domain.unlock_ways import UnlockWays


class FakeSafe:
    """Knows its passphrase, and what it was asked to write."""

    def __init__(self, passphrase: str | None = "correct horse") -> None:
        self.passphrase = passphrase
        self.keyring = passphrase is None
        self.exported: dict[Path, str] = {}
        """Passphrases by the file that was asked for; nothing is written."""

    async def ways(self) -> UnlockWays:
        return UnlockWays(passphrase=self.passphrase is not None, keyring=self.keyring)

    async def check_passphrase(self, passphrase: str) -> None:
        if passphrase != self.passphrase:
            raise KithError(ErrorKind.WRONG_PASSPHRASE)

    async def change_passphrase(self, old: str | None, new: str) -> None:
        if old != self.passphrase:
            raise KithError(ErrorKind.WRONG_PASSPHRASE)
        if not new:
            raise KithError(ErrorKind.PASSPHRASE_MISSING)
        self.passphrase = new

    async def set_keyring(self, *, enabled: bool) -> None:
        if self.passphrase is None and not enabled:
            raise KithError(ErrorKind.LAST_WAY)
        self.keyring = enabled

    async def export(self, path: Path, passphrase: str, *, overwrite: bool) -> None:
        if not passphrase:
            raise KithError(ErrorKind.PASSPHRASE_MISSING)
        if path in self.exported and not overwrite:
            raise KithError(ErrorKind.FILE_EXISTS)
        self.exported[path] = passphrase
