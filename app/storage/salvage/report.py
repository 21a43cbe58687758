"""What a repair saved, in words for the person whose profile it is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Report:
    """Numbers only: a report may stand in a log."""

    messages: int
    """Messages in the repaired profile."""
    from_snapshot: int
    """Of these, those that only a snapshot had."""
    is_missing_some: bool
    """Messages may be lost."""
    contacts: int
    lost_sessions: int
    """Contacts that nothing can be sent to before a reset."""
    kept_aside: str
    """Name of the folder with the damaged files."""

    def sentence(self) -> str:
        """All of it, and what to do next."""
        parts = (
            f"The profile was damaged and has been repaired: {self._saved()}.",
            "Some messages may be missing." if self.is_missing_some else "",
            self._sessions(),
            f"The damaged files are kept in “{self.kept_aside}”. Start Kith again to go on.",
        )
        return " ".join(part for part in parts if part)

    def _saved(self) -> str:
        saved = f"{_counted(self.messages, 'message')} and {_counted(self.contacts, 'contact')} were saved"
        return f"{saved}, {self.from_snapshot:,} of the messages from a snapshot" if self.from_snapshot else saved

    def _sessions(self) -> str:
        if not self.lost_sessions:
            return ""
        return (
            f"The secure session with {_counted(self.lost_sessions, 'contact')} was lost: Kith makes a new one when"
            " they are reached, and asks both of you before anything is sent on it."
        )


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
