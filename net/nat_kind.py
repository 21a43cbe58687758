"""What stands between this computer and the others (RFC 4787 has the long words)."""

from enum import Enum
from typing import Self


class NatKind(Enum):
    """The value is what a record on the DHT carries (``docs/protocol.md``, section 6)."""

    UNKNOWN = 0
    NONE = 1
    """Others see an address of this computer itself."""
    CONE = 2
    """A router gives one port of ours one port of its own, whomever we talk to (endpoint-independent mapping)."""
    SYMMETRIC = 3
    """It gives each conversation a port of its own: nobody can be told where to knock."""
    NO_UDP = 4
    """The internet answers over TCP only."""

    @classmethod
    def read(cls, value: int) -> Self:
        """The kind that a record names; what later versions may name is unknown."""
        return cls(value) if value in {kind.value for kind in cls} else cls(cls.UNKNOWN.value)
