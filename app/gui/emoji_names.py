"""Names of emoji: which ones the picker shows at first, which ones are of a kind, and which ones a word finds.

The table of names takes 75 ms and 10 MiB to load, so it is loaded when a picker is first opened, and off the window's
thread.
"""

import importlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from app.gui.emoji_groups import EmojiGroup, grouped

MAX_FOUND = 120

_FAVOURITES = """
😀 😃 😄 😁 😆 😅 🤣 😂 🙂 🙃 😉 😊 😇 🥰 😍 🤩 😘 😋 😛 😜
🤪 🤗 🤭 🤫 🤔 😐 😏 😒 🙄 😬 😌 😔 😴 😷 🤒 🥳 😎 🤓 😕 😟
🙁 😮 😳 🥺 😢 😭 😱 😡 👍 👎 👌 ✌️ 🤞 🤙 👋 👏 🙌 🤝 🙏 💪
👀 ❤️ 🧡 💛 💚 💙 💜 🖤 💔 💯 ✅ ❌ ❓ ❗ 🔥 ✨ 🎉 🎁 🎂 ☕
🍵 🍺 🍷 🍕 🍞 🍎 🌞 🌧️ ❄️ 🌈 🌍 🌊 ⛵ ⚓ 🚗 🚆 ✈️ 🚲 🏠 💼
💻 📱 📷 📎 📌 📚 ✏️ 🔑 🔒 💡 🔔 🎵 ⚽ 🐶 🐱 🐟 🐦 🌱 🌹 🌳
"""
FAVOURITES = tuple(_FAVOURITES.split())
"""What most people look for most, by kind."""

QUICK = ("👍", "❤️", "😂", "😮", "😢", "🎉")
"""What one answers with most."""

_FULLY_QUALIFIED = 2
_NEWEST = 14
"""Emoji of later versions are boxes on most computers."""
_SKIN_TONES = frozenset("\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class EmojiNames:
    """Names in one language, and in English beside it."""

    names: MappingProxyType[str, str]
    """The name by emoji, in the order of names."""
    searched: MappingProxyType[str, str]
    groups: Mapping[EmojiGroup, tuple[str, ...]]

    def name(self, emoji: str) -> str:
        """What a screen reader says; the emoji itself where it has no name."""
        return self.names.get(emoji, emoji)

    def find(self, text: str) -> list[str]:
        """The emoji whose names have words that begin as all the words of ``text`` do."""
        words = [f" {word}" for word in text.casefold().split()]
        found = (emoji for emoji, name in self.searched.items() if all(word in name for word in words))
        return [emoji for emoji, _ in zip(found, range(MAX_FOUND), strict=False)]


@lru_cache
def load(language: str) -> EmojiNames:
    """The names in that language, or in English; call it off the window's thread."""
    with _LOCK:
        library = importlib.import_module("emoji")
        if language in library.LANGUAGES:
            library.config.load_language([language, "en"])
        names, searched = {}, {}
        for emoji, data in library.EMOJI_DATA.items():
            if data["status"] != _FULLY_QUALIFIED or data["E"] > _NEWEST or not _SKIN_TONES.isdisjoint(emoji):
                continue
            known = [_words(data[tongue]) for tongue in (language, "en") if tongue in data]
            names[emoji] = known[0]
            searched[emoji] = " " + " ".join([*known, *map(_words, data.get("alias", []))]).casefold()
    return EmojiNames(MappingProxyType(names), MappingProxyType(searched), grouped(names))


def _words(name: str) -> str:
    return name.strip(":").replace("_", " ").replace("-", " ")
