"""Spans of time as people say them."""

from enum import Enum

from PySide6.QtCore import QObject


class Unit(Enum):
    """What a span is counted in."""

    MOMENT = 0
    """Nothing: it is less than a minute."""
    MINUTE = 60
    HOUR = 3_600
    DAY = 86_400
    YEAR = 31_557_600
    """The mean one, of 365.25 days."""


_UNITS = (Unit.YEAR, Unit.DAY, Unit.HOUR, Unit.MINUTE)


def duration(seconds: float) -> str:
    """``7 days``, ``23 hours``, ``10 minutes``, rounded to the nearest; ``less than a minute`` below one."""
    return Durations().words(seconds)


def ago(seconds: float) -> str:
    """``7 days ago``, likewise."""
    return Ages().words(seconds)


def counted(seconds: float) -> tuple[int, Unit]:
    """How many of the largest unit that fits; a span that is short of one by seconds counts as one."""
    if seconds >= Unit.MINUTE.value:
        for unit in _UNITS:
            if seconds >= unit.value - Unit.MINUTE.value / 2:
                return round(seconds / unit.value), unit
    return 0, Unit.MOMENT


class Durations(QObject):
    """A QObject, for plurals are recognised in its ``tr`` alone."""

    def words(self, seconds: float) -> str:
        count, unit = counted(seconds)
        match unit:
            case Unit.YEAR:
                return self.tr("%n years", "", count)
            case Unit.DAY:
                return self.tr("%n days", "", count)
            case Unit.HOUR:
                return self.tr("%n hours", "", count)
            case Unit.MINUTE:
                return self.tr("%n minutes", "", count)
            case Unit.MOMENT:
                return self.tr("less than a minute")


class Ages(QObject):
    """Other words than those of a duration, in languages that decline them."""

    def words(self, seconds: float) -> str:
        count, unit = counted(seconds)
        match unit:
            case Unit.YEAR:
                return self.tr("%n years ago", "", count)
            case Unit.DAY:
                return self.tr("%n days ago", "", count)
            case Unit.HOUR:
                return self.tr("%n hours ago", "", count)
            case Unit.MINUTE:
                return self.tr("%n minutes ago", "", count)
            case Unit.MOMENT:
                return self.tr("less than a minute ago")
