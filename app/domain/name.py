"""Names of people: bounded, one line, without characters that disguise."""

import unicodedata

from app.domain.account import MAX_NAME_CHARACTERS
from app.domain.errors import ErrorKind, KithError
from app.domain.marks import without_piles

DISGUISES = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Bidirectional controls: they could make one name read as another."""

_MAX_MARKS = 4

_MAX_RAW_CHARACTERS = 16 * MAX_NAME_CHARACTERS
"""Before normalising, which takes quadratic time for long rows of combining characters."""


def clean_name(name: str) -> str:
    """The name as it is kept: NFC, single spaces, no controls, no piles of marks, 1 to 64 characters.

    Raises:
        KithError: ``name_invalid``, when nothing readable remains or it is too long.
    """
    if len(name) > _MAX_RAW_CHARACTERS:
        raise KithError(ErrorKind.NAME_INVALID)
    visible = "".join(character for character in name if character not in DISGUISES)
    cleaned = without_piles(" ".join(unicodedata.normalize("NFC", visible).split()), at_most=_MAX_MARKS)
    controls = any(unicodedata.category(character) in {"Cc", "Cs", "Co", "Cn"} for character in cleaned)
    if not cleaned or controls or len(cleaned) > MAX_NAME_CHARACTERS:
        raise KithError(ErrorKind.NAME_INVALID)
    return cleaned
