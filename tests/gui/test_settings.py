import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QWidget

from app import VERSION
from app.domain.errors import SENTENCES, ErrorKind
from app.domain.finding import Finding
from app.domain.own_servers import MAX_SERVERS, OwnServers
from app.domain.remark import Remark
from app.domain.said import Said, say
from app.domain.settings import Appearance, Settings
from app.gui.application import Application
from app.gui.desktop import autostart
from app.gui.desktop.autostart import DesktopEntry
from app.gui.desktop.window_state import WindowState
from app.gui.dialogs.export_dialog import ExportDialog
from app.gui.dialogs.passphrase_dialog import PassphraseDialog
from app.gui.dialogs.relay_dialog import RelayDialog
from app.gui.settings import storage_page
from app.gui.settings.about_page import AboutPage
from app.gui.settings.access_page import AccessPage
from app.gui.settings.appearance_page import AppearancePage, own_names
from app.gui.settings.connections_page import ConnectionsPage
from app.gui.settings.libraries import LIBRARIES, installed
from app.gui.settings.network_page import NetworkPage
from app.gui.settings.notifications_page import NotificationsPage
from app.gui.settings.page import SettingsPage
from app.gui.settings.privacy_page import PrivacyPage
from app.gui.settings.profile_page import ProfilePage
from app.gui.settings.server_list import ServerList
from app.gui.settings.servers_page import ServersPage
from app.gui.settings.settings_dialog import SettingsDialog
from app.gui.settings.storage_page import StoragePage, measured
from app.gui.theme.theme import Theme, font
from app.gui.theme.tokens import DARK, LIGHT, Type
from tests.support.clicks import click, press, write
from tests.support.fake_messenger import FakeGate, FakeMessenger
from tests.support.gui import dialog_of, home_of, over, run_gui, running, until
from tests.support.tree import ROOT

P = TypeVar("P", bound=SettingsPage)


@pytest.fixture(autouse=True)
def autostart_entry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DesktopEntry:
    entry = DesktopEntry(tmp_path / "config")
    monkeypatch.setattr(autostart, "of_this_system", lambda: entry)
    return entry


class Opened:
    """Settings that are open, and the application behind them."""

    def __init__(self, application: Application, dialog: SettingsDialog) -> None:
        self.application = application
        self.dialog = dialog

    def page(self, kind: type[P]) -> P:
        """Go to the page."""
        (number,) = [number for number, page in enumerate(self.dialog.pages) if isinstance(page, kind)]
        self.dialog.subjects.setCurrentRow(number)
        page = self.dialog.pages[number]
        assert isinstance(page, kind)
        assert page.isVisible()
        return page


@asynccontextmanager
async def settings_of(fake: FakeMessenger, theme: Theme, folder: Path | None = None) -> AsyncIterator[Opened]:
    async with running(FakeGate(fake, None), theme, state=WindowState(folder)) as application:
        await until(lambda: application.home is not None and application.window.main.isVisible())
        click(application.window.main.contacts.settings_button)
        yield Opened(application, await dialog_of(application, SettingsDialog))


def shows(servers: ServerList, count: int) -> bool:
    return len(servers.names) == count


def words_of(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel))


def test_the_subjects_are_walked_by_keyboard_and_only_what_exists_is_listed(theme: Theme) -> None:
    async def scene() -> None:
        async with settings_of(FakeMessenger(), theme) as opened:
            subjects = opened.dialog.subjects
            names = [subjects.item(row).text() for row in range(subjects.count())]
            assert names == [
                "Profile",
                "Passphrase",
                "Privacy",
                "Connections",
                "Servers",
                "Notifications",
                "Appearance",
                "Network",
                "About Kith",
            ]
            press(subjects, Qt.Key.Key_Down)
            assert isinstance(opened.dialog.pages[opened.dialog.stack.currentIndex()], AccessPage)
            place = subjects.visualItemRect(subjects.currentItem()).center()
            QTest.mouseClick(subjects.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, place)
            assert subjects.selectedItems() == [subjects.currentItem()]
            press(opened.dialog, Qt.Key.Key_Escape)
            await until(lambda: home_of(opened.application).desk.dialog is None)

    run_gui(scene())


