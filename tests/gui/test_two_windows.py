"""Two people, two windows, one process: real engines, real stores, real sockets on loopback."""

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from app.domain.message import MessageState
from app.gui.application import Application
from app.gui.dialogs.check_digits_dialog import CheckDigitsDialog, ShowDigitsDialog
from app.gui.dialogs.delete_message_dialog import DeleteMessageDialog
from app.gui.theme.theme import Theme
from tests.support.clicks import click, press, write
from tests.support.gui import dialog_of, run_gui, running, until
from tests.support.windows import (
    all_in_state,
    begin,
    contacts,
    create,
    gate,
    lines,
    meet,
    open_conversation,
    send,
    shown,
    two_windows,
    unlock,
)


@pytest.mark.slow
def test_two_windows_meet_in_person_talk_and_go_on_after_a_restart(theme: Theme, tmp_path: Path) -> None:
    async def first_run() -> None:
        async with two_windows(theme, tmp_path) as (ada, ben):
            await create(ada, "Ada")
            await create(ben, "Ben")
            await meet(ada, ben, in_person=True)
            question = await dialog_of(ada, CheckDigitsDialog)
            answer = await dialog_of(ben, ShowDigitsDialog)
            assert question.digits == answer.digits
            click(answer.scanned_button)
            click(question.same_button)
            await until(lambda: ada.window.main.contacts.list.model().rowCount() == 1)
            ada.window.main.contacts.choose(contacts(ada)[0])
            await until(lambda: ada.window.main.chat.header.name.text() == "Ben")
            await until(lambda: ben.window.main.chat.header.name.text() == "Ada")
            await until(ada.window.main.chat.header.mark.isVisible)
            for number in range(10):
                send(ben, f"to Ada {number}")
                send(ada, f"to Ben {number}")
            await until(lambda: len(lines(ada)) == len(lines(ben)) == 20, 30)
            await until(lambda: all_in_state(ada, MessageState.DELIVERED), 30)
            await until(lambda: all_in_state(ben, MessageState.DELIVERED), 30)
            assert [text for _, text in lines(ada)] == [text for _, text in lines(ben)]
            assert [mine for mine, _ in lines(ada)] == [not mine for mine, _ in lines(ben)]

    async def second_run() -> None:
        async with two_windows(theme, tmp_path) as (ada, ben):
            await unlock(ada)
            await unlock(ben)
            for one in (ada, ben):
                await open_conversation(one, messages=20)
            await until(lambda: "Online" in ada.window.main.chat.header.standing.text(), 30)
            send(ada, "still there?")
            await until(lambda: lines(ben)[-1] == (False, "still there?"), 30)
            await until(lambda: all_in_state(ada, MessageState.DELIVERED), 30)

    run_gui(first_run())
    run_gui(second_run())


async def see_writing(reader: Application, writer: Application) -> None:
    """Write until the other side is told; what is told of writing is rationed."""
    while "is typing" not in reader.window.main.chat.header.standing.text():
        write(writer.window.main.chat.composer.box, ".")
        await asyncio.sleep(0.1)


@pytest.mark.slow
def test_two_windows_answer_react_edit_delete_and_search_and_keep_it_all(theme: Theme, tmp_path: Path) -> None:
    async def first_run() -> None:
        async with two_windows(theme, tmp_path) as (ada, ben):
            await begin(ada, ben)
            send(ben, "where shall we meet, at the lighthouse?")
            await until(lambda: len(lines(ada)) == 1, 30)
            actions = ada.window.main.chat.view.message_actions
            actions.reply.emit(shown(ada)[0])
            send(ada, "at the pire")
            await until(lambda: len(lines(ada)) == len(lines(ben)) == 2, 30)
            assert shown(ben)[1].reply_to == shown(ben)[0].message_id
            press(ada.window.main.chat.composer.box, Qt.Key.Key_Up)
            ada.window.main.chat.composer.box.setPlainText("at the pier")
            press(ada.window.main.chat.composer.box, Qt.Key.Key_Return)
            await until(lambda: lines(ben)[1] == (False, "at the pier"), 30)
            ben.window.main.chat.view.message_actions.react.emit(shown(ben)[1], "⚓")
            await until(lambda: [reaction.emoji for reaction in shown(ada)[1].reactions] == ["⚓"], 30)
            send(ben, "forget this")
            await until(lambda: len(lines(ada)) == len(lines(ben)) == 3, 30)
            ben.window.main.chat.view.message_actions.delete.emit(shown(ben)[2])
            click((await dialog_of(ben, DeleteMessageDialog)).both_button)
            await until(lambda: shown(ada)[2].deleted, 30)
            await see_writing(ada, ben)
            ben.window.main.chat.composer.box.setPlainText("to be continued")

    async def second_run() -> None:
        async with running(gate(tmp_path / "ben"), theme) as ben:
            await unlock(ben)
            await open_conversation(ben, messages=3)
            assert lines(ben)[:2] == [(True, "where shall we meet, at the lighthouse?"), (False, "at the pier")]
            assert [reaction.emoji for reaction in shown(ben)[1].reactions] == ["⚓"]
            assert shown(ben)[2].deleted
            await until(lambda: ben.window.main.chat.composer.text() == "to be continued")
            write(ben.window.main.contacts.search, "lightho")
            await until(ben.window.main.contacts.results.isVisible)
            press(ben.window.main.contacts.search, Qt.Key.Key_Return)
            view = ben.window.main.chat.view
            await until(lambda: view._delegate.marked == shown(ben)[0].message_id)

    run_gui(first_run(), 120)
    run_gui(second_run())
