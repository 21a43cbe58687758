"""Values that are made anew at each end of every message.

A frozen dataclass writes each field of a new value through ``object.__setattr__``, which takes ten times as long as an
assignment: a seventh of the time of a message in all.  For these few classes it is mypy alone that refuses to assign to
a field; every other value of the package is frozen at run time as well.
"""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

_Value = TypeVar("_Value")


@dataclass_transform(frozen_default=True, eq_default=False)
def hot_value(cls: type[_Value]) -> type[_Value]:
    """A slotted dataclass without ``repr`` and ``==``, frozen for mypy; for a :class:`crypto.secret.KeyHolder`."""
    return dataclass(slots=True, eq=False, repr=False)(cls)
