"""This computer's own account."""

from dataclasses import dataclass

from crypto.discovery_key import DiscoveryKey
from crypto.identity import Identity

MAX_NAME_CHARACTERS = 64


@dataclass(frozen=True, slots=True)
class Account:
    """The account as stored: who we are and the port we keep."""

    name: str
    identity: Identity
    discovery: DiscoveryKey
    created_at: float
    port: int = 0
    """The port of the default listeners, chosen at first start; 0 before."""


@dataclass(frozen=True, slots=True)
class AccountInfo:
    """The account as shown.  ``fingerprint`` is 64 hexadecimal digits."""

    id: str
    name: str
    fingerprint: str
