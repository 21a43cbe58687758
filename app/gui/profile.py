"""The open profile as the GUI holds it."""

from dataclasses import dataclass

from app.domain.account import AccountInfo
from app.gui.bridge import Bridge
from app.services.messenger import Messenger


@dataclass(frozen=True, slots=True)
class Profile:
    """The messenger, which lives on the engine's loop, and the bridge, by which alone it is called."""

    bridge: Bridge
    messenger: Messenger
    account: AccountInfo
