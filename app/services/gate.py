"""The door to a profile, as a front-end sees it: is there an account, create it, open it.

The composition root implements it; what lies behind (vault, store, network) is no front-end's business.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from app.services.messenger import Messenger


class Gate(Protocol):
    """One profile folder."""

    def exists(self) -> bool:
        """Whether the profile holds an account."""

    async def create(self, name: str, passphrase: str | None) -> Messenger:
        """Make the account and open it; with no passphrase the system's keyring guards it.

        Raises:
            KithError: ``name_invalid``, ``passphrase_missing``, ``profile_in_use``, ``listen_failed``,
                ``storage_full``.
        """

    async def import_profile(
        self, exported: Path, exported_passphrase: str | None, passphrase: str | None
    ) -> Messenger:
        """Make the account out of a file that a profile was exported to, and open it.

        ``passphrase`` is that of the new profile; with none the system's keyring guards it.  Where the file's is None,
        it is what the command line and the environment say.

        Raises:
            KithError: as :meth:`create`; ``wrong_passphrase`` (of the file), ``file_unreadable``, ``export_damaged``,
                ``export_newer``.  Nothing is left then.
        """

    async def open(self, passphrase: str | None) -> Messenger:
        """Unlock the profile and start the engine on the running loop; with no passphrase by the system's keyring.

        Raises:
            KithError: ``wrong_passphrase``, ``passphrase_missing``, ``profile_in_use``, ``profile_newer``,
                ``profile_damaged``, ``profile_missing``, ``listen_failed``.
        """


class DesktopGate(Gate, Protocol):
    """The door as a window needs it: it may stand open for hours before the passphrase comes."""

    async def attend(self, open_link: Callable[[str | None], None]) -> None:
        """Be the Kith that later starts on this profile talk to, whether it is open or not.

        ``open_link`` is called on the running loop for each of them: show the window, and add the contact of the link
        that one was given, if any.  It returns at once and does not raise.  A messenger is opened on the same loop.

        Raises:
            KithError: ``profile_in_use``: another Kith is that; ``storage_full``, ``storage_damaged``.
        """

    async def close(self) -> None:
        """End what :meth:`attend` began; the close of an open messenger ends it too."""
