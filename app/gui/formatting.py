"""Times and texts as people read them.

Times and texts of a message are the peer's: a time may be any number, a text 64 KiB of anything.  Here they become
bounded and paintable.
"""

import math
from datetime import UTC, date, datetime
from typing import Final

from PySide6.QtCore import QDate, QLocale, QTime

from app.gui.translation import translate

MAX_SHOWN_CHARACTERS = 4_000
MAX_SHOWN_LINES = 80
"""A longer text is shortened in its bubble, and whole in a window of its own: layout takes time, height and memory."""

MAX_LAST_LINE_CHARACTERS = 160
"""More never fits beside an avatar."""

_DAY_S: Final = 86_400
_LATEST_S: Final = 253_402_000_000
"""A day before the year 10000: beyond it there is no date."""


def local_time(seconds: float) -> datetime:
    """Unix seconds in the local zone; what is no time, or before 1970, is its beginning."""
    bounded = min(max(seconds, _DAY_S), _LATEST_S) if math.isfinite(seconds) else _DAY_S
    return datetime.fromtimestamp(bounded, tz=UTC).astimezone()


def clock_time(seconds: float) -> str:
    """``14:32``, in the way of the user's locale."""
    moment = local_time(seconds)
    return _locale_time(QTime(moment.hour, moment.minute))


def day_name(day: date, today: date) -> str:
    """``Today``, ``Yesterday``, a weekday within the last week, else the date."""
    days_ago = (today - day).days
    if days_ago == 0:
        return translate("Formatting", "Today")
    if days_ago == 1:
        return translate("Formatting", "Yesterday")
    locale, shown = QLocale(), QDate(day.year, day.month, day.day)
    if 1 < days_ago < 7:
        return locale.dayName(shown.dayOfWeek())
    return locale.toString(shown, _day_month() if day.year == today.year else _day_month_year())


def list_time(seconds: float, now: float) -> str:
    """What stands beside a conversation: the time today, else the day, short."""
    moment, today = local_time(seconds), local_time(now).date()
    days_ago = (today - moment.date()).days
    if days_ago == 0:
        return clock_time(seconds)
    shown = QDate(moment.year, moment.month, moment.day)
    if days_ago == 1:
        return translate("Formatting", "Yesterday")
    if 1 < days_ago < 7:
        return QLocale().dayName(shown.dayOfWeek(), QLocale.FormatType.ShortFormat)
    if moment.year == today.year:
        return QLocale().toString(shown, translate("Formatting", "d MMM", "day and short month"))
    return QLocale().toString(shown, translate("Formatting", "d MMM yyyy", "day, short month and year"))


def full_time(seconds: float) -> str:
    """Day and time, for details."""
    moment = local_time(seconds)
    return (
        f"{QLocale().toString(QDate(moment.year, moment.month, moment.day), _day_month_year())}, {clock_time(seconds)}"
    )


def exact_time(seconds: float) -> str:
    """Day and time to the second."""
    moment = local_time(seconds)
    day = QLocale().toString(QDate(moment.year, moment.month, moment.day), _day_month_year())
    return f"{day}, {moment:%H:%M:%S}"


def shown_text(text: str) -> str:
    """The text of a bubble: bounded, with unified line ends."""
    start = "\n".join(text[: MAX_SHOWN_CHARACTERS + 1].splitlines()[: MAX_SHOWN_LINES + 1])
    lines = start.split("\n")
    if len(start) <= MAX_SHOWN_CHARACTERS and len(lines) <= MAX_SHOWN_LINES:
        return start
    return "\n".join(lines[:MAX_SHOWN_LINES])[:MAX_SHOWN_CHARACTERS].rstrip() + " …"


def is_shortened(text: str) -> bool:
    """Whether a bubble shows only the text's beginning."""
    return shown_text(text).endswith(" …") and not text.rstrip().endswith(" …")


def one_line(text: str) -> str:
    """The text's beginning on one line, for the list of conversations."""
    return " ".join(text[:MAX_LAST_LINE_CHARACTERS].split())


def writable(text: str) -> str:
    """The text with unified line ends, and without the control characters that no message needs."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(character for character in unified if character >= " " or character in "\n\t").replace("\x7f", "")


def fitting(text: str, size_bytes: int) -> str:
    """As much of the text as goes into so many bytes of UTF-8; lone surrogates become question marks."""
    return text.encode(errors="replace")[:size_bytes].decode(errors="ignore")


def utf16_length(text: str) -> int:
    """Its length as Qt counts: a character beyond the first 65,536 is two."""
    return len(text) + sum(character > "\uffff" for character in text)


def initials(name: str) -> str:
    """At most two letters that stand for a name; never empty."""
    words = [word for word in name.split() if any(character.isalnum() for character in word)]
    letters = [next(character for character in word if character.isalnum()) for word in words]
    return "".join(letters[:1] + letters[1:][-1:]).upper() or "?"


def _day_month() -> str:
    return translate("Formatting", "d MMMM", "day and month")


def _day_month_year() -> str:
    return translate("Formatting", "d MMMM yyyy", "day, month and year")


def _locale_time(moment: QTime) -> str:
    locale = QLocale()
    if locale.language() is QLocale.Language.C:
        return moment.toString("HH:mm")
    return locale.toString(moment, QLocale.FormatType.ShortFormat)
