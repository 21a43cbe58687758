"""What a peer wrote, made harmless to paint: controls are shown as such, nothing turns the direction of what follows,
and marks do not pile up over the lines above.
"""

import re

from app.domain.marks import without_piles

_MAX_MARKS = 6
"""Combining marks on one letter; Hebrew and Vietnamese need three, piles need a hundred."""

_REPLACEMENT = "\ufffd"
_OVERRIDES = re.compile("[\u202a-\u202e]")
"""Embeddings and overrides.  Isolates and marks stay: they end where they should, and people's keyboards write them."""

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufff9-\ufffb\U000e0000-\U000e007f]")
_PILE = re.compile("[^\x00-\u02ff]")
"""Beyond these begin the characters among which marks are."""


def plain(text: str) -> str:
    """The text with the same words.  Bounding its length is the caller's business."""
    if text.isascii() and text.isprintable():
        return text
    shown = _CONTROLS.sub(_REPLACEMENT, _OVERRIDES.sub("", text)).replace("\t", "    ")
    return without_piles(shown, at_most=_MAX_MARKS) if _PILE.search(shown) else shown
