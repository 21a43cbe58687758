"""What may happen to the files of a profile while nobody looks: chosen by dice, so that a seed brings it again."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from random import Random  # noqa: TID251 - see above

PAGE_BYTES = 4_096
MOST_PAGES = 0.1
"""Of a file, overwritten at once."""


class Fate(Enum):
    """What happens to one file."""

    OVERWRITTEN = "some of its pages hold something else"
    FLIPPED = "some of its bytes are others"
    ZEROED = "some of its pages are zeros"
    BEHEADED = "its beginning is lost"
    CUT = "its end is lost"
    EMPTIED = "it is empty"
    GONE = "it is not there"
    GARBAGE = "nothing of it is left"


SPOTTY = {Fate.OVERWRITTEN, Fate.FLIPPED, Fate.ZEROED, Fate.BEHEADED}
"""After these most of the file is still there."""


@dataclass(frozen=True)
class Damage:
    """What happened."""

    file: str
    fate: Fate
    pages: int
    """How many pages of the file were hit at most."""


def damage(folder: Path, dice: Random) -> Damage:
    """Let something happen to the database in a profile folder, or to its log."""
    files = [path for path in (folder / "kith.db", folder / "kith.db-wal") if path.exists()]
    path, fate = dice.choice(files), dice.choice(list(Fate))
    content = path.read_bytes()
    if fate is Fate.GONE:
        path.unlink()
        return Damage(path.name, fate, len(content) // PAGE_BYTES)
    pages = dice.randint(1, max(1, round(len(content) // PAGE_BYTES * MOST_PAGES)))
    path.write_bytes(_damaged(content, fate, pages, dice))
    return Damage(path.name, fate, pages)


def _damaged(content: bytes, fate: Fate, pages: int, dice: Random) -> bytes:
    match fate:
        case Fate.BEHEADED:
            size_bytes = dice.choice([16, 100, PAGE_BYTES])
            return dice.randbytes(size_bytes) + content[size_bytes:]
        case Fate.CUT:
            return content[: dice.randrange(len(content))]
        case Fate.GARBAGE:
            return dice.randbytes(len(content))
        case Fate.OVERWRITTEN | Fate.FLIPPED | Fate.ZEROED:
            return _spotted(bytearray(content), fate, pages, dice)
        case _:
            return b""


def _spotted(content: bytearray, fate: Fate, pages: int, dice: Random) -> bytes:
    for _ in range(pages):
        start = dice.randrange(len(content) // PAGE_BYTES) * PAGE_BYTES
        if fate is Fate.FLIPPED:
            content[start + dice.randrange(PAGE_BYTES)] ^= dice.randint(1, 255)
        else:
            content[start : start + PAGE_BYTES] = (
                bytes(PAGE_BYTES) if fate is Fate.ZEROED else dice.randbytes(PAGE_BYTES)
            )
    return bytes(content)
