"""Tray, notifications, closing and later starts; the tray is a stand-in, for there is none offscreen."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtWidgets import QSystemTrayIcon

from app.domain.contact import ContactState
from app.domain.errors import ErrorKind, KithError
from app.domain.identifiers import ContactId
from app.gui.application import Application
from app.gui.desktop import notifier
from app.gui.desktop.tray import Tray
from app.gui.desktop.window_state import WindowState
from app.gui.dialogs.add_contact_dialog import AddContactDialog
from app.gui.theme.theme import Theme
from tests.support.clicks import click, write
from tests.support.fake_messenger import GOOD_LINK, FakeGate, FakeMessenger
from tests.support.gui import dialog_of, home_of, on_engine, run_gui, running, until


class Scene:
    """An application on a desktop with a tray, and what the tray was asked to say."""

    def __init__(self, application: Application, fake: FakeMessenger, said: list[tuple[str, str]]) -> None:
        self.application = application
        self.fake = fake
        self.said = said

    async def settings(self, **changes: Any) -> None:
        preferences = self.application.preferences
        assert preferences is not None
        preferences.change(**changes)
        await until(lambda: all(getattr(preferences.settings, name) == value for name, value in changes.items()))

    async def receive(self, contact: ContactId, *texts: str) -> None:
        await on_engine(self.application, lambda: [self.fake.receive(contact, text) for text in texts])

    async def hear(self, count: int) -> None:
        await until(lambda: len(self.said) >= count)


@asynccontextmanager
async def on_desktop(
    theme: Theme, monkeypatch: pytest.MonkeyPatch, fake: FakeMessenger, folder: Path | None = None, *, tray: bool = True
) -> AsyncIterator[Scene]:
    said: list[tuple[str, str]] = []

    def say(_tray: Tray, title: str, text: str) -> bool:
        said.append((title, text))
        return tray

    monkeypatch.setattr(Tray, "is_there", property(lambda _: tray))
    monkeypatch.setattr(Tray, "say", say)
    monkeypatch.setattr(notifier, "PAUSE_MS", 1)
    async with running(FakeGate(fake, None), theme, state=WindowState(folder)) as application:
        await until(lambda: application.home is not None and application.window.main.isVisible())
        await until(lambda: home_of(application).roster.model.rowCount() == len(fake._contacts))
        yield Scene(application, fake, said)


def test_closing_the_window_goes_on_in_the_tray_and_says_so_once(
    theme: Theme, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def scene() -> None:
        async with on_desktop(theme, monkeypatch, FakeMessenger(), tmp_path) as desktop:
            window, tray = desktop.application.window, desktop.application.desktop.tray
            window.close()
            assert not window.isVisible()
            assert len(desktop.said) == 1
            assert "online at the same time" in desktop.said[0][1]
            tray.open_action.trigger()
            assert window.isVisible()
            window.close()
            assert len(desktop.said) == 1
            tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
            assert window.isVisible()
            tray.quit_action.trigger()
            assert desktop.application._quit.is_set()

    run_gui(scene())
    assert WindowState(tmp_path).told_of_tray


@pytest.mark.parametrize("tray", [True, False])
def test_closing_ends_kith_where_there_is_no_tray_or_it_is_not_wanted(
    theme: Theme, monkeypatch: pytest.MonkeyPatch, *, tray: bool
) -> None:
    async def scene() -> None:
        async with on_desktop(theme, monkeypatch, FakeMessenger(), tray=tray) as desktop:
            if tray:
                await desktop.settings(keep_in_tray=False)
            desktop.application.window.close()
            assert desktop.application._quit.is_set()

    run_gui(scene())


def test_a_locked_profile_has_nothing_to_go_on_with(theme: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Tray, "is_there", property(lambda _: True))

    async def scene() -> None:
        async with running(FakeGate(FakeMessenger()), theme) as application:
            application.window.close()
            assert application._quit.is_set()

    run_gui(scene())


def test_a_notification_hides_name_and_text(theme: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeMessenger()
    ben = fake.appear("Ben")

    async def scene() -> None:
        async with on_desktop(theme, monkeypatch, fake) as desktop:
            await desktop.receive(ben, "see you at eight")
            await desktop.hear(1)
            assert desktop.said == [("Kith", "1 new message")]

    run_gui(scene())


def test_name_and_text_are_shown_where_that_was_chosen_but_never_of_a_hidden_window(
    theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = FakeMessenger()
    ben = fake.appear("<b>Ben</b>")

    async def scene() -> None:
        async with on_desktop(theme, monkeypatch, fake) as desktop:
            await desktop.settings(notification_content=True)
            await desktop.receive(ben, "see you\nat <a href='https://example.org'>eight</a>\u202e")
            await desktop.hear(1)
            await desktop.receive(ben, "one", "two")
            await desktop.hear(2)
            teller = desktop.application.desktop.notifier
            assert teller is not None
            teller.locked = True
            await desktop.receive(ben, "secret")
            await desktop.hear(3)
            assert desktop.said == [
                ("<b>Ben</b>", "see you at ‹a href='https://example.org'>eight‹/a>"),
                ("<b>Ben</b>", "2 new messages"),
                ("Kith", "1 new message"),
            ]

    run_gui(scene())


def test_the_open_chat_muted_contacts_and_switched_off_notifications_keep_silent(
    theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = FakeMessenger()
    ben, mara = fake.appear("Ben"), fake.appear("Mara")

    async def scene() -> None:
        async with on_desktop(theme, monkeypatch, fake) as desktop:
            application = desktop.application
            application.window.activateWindow()
            application.window.main.contacts.choose(ben)
            await desktop.receive(ben, "first")
            await until(lambda: home_of(application).roster.open_contact == ben)
            said = len(desktop.said)
            await desktop.receive(ben, "in sight")
            await application._bridge.call(fake.mute_contact, mara)
            await until(lambda: (known := home_of(application).roster.model.contact(mara)) and known.muted_until)
            await desktop.receive(mara, "muted")
            await desktop.settings(notifications=False)
            await application._bridge.call(fake.unmute_contact, mara)
            await until(lambda: (known := home_of(application).roster.model.contact(mara)) and not known.muted_until)
            await desktop.receive(mara, "switched off")
            await desktop.settings(notifications=True)
            await desktop.receive(mara, "heard")
            await desktop.hear(said + 1)
            assert len(desktop.said) == said + 1

    run_gui(scene())


def test_a_flood_is_told_in_few_notifications(theme: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeMessenger()
    ben, mara = fake.appear("Ben"), fake.appear("Mara")

    async def scene() -> None:
        async with on_desktop(theme, monkeypatch, fake) as desktop:
            teller = desktop.application.desktop.notifier
            assert teller is not None
            teller._pause.setInterval(60_000)
            await desktop.receive(ben, "first")
            await desktop.hear(1)
            for _ in range(20):
                await desktop.receive(ben, *["flood"] * 10)
                await desktop.receive(mara, "hello")
            await until(lambda: len(teller._waiting) == 220)
            assert len(desktop.said) == 1
            teller._pause.timeout.emit()
            assert desktop.said[1] == ("Kith", "220 new messages")
            assert teller.told is None

    run_gui(scene())


def test_a_request_is_told_without_its_name(theme: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeMessenger()

    async def scene() -> None:
        async with on_desktop(theme, monkeypatch, fake) as desktop:
            await on_engine(desktop.application, lambda: fake.appear("Jonas", state=ContactState.REQUEST))
            await desktop.hear(1)
            assert "Jonas" not in "".join(desktop.said[0])

    run_gui(scene())


def test_a_click_on_a_notification_opens_the_conversation(theme: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeMessenger()
    ben = fake.appear("Ben")

    async def scene() -> None:
        async with on_desktop(theme, monkeypatch, fake) as desktop:
            window = desktop.application.window
            window.close()
            await desktop.receive(ben, "hello")
            await desktop.hear(2)
            desktop.application.desktop.tray.message_clicked.emit()
            await until(window.isVisible)
            await until(lambda: window.main.chat.header.name.text() == "Ben")

    run_gui(scene())


def test_without_a_tray_the_window_asks_for_attention(theme: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeMessenger()
    ben = fake.appear("Ben")

    async def scene() -> None:
        async with on_desktop(theme, monkeypatch, fake, tray=False) as desktop:
            teller = desktop.application.desktop.notifier
            assert teller is not None
            unheard: list[bool] = []
            teller.unheard.connect(lambda: unheard.append(True))
            await desktop.receive(ben, "hello")
            await until(lambda: unheard)

    run_gui(scene())


def test_a_second_start_brings_the_window_and_its_link(theme: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        async with on_desktop(theme, monkeypatch, FakeMessenger()) as desktop:
            gate, application = cast(FakeGate, desktop.application._gate), desktop.application
            application.window.close()
            assert gate.open_link is not None
            await on_engine(application, lambda: gate.open_link and gate.open_link(None))
            await until(application.window.isVisible)
            assert home_of(application).desk.dialog is None
            await on_engine(application, lambda: gate.open_link and gate.open_link(GOOD_LINK))
            dialog = await dialog_of(application, AddContactDialog)
            assert dialog.link.text() == GOOD_LINK

    run_gui(scene())


def test_a_link_that_comes_before_the_passphrase_waits_for_it(theme: Theme) -> None:
    gate = FakeGate(FakeMessenger())

    async def scene() -> None:
        async with running(gate, theme) as application:
            await until(lambda: gate.open_link is not None)
            await on_engine(application, lambda: gate.open_link and gate.open_link(GOOD_LINK))
            await until(lambda: application._link == GOOD_LINK)
            write(application.window.unlock.passphrase, "correct horse")
            click(application.window.unlock.open_button)
            await until(lambda: application.home is not None)
            assert (await dialog_of(application, AddContactDialog)).link.text() == GOOD_LINK

    run_gui(scene())


def test_a_profile_that_another_kith_uses_says_so(theme: Theme) -> None:
    class Taken(FakeGate):
        async def attend(self, _open_link: object) -> None:
            raise KithError(ErrorKind.PROFILE_IN_USE)

    async def scene() -> None:
        async with running(Taken(FakeMessenger()), theme) as application:
            assert application.window.banner.text.text() == "Another Kith is using this profile."

    run_gui(scene())


def test_a_desktop_without_a_tray_shows_no_icon(theme: Theme) -> None:
    tray = Tray()
    tray.show()
    assert not tray.is_there
    assert not tray.say("Kith", "hello")
    tray.hide()
