"""A remark of the doctor with its values, which whoever shows it words in the reader's language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, assert_never

from app.domain.contact import ContactNotice
from app.domain.duration import in_words
from app.domain.remark import Remark

SMALL_BYTES: Final = 100 << 20
"""A size below this is told in MB."""


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time; its sign does not matter."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Ago:
    """How long ago something was, in seconds, not negative."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Moment:
    """A time, in Unix seconds; any number whatever."""

    at: float


@dataclass(frozen=True, slots=True)
class Size:
    """An amount of data, in bytes."""

    size_bytes: int


@dataclass(frozen=True, slots=True)
class ErrorSentence:
    """What a failure says of itself, worded in ``app.domain.errors`` or for its occasion."""

    english: str


@dataclass(frozen=True, slots=True)
class Said:
    """A remark with its values."""

    remark: Remark
    values: Mapping[str, "Value"]

    @property
    def english(self) -> str:
        return self.remark.value.format(**{name: _english(value) for name, value in self.values.items()})


Value = str | int | Span | Ago | Moment | Size | ErrorSentence | ContactNotice | Said


def say(remark: Remark, **values: Value) -> Said:
    """A remark with its values, each under its name."""
    return Said(remark, values)


def listed(values: Iterable[object]) -> str:
    """Addresses and the like, which read alike in all languages."""
    return ", ".join(map(str, values))


def since(at: float, now: float) -> Ago | Said:
    """How long ago it was; a clock that was set back since is told as such."""
    return Ago(now - at) if at <= now else say(Remark.IN_THE_FUTURE)


def calendar_time(at: float) -> datetime | None:
    """A moment in UTC; None for a number that no calendar has."""
    try:
        return datetime.fromtimestamp(at, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _english(value: Value) -> str:
    match value:
        case str():
            return value
        case Span(seconds):
            return in_words(seconds)
        case Ago(seconds):
            return f"{in_words(seconds)} ago"
        case Moment(at):
            time = calendar_time(at)
            return Remark.NO_DATE.value if time is None else f"{time:%Y-%m-%d %H:%M}"
        case Size(size_bytes):
            return f"{size_bytes / 1e9:,.1f} GB" if size_bytes >= SMALL_BYTES else f"{size_bytes / 1e6:,.0f} MB"
        case ErrorSentence(english):
            return english
        case ContactNotice():
            return value.sentence
        case int():
            return f"{value:,}"
        case Said():
            return value.english
        case _:
            assert_never(value)
