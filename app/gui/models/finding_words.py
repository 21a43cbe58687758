"""What the doctor found, in the language of the window."""

from typing import assert_never

from PySide6.QtCore import QDate, QLocale, QTime

from app.domain.contact import ContactNotice
from app.domain.finding import Finding
from app.domain.remark import Remark
from app.domain.said import Ago, ErrorSentence, Moment, Said, Size, Span, Value, calendar_time
from app.gui.durations import ago, duration
from app.gui.models.contact_words import notice_sentence
from app.gui.plain_text import plain
from app.gui.sizes import size
from app.gui.translation import translate


def seen(finding: Finding) -> str:
    """What was seen, in sentences; each way to a contact on a line of its own."""
    return (" " if finding.contact is None else "\n").join(map(_sentence, finding.seen))


def todo(finding: Finding) -> str:
    """What to do about it; empty where there is nothing."""
    return "" if finding.todo is None else _sentence(finding.todo)


def _sentence(said: Said) -> str:
    template = translate("Doctor", said.remark.value)
    return template.format(**{name: _words(value) for name, value in said.values.items()})


def _words(value: Value) -> str:
    match value:
        case str():
            return plain(value)
        case Span(seconds):
            return duration(abs(seconds))
        case Ago(seconds):
            return ago(seconds)
        case Moment(at):
            return _utc(at)
        case Size(size_bytes):
            return size(size_bytes)
        case ErrorSentence(english):
            return translate("Errors", english)
        case ContactNotice():
            return notice_sentence(value)
        case int():
            return QLocale().toString(value)
        case Said():
            return _sentence(value)
        case _:
            assert_never(value)


def _utc(at: float) -> str:
    """Day and time, not in the local zone: where the clock is in question, the zone may be, too."""
    time = calendar_time(at)
    if time is None:
        return translate("Doctor", Remark.NO_DATE.value)
    day = QLocale().toString(QDate(time.year, time.month, time.day), QLocale.FormatType.ShortFormat)
    return f"{day} {QTime(time.hour, time.minute).toString('HH:mm')}"
