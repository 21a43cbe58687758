"""What is said of a message after it was sent: an edit, a deletion by its author, a reaction.

They meet in any order, and more than once, and the outcome is the same on both sides:

    edits        the one with the largest (clock, id) counts
    deletion     final, whatever was said before or comes after
    reactions    one a person, that with the largest (clock, id); an empty one takes it back
"""

import unicodedata
from dataclasses import dataclass

from app.domain.errors import ErrorKind, KithError
from app.domain.identifiers import MessageId

MAX_EMOJI_BYTES = 64
"""UTF-8 size of a reaction: families with skin tones and subdivision flags take 28 to 41."""

_KEYCAP = "\u20e3"
_JOINER = "\u200d"
_TAGS = range(0xE0020, 0xE0080)
_FOREIGN_CATEGORIES = frozenset("LPZ")
_CONTROL_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co"})


@dataclass(frozen=True, slots=True)
class Reaction:
    """One person's reaction as a conversation shows it."""

    mine: bool
    emoji: str


@dataclass(frozen=True, slots=True)
class Target:
    """The message that is meant.  A contact may use an id of ours for its own, so the author belongs to the name."""

    message: MessageId
    mine: bool


@dataclass(frozen=True, slots=True)
class Revision:
    """An edit of a message by its author, or its deletion."""

    target: Target
    clock: int
    revision_id: bytes
    at: float
    """When its author says that it was made, in Unix seconds."""
    text: str | None
    """None: deleted."""


@dataclass(frozen=True, slots=True)
class ReactionChange:
    """A person reacts to a message, otherwise than before or no longer."""

    target: Target
    by_me: bool
    clock: int
    reaction_id: bytes
    emoji: str
    """Empty: no longer."""


def checked_emoji(emoji: str) -> str:
    """A reaction, as far as that can be told without knowing the emoji of years to come: symbols, no words.

    Raises:
        KithError: ``emoji_invalid``: empty, over 64 bytes, or with letters, punctuation, spaces or controls.
    """
    is_keycap = emoji.endswith(_KEYCAP) and emoji[0] in "0123456789#*"
    parts = emoji[1:] if is_keycap else emoji
    if not emoji or len(emoji.encode(errors="replace")) > MAX_EMOJI_BYTES or not all(map(_is_part, parts)):
        raise KithError(ErrorKind.EMOJI_INVALID)
    return emoji


def _is_part(character: str) -> bool:
    if character == _JOINER or ord(character) in _TAGS:
        return True
    category = unicodedata.category(character)
    return category[0] not in _FOREIGN_CATEGORIES and category not in _CONTROL_CATEGORIES and category != "Nd"
