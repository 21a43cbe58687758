"""Messages that are a few emoji and nothing else: they are shown large, as everywhere."""

import unicodedata

MAX_ALONE = 3
_MAX_CHARACTERS = 32
"""Three families of four with their joiners are 21."""

_JOINER = "\u200d"
_PRESENTATION = "\ufe0f"
_SKIN = range(0x1F3FB, 0x1F400)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)
_TAGS = range(0xE0020, 0xE0080)
_PICTURES = (range(0x231A, 0x2400), range(0x25FB, 0x27C0), range(0x2B05, 0x2B56), range(0x1F000, 0x1FB00))
"""Blocks whose symbols are drawn as emoji; beside them stand arrows and box lines that are none."""


def is_emoji_alone(text: str) -> bool:
    """Whether the text is one to three emoji, as far as that can be told without a list of them."""
    if not 0 < len(text) <= _MAX_CHARACTERS:
        return False
    emoji = flag_letters = 0
    before = ""
    for character in text:
        if ord(character) in _FLAG_LETTERS:
            flag_letters += 1
        elif _is_picture(character):
            emoji += before != _JOINER
        elif not (before and _goes_on(character)):
            return False
        before = character
    return flag_letters % 2 == 0 and 1 <= emoji + flag_letters // 2 <= MAX_ALONE


def _is_picture(character: str) -> bool:
    code = ord(character)
    is_symbol = unicodedata.category(character).startswith("S")
    return is_symbol and code not in _SKIN and any(code in block for block in _PICTURES)


def _goes_on(character: str) -> bool:
    """Whether it belongs to the emoji before it."""
    return character in {_JOINER, _PRESENTATION} or ord(character) in _SKIN or ord(character) in _TAGS
