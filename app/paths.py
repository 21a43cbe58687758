"""Where things live on this system: each in the folder that its conventions give to one user's data."""

from pathlib import Path

import platformdirs

APPLICATION = "kith"


def default_profile() -> Path:
    r"""The profile used without ``--profile``; nothing is created.

    Linux: ``$XDG_DATA_HOME/kith`` or ``~/.local/share/kith``; macOS: ``~/Library/Application Support/kith``;
    Windows: ``%LOCALAPPDATA%\kith``.
    """
    return platformdirs.user_data_path(APPLICATION, appauthor=False)
