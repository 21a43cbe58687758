"""Combining marks: a language puts a few on a letter, and a pile of them reaches into the lines around."""

import unicodedata


def without_piles(text: str, *, at_most: int) -> str:
    """The text with no more than so many marks in a row; the rest of them is left out."""
    kept, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if marks <= at_most:
            kept.append(character)
    return "".join(kept)
