"""Every screen, walked as a screen reader and the keyboard walk it."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.domain.contact import ContactProblem, ContactState
from app.domain.own_servers import OwnServers
from app.domain.settings import Settings
from app.gui.application import Application
from app.gui.codes import camera
from app.gui.codes.camera import Camera
from app.gui.dialogs.add_contact_dialog import AddContactDialog
from app.gui.dialogs.check_digits_dialog import CheckDigitsDialog, DifferentDigitsDialog
from app.gui.dialogs.compare_dialog import CompareDialog
from app.gui.dialogs.confirm_dialog import ConfirmDialog
from app.gui.dialogs.contact_sheet import ContactSheet
from app.gui.dialogs.invite_dialog import InviteDialog, InviteKind
from app.gui.dialogs.invites_dialog import InvitesDialog
from app.gui.dialogs.passphrase_dialog import PassphraseDialog
from app.gui.dialogs.relay_dialog import RelayDialog
from app.gui.dialogs.requests_dialog import RequestsDialog
from app.gui.settings.access_page import AccessPage
from app.gui.settings.servers_page import ServersPage
from app.gui.settings.settings_dialog import SettingsDialog
from app.gui.theme.theme import Theme
from tests.support.accessibility import complaints, unreachable
from tests.support.clicks import click
from tests.support.fake_messenger import FakeGate, FakeMessenger
from tests.support.gui import dialog_of, home_of, on_engine, over, run_gui, running, until

Look = Callable[[QWidget], list[str]]


@pytest.fixture(params=[complaints, unreachable], ids=["names and roles", "reach of the keyboard"])
def look(request: pytest.FixtureRequest) -> Look:
    chosen: Look = request.param
    return chosen


async def home(application: Application) -> None:
    await until(lambda: application.home is not None and application.window.main.isVisible())


def test_first_and_later_starts(theme: Theme, look: Look) -> None:
    async def scene() -> None:
        async with running(FakeGate(), theme) as application:
            assert look(application.window.welcome) == []
        async with running(FakeGate(FakeMessenger()), theme) as application:
            assert look(application.window.unlock) == []

    run_gui(scene())


def test_the_main_page_empty_with_a_request_in_a_conversation_in_a_search_and_locked(theme: Theme, look: Look) -> None:
    fake = FakeMessenger()

    async def scene() -> None:
        async with running(FakeGate(fake, None), theme) as application:
            await home(application)
            window = application.window
            assert look(window) == []
            ben = await on_engine(application, lambda: fake.appear("Ben"))
            await on_engine(application, lambda: fake.appear("Jonas", state=ContactState.REQUEST))
            await on_engine(application, lambda: fake.receive(ben, "hello"))
            await until(window.main.contacts.requests.isVisible)
            await until(lambda: home_of(application).roster.model.rowCount() == 1)
            window.main.contacts.choose(ben)
            await until(window.main.chat.view.isVisible)
            window.banner.say("The disk is full.")
            assert look(window) == []
            window.main.contacts.search.setText("hello")
            await until(window.main.contacts.results.isVisible)
            assert look(window) == []
            assert application.lock is not None
            application.lock.lock()
            assert look(window) == []

    run_gui(scene())


def test_dialogs_around_invites(theme: Theme, look: Look, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeMessenger()
    monkeypatch.setattr(camera, "is_there", lambda: True)
    monkeypatch.setattr(camera, "start", Camera)

    async def scene() -> None:
        async with running(FakeGate(fake, None), theme) as application:
            await home(application)
            desk = home_of(application).desk
            desk.invite()
            invite = await dialog_of(application, InviteDialog)
            await until(invite.link.text)
            for kind in InviteKind:
                invite.choose(kind)
                assert look(invite) == []
            click(invite.make_button)
            await until(invite.link.text)
            assert look(invite) == []
            click(invite.list_button)
            invites = await over(invite, InvitesDialog)
            await until(lambda: invites.rows)
            assert look(invites) == []
            invites.accept()
            invite.accept()
            await until(lambda: desk.dialog is None)
            desk.add("kith:torn")
            add = await dialog_of(application, AddContactDialog)
            click(add.add_button)
            await until(add.error.isVisible)
            assert look(add) == []
            add.reject()
            await on_engine(application, lambda: fake.appear("Theo", digits="4071"))
            compare = await dialog_of(application, CheckDigitsDialog)
            assert look(compare) == []
            compare.reject()
            assert look(await dialog_of(application, DifferentDigitsDialog)) == []

    run_gui(scene())


def test_the_list_of_requests(theme: Theme, look: Look) -> None:
    fake = FakeMessenger()
    for name in ("Jonas", "Kim"):
        fake.appear(name, state=ContactState.REQUEST)

    async def scene() -> None:
        async with running(FakeGate(fake, None), theme) as application:
            await home(application)
            await until(application.window.main.contacts.requests.all_button.isVisible)
            home_of(application).desk.show_requests()
            assert look(await dialog_of(application, RequestsDialog)) == []

    run_gui(scene())


def test_the_sheet_of_a_contact(theme: Theme, look: Look) -> None:
    fake = FakeMessenger()
    ben = fake.appear("Ben", verified=True, problem=ContactProblem.RESET)

    async def scene() -> None:
        async with running(FakeGate(fake, None), theme) as application:
            await home(application)
            await until(lambda: home_of(application).roster.model.rowCount() == 1)
            home_of(application).desk.show_contact(ben)
            sheet = await dialog_of(application, ContactSheet)
            assert look(sheet) == []
            click(sheet.compare_button)
            compare = await over(sheet, CompareDialog)
            assert look(compare) == []
            compare.reject()
            click(sheet.block_button)
            assert look(await over(sheet, ConfirmDialog)) == []

    run_gui(scene())


def test_every_page_of_the_settings(theme: Theme, look: Look) -> None:
    fake = FakeMessenger()
    fake._settings = Settings(servers=OwnServers.of(["stun.example.org:1"], ["turn:u:s@relay.example.org:1"]))

    async def scene() -> None:
        async with running(FakeGate(fake, None), theme) as application:
            await home(application)
            application.show_settings()
            settings = await dialog_of(application, SettingsDialog)
            for number, page in enumerate(settings.pages):
                settings.subjects.setCurrentRow(number)
                assert page.isVisible()
                assert look(settings) == []
                if isinstance(page, AccessPage):
                    click(page.change_button)
                    assert look(await over(settings, PassphraseDialog)) == []
                if isinstance(page, ServersPage):
                    click(page.add_relay_button)
                    assert look(await over(settings, RelayDialog)) == []

    run_gui(scene())


def test_a_widget_without_a_name_or_out_of_reach_is_found(theme: Theme) -> None:
    async def scene() -> None:
        async with running(FakeGate(), theme) as application:
            welcome = application.window.welcome
            welcome.create_button.setText("")
            assert len(complaints(welcome)) == 1
            welcome.name.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            assert len(unreachable(application.window)) == 1

    run_gui(scene())
