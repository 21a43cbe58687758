"""What a method takes, read off its handler's signature: the one place where parameters are named and typed.

A handler is ``async def handler(engine, *, contact: ContactId, limit: int = 50)``: a parameter with a default may be
left out, one that says ``| None`` may be null, and nothing else may be given.
"""

import inspect
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import NoneType
from typing import NewType, Self, get_args

from app.rpc.errors import ErrorCode, RequestError
from app.rpc.protocol import Result

Handler = Callable[..., Awaitable[Result]]
Check = Callable[[object], object]

_MAX_QUOTED = 40
"""Characters of a client's own word that an answer repeats."""


class _IllTypedError(Exception):
    """A value is not of its parameter's type; the message ends the sentence "Parameter … must be"."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of one method."""

    checks: Mapping[str, Check]
    required: frozenset[str]

    @classmethod
    def of(cls, handler: Handler) -> Self:
        """Read the keyword-only parameters of a handler."""
        named = [each for each in inspect.signature(handler).parameters.values() if each.kind is each.KEYWORD_ONLY]
        return cls(
            {each.name: _check_of(each.annotation) for each in named},
            frozenset(each.name for each in named if each.default is each.empty),
        )

    def checked(self, given: dict[str, object] | list[object]) -> dict[str, object]:
        """The arguments to call the handler with.

        Raises:
            RequestError: -32602, with the name of the parameter that is wrong.
        """
        if isinstance(given, list):
            raise RequestError(ErrorCode.INVALID_PARAMS, "Parameters go by name, in an object.")
        arguments: dict[str, object] = {}
        for name, value in given.items():
            check = self.checks.get(name)
            if check is None:
                raise RequestError(ErrorCode.INVALID_PARAMS, f"There is no parameter {quoted(name)} here.")
            try:
                arguments[name] = check(value)
            except _IllTypedError as error:
                raise RequestError(ErrorCode.INVALID_PARAMS, f"Parameter {quoted(name)} must be {error}.") from error
        for name in self.required:
            if name not in arguments:
                raise RequestError(ErrorCode.INVALID_PARAMS, f"Parameter {quoted(name)} is missing.")
        return arguments


def quoted(word: str) -> str:
    """A word of the client's in quotes, cut where it is long."""
    return f'"{word}"' if len(word) <= _MAX_QUOTED else f'"{word[:_MAX_QUOTED]}…"'


def _check_of(annotation: object) -> Check:
    if NoneType in get_args(annotation):
        (kind,) = (member for member in get_args(annotation) if member is not NoneType)
        check = _check_of(kind)
        return lambda value: None if value is None else check(value)
    if isinstance(annotation, NewType):
        annotation = annotation.__supertype__
    return _CHECKS[annotation]


def _string(value: object) -> str:
    if type(value) is not str:
        raise _IllTypedError("a string")
    if not value.isascii():
        try:
            value.encode("utf-8")
        except UnicodeEncodeError as error:
            raise _IllTypedError("a string without unpaired surrogates") from error
    return value


def _boolean(value: object) -> bool:
    if type(value) is not bool:
        raise _IllTypedError("true or false")
    return value


def _integer(value: object) -> int:
    if type(value) is not int:
        raise _IllTypedError("an integer")
    return value


def _number(value: object) -> float:
    try:
        number = float(value) if type(value) in {int, float} else math.nan  # type: ignore[arg-type]
    except OverflowError:
        number = math.nan
    if math.isnan(number):
        raise _IllTypedError("a number")
    return number


def _strings(value: object) -> list[str]:
    if type(value) is not list or not all(type(each) is str for each in value):
        raise _IllTypedError("a list of strings")
    return [_string(each) for each in value]


_CHECKS: Mapping[object, Check] = {
    str: _string,
    bool: _boolean,
    int: _integer,
    float: _number,
    list[str]: _strings,
}