def test_a_relay_is_named_by_keyboard_and_taken_from_the_list(theme: Theme) -> None:
    fake = FakeMessenger()

    async def scene() -> None:
        async with settings_of(fake, theme) as opened:
            page = opened.page(ServersPage)
            assert page.relays.note.text() == "No relay is named."
            click(page.add_relay_button)
            dialog = await over(opened.dialog, RelayDialog)
            for field, text in ((dialog.address, "relay.example.org:443"), (dialog.user, "ann"), (dialog.secret, "s3")):
                assert QApplication.focusWidget() is field
                write(field, text)
                press(field, Qt.Key.Key_Tab)
            click(dialog.transport.buttons[2])
            press(dialog.secret, Qt.Key.Key_Return)
            await until(lambda: page.relays.names)
            assert page.relays.names == ["relay.example.org:443, TLS, ann"]
            assert page.relays.note.isHidden()
            assert fake.settings().servers.stored() == "turn:ann:s3@relay.example.org:443?transport=tls"
            assert "s3" not in words_of(page)
            click(page.relays.remove_buttons[0])
            await until(lambda: not page.relays.names)
            assert fake.settings() == Settings()

    run_gui(scene())


@pytest.mark.parametrize(
    ("address", "user", "secret", "sentence"),
    [
        ("", "ann", "s3cret", "Write the server with its port, such as relay.example.org:3478."),
        ("relay.example.org", "ann", "s3cret", "Write the server with its port, such as relay.example.org:3478."),
        ("<b>x</b>:1", "ann", "s3cret", "Write the server with its port, such as relay.example.org:3478."),
        ("relay.example.org:3478", " ", "s3cret", "A relay wants a user and a secret, of up to 508 bytes each."),
        ("relay.example.org:3478", "ann", "", "A relay wants a user and a secret, of up to 508 bytes each."),
        ("relay.example.org:3478", "é" * 255, "s", "A relay wants a user and a secret, of up to 508 bytes each."),
        ("known.example.org:3478", "ann", "s3cret", "This relay is in the list already."),
        ("turn:ann:s3cret@known.example.org:3478", "", "", "This relay is in the list already."),
        (
            "turn:ann@relay.example.org:3478",
            "",
            "",
            "This address is not of the form turn:USER:SECRET@SERVER:PORT?transport=udp, tcp or tls.",
        ),
    ],
)
def test_what_is_no_relay_is_refused_with_the_reason(
    theme: Theme, address: str, user: str, secret: str, sentence: str
) -> None:
    fake = FakeMessenger()
    fake._settings = Settings(servers=OwnServers.of((), ["turn:ben:s@known.example.org:3478"]))

    async def scene() -> None:
        async with settings_of(fake, theme) as opened:
            page = opened.page(ServersPage)
            click(page.add_relay_button)
            dialog = await over(opened.dialog, RelayDialog)
            for field, text in ((dialog.address, address), (dialog.user, user), (dialog.secret, secret)):
                field.setText(text)
            click(dialog.add_button)
            assert dialog.error.text() == sentence
            assert dialog.isVisible()
            dialog.address.setText("turn:ann:s3cret@relay.example.org:3478?transport=tls&cafile=/etc/relay.pem")
            assert not dialog.user.isEnabled()
            click(dialog.add_button)
            await until(lambda: len(page.relays.names) == 2)
            assert str(fake.settings().servers.turn[1].ca_file) == "/etc/relay.pem"

    run_gui(scene())


