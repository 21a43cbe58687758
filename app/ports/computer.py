"""What the services ask the computer that they run on: the time, and of the disk."""

from typing import Protocol


class Volume(Protocol):
    """The disk under the profile."""

    def free_bytes(self) -> int | None:
        """What may still be written; None where the system does not say."""

    def newest_file_at(self) -> float | None:
        """The latest change of a file that is there, in Unix seconds."""


class Clock(Protocol):
    """Wall time in Unix seconds; it may jump, and nothing may depend on its being right."""

    def __call__(self) -> float: ...
