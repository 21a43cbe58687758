"""A system keyring in a dict."""

from typing import Self

import pytest


class KeyringInMemory:
    """What a backend of ``keyring`` keeps."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]

    def installed(self, monkeypatch: pytest.MonkeyPatch) -> Self:
        """This keyring, in place of the system's."""
        monkeypatch.setattr("keyring.get_password", self.get_password)
        monkeypatch.setattr("keyring.set_password", self.set_password)
        monkeypatch.setattr("keyring.delete_password", self.delete_password)
        return self
