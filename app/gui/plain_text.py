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

_REGION_FLAG = "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,6}\U000e007f"
"""A black flag whose tags name a region, such as Scotland's: the only tags that are no hidden text."""
_CONTROLS = re.compile(f"({_REGION_FLAG})|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufff9-\ufffb\U000e0000-\U000e007f]")
_PILE = re.compile("[^\x00-\u02ff]")
"""Beyond these begin the characters among which marks are."""


def plain(text: str) -> str:
    """The text with the same words.  Bounding its length is the caller's business."""
    if text.isascii() and text.isprintable():
        return text
    shown = _CONTROLS.sub(_shown, _OVERRIDES.sub("", text)).replace("\t", "    ")
    return without_piles(shown, at_most=_MAX_MARKS) if _PILE.search(shown) else shown


def _shown(control: re.Match[str]) -> str:
    return control[1] or _REPLACEMENT
