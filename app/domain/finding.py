"""What a self-check found."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.identifiers import ContactId
from app.domain.said import Said


@dataclass(frozen=True, slots=True)
class ToldFinding:
    """A finding in English sentences, as programs and terminals get it."""

    check: str
    ok: bool
    detail: str
    advice: str | None = None
    contact: ContactId | None = None

    def to_row(self) -> Mapping[str, object]:
        """In JSON (``docs/automation.md``, The doctor)."""
        row = {"check": self.check, "ok": self.ok, "detail": self.detail, "advice": self.advice}
        return row if self.contact is None else {**row, "contact": self.contact}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    check: str
    """A stable word for programs: ``listeners``, ``addresses``, ``lan``, ``clock``, ``contact``, …"""
    ok: bool
    seen: tuple[Said, ...]
    todo: Said | None = None
    """What to do about it; None where nothing needs to be done, or can."""
    contact: ContactId | None = None
    """Whom it is about, if it is about one contact."""
    is_neutral: bool = False
    """Nothing to be glad or alarmed about: a thing that is switched off, somebody who is away."""

    @property
    def detail(self) -> str:
        """What was seen, in English."""
        return " ".join(said.english for said in self.seen)

    @property
    def advice(self) -> str | None:
        """What to do, in English."""
        return None if self.todo is None else self.todo.english

    def told(self) -> ToldFinding:
        return ToldFinding(self.check, self.ok, self.detail, self.advice, self.contact)


def good(check: str, *seen: Said, todo: Said | None = None) -> Finding:
    return Finding(check, True, seen, todo)


def neutral(check: str, *seen: Said, todo: Said | None = None, ok: bool = True) -> Finding:
    """Nothing is wrong, or at least nothing that needs to be mended."""
    return Finding(check, ok, seen, todo, is_neutral=True)


def bad(check: str, *seen: Said, todo: Said) -> Finding:
    return Finding(check, False, seen, todo)
