"""The door to a profile, as a front-end sees it: is there an account, create it, open it.

The composition root implements it; what lies behind (vault, store, network) is no front-end's business.
"""

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

    async def open(self, passphrase: str | None) -> Messenger:
        """Unlock the profile and start the engine on the running loop; with no passphrase by the system's keyring.

        Raises:
            KithError: ``wrong_passphrase``, ``passphrase_missing``, ``profile_in_use``, ``profile_newer``,
                ``profile_damaged``, ``profile_missing``, ``listen_failed``.
        """