def test_stun_servers_are_named_and_removed_up_to_as_many_as_may_be(theme: Theme) -> None:
    fake = FakeMessenger()

    async def scene() -> None:
        async with settings_of(fake, theme) as opened:
            page = opened.page(ServersPage)
            assert "Cloudflare" in page.stun.note.text()
            write(page.address, "stun.example.org")
            press(page.address, Qt.Key.Key_Return)
            assert page.error.text() == "Write the server with its port, such as stun.example.org:3478."
            page.address.clear()
            for number in range(MAX_SERVERS):
                write(page.address, f"stun{number}.example.org:3478")
                press(page.address, Qt.Key.Key_Return)
                await until(partial(shows, page.stun, number + 1))
                assert page.error.isHidden()
            write(page.address, "more.example.org:3478")
            assert not page.add_stun_button.isEnabled()
            click(page.stun.remove_buttons[1])
            await until(lambda: len(page.stun.names) == MAX_SERVERS - 1)
            assert "stun1.example.org:3478" not in page.stun.names
            assert page.add_stun_button.isEnabled()

    run_gui(scene())


def test_servers_that_are_not_used_are_said_to_be_so(theme: Theme) -> None:
    fake = FakeMessenger()
    fake._settings = Settings(relay=False, stun=False)
    fake.fixed = {"turn_servers": True, "stun_servers": True}

    async def scene() -> None:
        async with settings_of(fake, theme) as opened:
            page = opened.page(ServersPage)
            assert "switched off" in page.relays.note.text()
            assert "switched off" in page.stun.note.text()
            page.show_settings(Settings())
            assert "command line" in page.relays.note.text()
            assert "command line" in page.stun.note.text()

    run_gui(scene())


def test_the_subjects_are_all_in_sight_at_the_largest_text(theme: Theme, tmp_path: Path) -> None:
    fake = FakeMessenger()
    fake._settings = Settings(text_size_percent=150)

    async def scene() -> None:
        async with settings_of(fake, theme, tmp_path) as opened:
            await until(lambda: opened.dialog.subjects.count() == 10)
            assert opened.dialog.subjects.verticalScrollBar().maximum() == 0
        theme.choose(Appearance.SYSTEM, 100)

    run_gui(scene())


def test_the_account_is_renamed_and_the_window_says_so(theme: Theme) -> None:
    fake = FakeMessenger("Ada")

    async def scene() -> None:
        async with settings_of(fake, theme) as opened:
            page = opened.page(ProfilePage)
            await until(lambda: page.name.text() == "Ada")
            assert not page.rename_button.isEnabled()
            page.name.clear()
            write(page.name, "Ada Marwick")
            press(page.name, Qt.Key.Key_Return)
            await until(lambda: opened.application.window.main.contacts.name.text() == "Ada Marwick")
            page.name.setText("x\x07")
            click(page.rename_button)
            await until(page.error.isVisible)
            assert page.error.text() == SENTENCES[ErrorKind.NAME_INVALID]
            click(page.copy_button)
            assert QGuiApplication.clipboard().text() == fake.account.id

    run_gui(scene())


def test_the_profile_is_exported_under_a_passphrase_of_its_own(theme: Theme, tmp_path: Path) -> None:
    fake = FakeMessenger()

    async def scene() -> None:
        async with settings_of(fake, theme) as opened:
            page = opened.page(ProfilePage)
            click(page.export_button)
            dialog = await over(opened.dialog, ExportDialog)
            click(dialog.export_button)
            assert "several words" in dialog.error.text()
            write(dialog.passphrase, "paper cup")
            write(dialog.again, "paper cap")
            click(dialog.export_button)
            assert "not the same" in dialog.error.text()
            dialog.again.setText("paper cup")
            click(dialog.export_button)
            (chooser,) = dialog.findChildren(QFileDialog)
            fake.refuse("export_profile", ErrorKind.STORAGE_FULL)
            chooser.fileSelected.emit(str(tmp_path / "ada.kith"))
            chooser.reject()
            await until(lambda: dialog.error.text() == SENTENCES[ErrorKind.STORAGE_FULL])
            dialog._export(str(tmp_path / "ada.kith"))
            await until(page.exported.text)
            assert page.exported.text() == "Written to ada.kith"

    run_gui(scene())
    assert fake.safe.exported == {tmp_path / "ada.kith": "paper cup"}


