"""Links in what people write: which pieces of a text are links, and what may be opened.

Only these schemes are links at all, and only in whole words; everything else stays text.
"""

import re
from dataclasses import dataclass

from PySide6.QtCore import QUrl

SCHEMES = frozenset({"http", "https", "mailto", "kith"})
MAX_LINKS = 50
"""In one text; what comes after stays text."""

_MAX_LINK_CHARACTERS = 2_048
_LINK = re.compile(
    rf"(?<![\w@])(?:https?://|mailto:|kith:)[^\s<>\"“”«»\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f]"
    rf"{{1,{_MAX_LINK_CHARACTERS}}}",
    re.IGNORECASE,
)
_TRAILING = ".,;:!?'…)]}"
_CLOSING = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True)
class Link:
    """A piece of a text, by start and length in characters, and where it leads."""

    start: int
    length: int
    url: str


def find_links(text: str) -> tuple[Link, ...]:
    """The links of the text, in order."""
    if ":" not in text:
        return ()
    links: list[Link] = []
    for match in _LINK.finditer(text):
        written = _without_punctuation(match[0])
        if is_allowed(written):
            links.append(Link(match.start(), len(written), written))
        if len(links) == MAX_LINKS:
            break
    return tuple(links)


def is_allowed(url: str) -> bool:
    """Whether this may be opened: one of the schemes, and well formed."""
    parsed = QUrl(url, QUrl.ParsingMode.StrictMode)
    if not parsed.isValid() or parsed.scheme().lower() not in SCHEMES:
        return False
    return bool(parsed.host() if parsed.scheme().lower().startswith("http") else parsed.path())


def spelled_out(url: str) -> str:
    """The link as it goes out, all of it in ASCII: letters of another script that look like Latin ones show."""
    return bytes(QUrl(url).toEncoded().data()).decode("ascii", "replace")


def _without_punctuation(written: str) -> str:
    """Without what ends the sentence around it; a bracket stays if it was opened in the link."""
    while written and written[-1] in _TRAILING:
        opening = _CLOSING.get(written[-1])
        if opening and written.count(opening) >= written.count(written[-1]):
            break
        written = written[:-1]
    return written
