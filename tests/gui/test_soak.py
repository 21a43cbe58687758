"""Two windows with real engines, used at random by two people: nothing fails, is lost, or grows.

Five seconds of it in the whole run; thirty minutes with KITH_SLOW (``dev.py slow``), where memory is held to its size.
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random  # noqa: TID251 - what the people do comes again from its seed

import psutil
import pytest
from PySide6.QtCore import Qt

from app import memory
from app.domain.errors import SENTENCES, ErrorKind
from app.domain.message import Message
from app.gui.application import Application
from app.gui.dialogs.delete_message_dialog import DeleteMessageDialog
from app.gui.dialogs.message_details_dialog import MessageDetailsDialog
from app.gui.emoji_names import FAVOURITES
from app.gui.theme.theme import Theme
from app.gui.widgets.chat_page import ChatPage
from tests.support.clicks import press, write
from tests.support.gui import dialog_of, home_of, run_gui, until
from tests.support.windows import begin, two_windows

IS_SLOW = os.environ.get("KITH_SLOW") == "1"
DURATION_S = 1_800 if IS_SLOW else 5
WARM_SHARE = 0.3
MOST_GROWTH = 1.10
WORDS = ["the", "tide", "turns", "at", "six", "be", "at", "the", "pier", "مرحبا", "🙂", "https://example.org/x"]


class Somebody:
    """What one person does, by dice."""

    def __init__(self, application: Application, dice: Random) -> None:
        self._application = application
        self._dice = dice
        self._deeds: list[Callable[[], Awaitable[None]]] = [
            *[self._send] * 4,
            self._reply,
            self._react,
            self._edit,
            self._delete,
            self._scroll,
            self._search,
            self._look_at_details,
            self._choose_emoji,
            self._resize,
        ]

    async def act(self) -> None:
        await self._dice.choice(self._deeds)()

    async def _send(self) -> None:
        box = self._chat.composer.box
        write(box, " ".join(self._dice.choices(WORDS[:9], k=self._dice.randint(1, 30))))
        if self._dice.random() < 0.8:
            press(box, Qt.Key.Key_Return)

    async def _reply(self) -> None:
        message = self._any_message()
        if message is not None and not message.deleted:
            self._chat.view.message_actions.reply.emit(message)
            await self._send()

    async def _react(self) -> None:
        message = self._any_message()
        if message is not None and not message.deleted:
            emoji = self._dice.choice([*FAVOURITES[:20], None])
            self._chat.view.message_actions.react.emit(message, emoji)

    async def _edit(self) -> None:
        self._chat.composer.box.clear()
        press(self._chat.composer.box, Qt.Key.Key_Up)
        await self._send()
        press(self._chat.composer.box, Qt.Key.Key_Escape)

    async def _delete(self) -> None:
        message = self._any_message()
        if message is None or self._dice.random() < 0.5:
            return
        self._chat.view.message_actions.delete.emit(message)
        dialog = await dialog_of(self._application, DeleteMessageDialog)
        choice = [dialog.here_button, dialog.cancel_button, *[dialog.both_button] * message.mine]
        self._dice.choice(choice).click()
        await self._dialogs_closed()

    async def _scroll(self) -> None:
        bar = self._chat.view.verticalScrollBar()
        bar.setValue(self._dice.randint(0, max(0, bar.maximum())))

    async def _search(self) -> None:
        contacts = self._application.window.main.contacts
        contacts.search.setText(self._dice.choice(WORDS[:9])[: self._dice.randint(1, 4)])
        await until(lambda: home_of(self._application).finder.model.query == contacts.search.text().strip(), 30)
        contacts.results.choose_current()
        contacts.search.clear()

    async def _look_at_details(self) -> None:
        message = self._any_message()
        if message is not None:
            self._chat.view.message_actions.details.emit(message)
            (await dialog_of(self._application, MessageDetailsDialog)).accept()
            await self._dialogs_closed()

    async def _choose_emoji(self) -> None:
        composer = self._chat.composer
        composer.emoji_button.click()
        composer.picker.list.clicked.emit(composer.picker.model.index(self._dice.randrange(40)))

    async def _resize(self) -> None:
        self._application.window.resize(self._dice.randint(720, 1_300), self._dice.randint(480, 900))

    async def _dialogs_closed(self) -> None:
        await until(lambda: home_of(self._application).desk.dialog is None)

    @property
    def _chat(self) -> ChatPage:
        return self._application.window.main.chat

    def _any_message(self) -> Message | None:
        conversation = home_of(self._application).conversation
        rows = 0 if conversation is None else conversation.model.rowCount()
        return conversation.model.row(self._dice.randrange(rows)).message if conversation is not None and rows else None


def own_bytes() -> int:
    """Memory of this process alone: its share of the libraries' grows whenever a neighbour that uses them ends."""
    taken = psutil.Process().memory_info()
    own: int = taken.rss - taken.shared
    return own


@pytest.mark.slow
@pytest.mark.thorough
@pytest.mark.timeout(DURATION_S + 300)
def test_two_people_use_their_windows_at_random(theme: Theme, tmp_path: Path) -> None:
    seed = int(os.environ.get("KITH_SEED", "7"))
    dice = Random(seed)
    looks: list[int] = []
    memory.use_one_arena()

    async def use() -> None:
        async with two_windows(theme, tmp_path) as windows:
            ada, ben = windows
            await begin(ada, ben)
            people = [Somebody(window, dice) for window in windows]
            began = time.monotonic()
            while (elapsed := time.monotonic() - began) < DURATION_S:
                await dice.choice(people).act()
                await asyncio.sleep(dice.random() * 0.1)
                if IS_SLOW and elapsed > DURATION_S * WARM_SHARE:
                    looks.append(own_bytes())
                said = {window.window.banner.text.text() for window in windows}
                assert SENTENCES[ErrorKind.UNEXPECTED] not in said, f"seed {seed}"

    run_gui(use(), DURATION_S + 240)
    if IS_SLOW:
        edge = len(looks) // 10
        assert max(looks[-edge:]) <= MOST_GROWTH * max(looks[:edge]), f"seed {seed}"
