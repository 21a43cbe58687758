"""Members of enumerations, which the store keeps by their numbers."""

from enum import IntEnum
from typing import TypeVar

from crypto.errors import MalformedError

E = TypeVar("E", bound=IntEnum)


def member(kind: type[E], number: int) -> E:
    """The member with this number.

    Raises:
        MalformedError: there is none; the row was not written by this Kith.
    """
    try:
        return kind(number)
    except ValueError as error:
        raise MalformedError("a number without a meaning") from error
