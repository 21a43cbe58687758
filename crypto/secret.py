"""A byte string that must not leak by accident.

It neither prints, pickles, hashes nor compares with ``==``.  It does not wipe memory: CPython copies freely, and
``docs/threat-model.md`` says so.
"""

import hmac
from typing import NoReturn


class Secret:
    """Key material.  ``reveal()`` is the one door to the bytes, so that a search finds every use."""

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        self._value = value

    def reveal(self) -> bytes:
        """The bytes themselves, to be passed straight to a primitive."""
        return self._value

    def matches(self, other: "Secret") -> bool:
        """Compare in constant time."""
        return hmac.compare_digest(self._value, other._value)

    def __len__(self) -> int:
        return len(self._value)

    def __repr__(self) -> str:
        return f"Secret(<{len(self._value)} bytes>)"

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError("secrets are compared with matches()")

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> NoReturn:
        raise TypeError("secrets are not pickled")


class KeyHolder:
    """Base of values that hold keys as plain ``bytes``: like a secret, they neither print, pickle nor compare."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(<hidden>)"

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError("values that hold keys are not compared")

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> NoReturn:
        raise TypeError("values that hold keys are not pickled")
