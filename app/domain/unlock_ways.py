"""By what a profile opens."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UnlockWays:
    """At least one of them does."""

    passphrase: bool
    keyring: bool
    """The operating system's keyring keeps a key."""
