"""A passphrase that is chosen: typed twice, since it is not shown and nobody can reset it."""

from app.gui.translation import translate


def objection(passphrase: str, again: str) -> str:
    """Why these are no new passphrase; empty when they are."""
    if not passphrase:
        return translate("NewPassphrase", "Choose a passphrase: several words that only you know.")
    if passphrase != again:
        return translate("NewPassphrase", "The two passphrases are not the same.")
    return ""