def test_the_passphrase_is_changed_after_what_is_wrong_with_it_was_said(theme: Theme) -> None:
    fake = FakeMessenger()
    fake.passphrase = "correct horse"

    async def scene() -> None:
        async with settings_of(fake, theme) as opened:
            page = opened.page(AccessPage)
            click(page.change_button)
            dialog = await over(opened.dialog, PassphraseDialog)
            assert dialog.old is not None
            write(dialog.old, "wrong")
            click(dialog.change_button)
            assert "several words" in dialog.error.text()
            write(dialog.new, "battery staple")
            write(dialog.again, "battery stable")
            click(dialog.change_button)
            assert "not the same" in dialog.error.text()
            dialog.again.setText("battery staple")
            click(dialog.change_button)
            await until(lambda: dialog.error.text() == SENTENCES[ErrorKind.WRONG_PASSPHRASE])
            dialog.old.setText("correct horse")
            press(dialog.again, Qt.Key.Key_Return)
            await until(lambda: page.state.text() == "The passphrase was changed.")

    run_gui(scene())
    assert fake.passphrase == "battery staple"


def test_a_profile_of_the_keyring_gets_a_first_passphrase_and_may_then_leave_the_keyring(theme: Theme) -> None:
    fake = FakeMessenger()
    fake.passphrase, fake.keyring = None, True

    async def scene() -> None:
        async with settings_of(fake, theme) as opened:
            page = opened.page(AccessPage)
            await until(page.keyring.isChecked)
            click(page.keyring)
            await until(page.error.isVisible)
            assert page.error.text() == SENTENCES[ErrorKind.LAST_WAY]
            assert page.keyring.isChecked()
            click(page.change_button)
            dialog = await over(opened.dialog, PassphraseDialog)
            assert dialog.old is None
            write(dialog.new, "battery staple")
            write(dialog.again, "battery staple")
            click(dialog.change_button)
            await until(lambda: fake.passphrase == "battery staple")
            await until(lambda: page.change_button.text() == "Change the passphrase")
            click(page.keyring)
            await until(lambda: not fake.keyring)

    run_gui(scene())


@pytest.mark.parametrize(
    "setting", ["read_receipts", "typing_notices", "lan", "dht", "port_mapping", "stun", "relay", "go_between"]
)
def test_what_others_learn_is_switched_with_its_consequence_said(theme: Theme, setting: str) -> None:
    fake = FakeMessenger()

    async def scene() -> None:
        async with settings_of(fake, theme) as opened:
            page = opened.page(PrivacyPage if setting in {"read_receipts", "typing_notices"} else ConnectionsPage)
            switch = page.switches[setting]
            assert switch.isChecked()
            assert "Switched off" in switch.accessibleDescription()
            click(switch)
            await until(lambda: getattr(fake.settings(), setting) is False)
            click(switch)
            await until(lambda: getattr(fake.settings(), setting) is True)

    run_gui(scene())


def test_two_switches_at_once_are_both_kept(theme: Theme) -> None:
    fake = FakeMessenger()

    async def scene() -> None:
        async with settings_of(fake, theme) as opened:
            page = opened.page(ConnectionsPage)
            click(page.switches["lan"])
            click(page.switches["dht"])
            await until(lambda: (fake.settings().lan, fake.settings().dht) == (False, False))

    run_gui(scene())


def test_a_choice_that_cannot_be_kept_goes_back_and_says_why(theme: Theme) -> None:
    fake = FakeMessenger()

    async def scene() -> None:
        async with settings_of(fake, theme) as opened:
            page = opened.page(ConnectionsPage)
            fake.refuse("change_settings", ErrorKind.STORAGE_FULL)
            click(page.switches["lan"])
            await until(page.error.isVisible)
            assert page.error.text() == SENTENCES[ErrorKind.STORAGE_FULL]
            assert page.switches["lan"].isChecked()

    run_gui(scene())


