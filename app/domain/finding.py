"""What a self-check found, in words for people."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.identifiers import ContactId


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    check: str
    """A stable word for programs: ``listeners``, ``addresses``, ``lan``, ``clock``, ``contact``, …"""
    ok: bool
    detail: str
    """What was seen, in sentences."""
    advice: str | None = None
    """What to do about it; None where nothing needs to be done, or can."""
    contact: ContactId | None = None
    """Whom it is about, if it is about one contact."""

    def to_row(self) -> Mapping[str, object]:
        """As programs are shown it, in JSON (``docs/automation.md``, The doctor)."""
        row = {"check": self.check, "ok": self.ok, "detail": self.detail, "advice": self.advice}
        return row if self.contact is None else {**row, "contact": self.contact}
