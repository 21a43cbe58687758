"""What is fuzzed: a parser of foreign bytes, with the promise that it keeps for any of them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TypeAlias

Check: TypeAlias = Callable[[bytes], None]
"""Gives the parser one input.  Whatever it raises is a finding: a refusal is caught inside, a broken promise is not."""

MAX_PIECES = 32


@dataclass(frozen=True, slots=True)
class Target:
    """One parser.

    ``samples`` are valid inputs, which others are made from.  ``prepared`` builds what the parser works on (a live
    session, say) and gives it back at the end; inputs then come one after the other.
    """

    name: str
    samples: Callable[[], Sequence[bytes]]
    prepared: Callable[[], AbstractContextManager[Check]]
    words: Sequence[bytes] = ()
    """What inputs are sprinkled with: keywords and edges that chance would not find."""
    max_bytes: int = 4_096
    is_guided: bool = True
    """Coverage-guided fuzzing applies too: one input is one quick call that leaves nothing behind."""


def always(check: Check) -> Callable[[], AbstractContextManager[Check]]:
    """For a parser that needs no preparation."""

    @contextmanager
    def prepared() -> Iterator[Check]:
        yield check

    return prepared


def pieces(data: bytes) -> list[bytes]:
    """Any bytes as several: ``u16 length ‖ bytes`` each, a length that is too large meaning the rest, 32 at most."""
    found: list[bytes] = []
    while len(data) > 2 and len(found) < MAX_PIECES:
        end = 2 + int.from_bytes(data[:2], "little")
        found.append(data[2:end])
        data = data[end:]
    return found


def joined(parts: Sequence[bytes]) -> bytes:
    """The input that :func:`pieces` reads as ``parts``."""
    return b"".join(len(part).to_bytes(2, "little") + part for part in parts)