def test_what_the_command_line_decides_is_shown_as_it_decides_and_cannot_be_switched(theme: Theme) -> None:
    fake = FakeMessenger()
    fake.fixed = {"lan": False}

    async def scene() -> None:
        async with settings_of(fake, theme) as opened:
            page = opened.page(ConnectionsPage)
            assert fake.settings().lan
            assert not page.switches["lan"].isEnabled()
            assert not page.switches["lan"].isChecked()
            assert page.switches["dht"].isChecked()
            assert "command line" in words_of(page)

    run_gui(scene())


def test_on_the_local_network_alone_the_ways_beyond_are_off_and_come_back_as_they_were(theme: Theme) -> None:
    fake = FakeMessenger()

    async def scene() -> None:
        async with settings_of(fake, theme) as opened:
            page = opened.page(ConnectionsPage)
            switches = page.switches
            click(switches["port_mapping"])
            click(switches["lan_only"])
            await until(lambda: fake.settings().lan_only)
            await until(lambda: not switches["dht"].isEnabled())
            assert not switches["dht"].isChecked()
            assert switches["lan"].isChecked()
            assert switches["lan"].isEnabled()
            click(switches["lan_only"])
            await until(switches["dht"].isEnabled)
            assert switches["dht"].isChecked()
            assert not switches["port_mapping"].isChecked()

    run_gui(scene())


def test_contents_of_notifications_are_hidden_until_they_are_wanted(theme: Theme) -> None:
    fake = FakeMessenger()

    async def scene() -> None:
        async with settings_of(fake, theme) as opened:
            page = opened.page(NotificationsPage)
            assert page.switches["notifications"].isChecked()
            assert not page.switches["notification_content"].isChecked()
            assert "keep_in_tray" not in page.switches  # there is no tray offscreen
            click(page.switches["notification_content"])
            await until(lambda: fake.settings().notification_content)

    run_gui(scene())


def test_kith_starts_with_the_session_only_when_that_is_chosen(theme: Theme, autostart_entry: DesktopEntry) -> None:
    fake = FakeMessenger()

    async def scene() -> None:
        async with settings_of(fake, theme) as opened:
            page = opened.page(NotificationsPage)
            assert not page.autostart.isChecked()
            click(page.autostart)
            assert autostart_entry.is_on()
            await until(lambda: fake.settings().autostart)
            click(page.autostart)
            assert not autostart_entry.is_on()

    run_gui(scene())


def test_a_system_that_keeps_its_own_autostart_is_said(theme: Theme, autostart_entry: DesktopEntry) -> None:
    autostart_entry.path.parent.parent.write_text("a file where a folder should be")

    async def scene() -> None:
        async with settings_of(FakeMessenger(), theme) as opened:
            page = opened.page(NotificationsPage)
            click(page.autostart)
            assert page.error.isVisible()
            assert not page.autostart.isChecked()

    run_gui(scene())


def test_colours_and_size_of_text_change_at_once_and_are_there_at_the_next_start(theme: Theme, tmp_path: Path) -> None:
    fake = FakeMessenger()

    async def scene() -> None:
        async with settings_of(fake, theme, tmp_path) as opened:
            page = opened.page(AppearancePage)
            click(page.colours.buttons[2])
            await until(lambda: theme.colours is DARK)
            click(page.sizes.buttons[4])
            await until(lambda: font(Type.BODY).pixelSize() == 21)
            click(page.languages.buttons[2])
            await until(lambda: fake.settings().language == "de")
            opened.page(AboutPage)

    try:
        run_gui(scene())
        state = WindowState(tmp_path)
        assert (state.appearance, state.text_size_percent, state.language) == (Appearance.DARK, 150, "de")
    finally:
        theme.choose(Appearance.SYSTEM, 100)
    assert theme.colours is LIGHT
    assert QApplication.font().pixelSize() == Type.BODY


def test_settings_made_elsewhere_are_shown(theme: Theme) -> None:
    fake = FakeMessenger()
    elsewhere = Settings(appearance=Appearance.LIGHT, text_size_percent=117, language="fr", lan=False)

    async def scene() -> None:
        async with settings_of(fake, theme) as opened:
            page = opened.page(AppearancePage)
            await opened.application._bridge.call(fake.change_settings, elsewhere)
            await until(lambda: page.colours.number == 1)
            assert page.sizes.number == 2
            assert page.languages.number == 0

    try:
        run_gui(scene())
    finally:
        theme.choose(Appearance.SYSTEM, 100)


def test_languages_are_called_as_their_speakers_do() -> None:
    assert own_names() == ("English", "Deutsch")


def test_the_doctor_is_asked_when_the_page_is_shown_and_again_by_a_button(theme: Theme) -> None:
    fake = FakeMessenger()
    fake.status = replace(fake.status, listen=("192.168.1.5:24000",))
    fake.found = (
        Finding("lan", True, (say(Remark.LAN_RUNNING),)),
        Finding("contact", False, (say(Remark.UNLINKED, name="<b>Ann</b>"),), is_neutral=True),
        Finding("clock", False, (say(Remark.CLOCK_ONE_WRONG),), say(Remark.SET_CLOCK)),
    )

    async def scene() -> None:
        async with settings_of(fake, theme) as opened:
            page = opened.page(NetworkPage)
            await until(lambda: len(page.rows) == 3)
            assert "192.168.1.5:24000" in page.status.text()
            assert "<b>Ann</b> is not linked." in words_of(page.rows[1])
            assert "Set date, time and time zone" in words_of(page.rows[2])
            marks = [shown.findChildren(QLabel)[0].accessibleName() for shown in page.rows]
            assert marks == ["Good", "For your information", "Needs attention"]
            await until(page.check_button.isEnabled)
            fake.status = replace(fake.status, listen=("0.0.0.0:24000", "[::]:24000"))
            fake.found = fake.found[:1]
            click(page.check_button)
            await until(lambda: len(page.rows) == 1)
            await until(page.check_button.isEnabled)
            assert page.status.text().startswith("Accepts connections on port 24000\n")

    run_gui(scene())


@pytest.mark.usefixtures("marked")
def test_no_word_of_the_doctor_escapes_translation(theme: Theme) -> None:
    fake = FakeMessenger()
    fake.found = tuple(
        Finding("any", True, (Said(remark, dict.fromkeys(re.findall(r"\{(\w+)\}", remark.value), "1")),))
        for remark in Remark
    )

    async def scene() -> None:
        async with settings_of(fake, theme) as opened:
            page = opened.page(NetworkPage)
            await until(lambda: len(page.rows) == len(Remark))
            labels = [label.text() or label.accessibleName() for row in page.rows for label in row.findChildren(QLabel)]
            assert [text for text in labels if not (text.startswith("⟦") and text.endswith("⟧"))] == []

    run_gui(scene())


def test_the_profile_tells_its_folder_and_size(theme: Theme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kith.db").write_bytes(b"x" * 2_048)
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _: False)
    monkeypatch.setattr(storage_page, "measured", lambda _: (2_048, 67_154_000_000))

    async def scene() -> None:
        async with settings_of(FakeMessenger(), theme, tmp_path) as opened:
            page = opened.page(StoragePage)
            await until(page.sizes.text)
            assert page.sizes.text() == "Kith uses 2.0 kB. 67.2 GB are free on this disk."
            assert page.path.text() == str(tmp_path)
            click(page.open_button)
            assert page.error.isVisible()

    run_gui(scene())
    assert measured(tmp_path)[0] >= 2_048


def test_version_licence_and_libraries_are_told(theme: Theme) -> None:
    async def scene() -> None:
        async with settings_of(FakeMessenger(), theme) as opened:
            page = opened.page(AboutPage)
            assert VERSION in words_of(page)
            assert "General Public License" in words_of(page)
            assert "No independent audit" in words_of(page)

    run_gui(scene())
    assert installed("no-such-package") == ""


def test_every_library_that_kith_asks_for_is_named_once() -> None:
    wanted = (ROOT / "pyproject.toml").read_text(encoding="utf-8").split("dependencies = [")[1].split("]")[0]
    names = [line.strip(' ",').split(">")[0] for line in wanted.splitlines() if line.strip().startswith('"')]
    assert sorted(names) == sorted(name for name, _ in LIBRARIES)
