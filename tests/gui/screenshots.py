"""Render every screen of a filled profile for a person to look at: ``python3 dev.py screenshots [FOLDER]``.

Light and dark at twice the density, in large type, mirrored, in German; light once more at the plain density, by a
process of its own, since Qt reads that when it starts.
"""

import argparse
import asyncio
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import datetime
from functools import partial
from ipaddress import IPv4Address
from pathlib import Path
from unittest.mock import patch

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_SCALE_FACTOR", "2")

from PySide6.QtCore import QLocale, QMessageLogContext, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.annotation import Reaction
from app.domain.contact import Contact, ContactProblem, ContactState, ContactSummary
from app.domain.errors import ErrorKind, KithError
from app.domain.finding import Finding
from app.domain.identifiers import ContactId, MessageId
from app.domain.message import Message, MessageState
from app.domain.network_status import ContactLink, NetworkStatus
from app.domain.own_servers import OwnServers
from app.domain.safety_code import safety_code
from app.domain.settings import Appearance, Settings
from app.gui.application import Application
from app.gui.desktop.window_state import WindowState
from app.gui.dialogs.add_contact_dialog import AddContactDialog
from app.gui.dialogs.check_digits_dialog import CheckDigitsDialog, DifferentDigitsDialog
from app.gui.dialogs.compare_dialog import CompareDialog
from app.gui.dialogs.confirm_dialog import ConfirmDialog
from app.gui.dialogs.contact_sheet import ContactSheet
from app.gui.dialogs.invite_dialog import InviteDialog, InviteKind
from app.gui.dialogs.invites_dialog import InvitesDialog
from app.gui.dialogs.link_dialog import LinkDialog
from app.gui.dialogs.message_details_dialog import MessageDetailsDialog
from app.gui.dialogs.relay_dialog import RelayDialog
from app.gui.dialogs.requests_dialog import RequestsDialog
from app.gui.models.message_list import MessageRole
from app.gui.settings.servers_page import ServersPage
from app.gui.settings.settings_dialog import SettingsDialog
from app.gui.theme.theme import Theme
from app.gui.theme.tokens import Size
from app.gui.translation import error_sentence, install
from app.gui.widgets.message_view import MessageView
from app.services import doctor, internet_doctor
from app.services.contact_doctor import ContactView, check_contact
from crypto.identity import Identity
from net.dial_log import DialOutcome, DialRecord
from net.endpoint import Endpoint
from net.events import LinkId, LinkStatus, PathClass
from net.nat_kind import NatKind
from net.peer import PeerId
from tests.support.clicks import click
from tests.support.fake_messenger import FakeGate, FakeMessenger
from tests.support.gui import dialog_of, home_of, on_engine, over, run_gui, running, until

_PLAIN = "plain"
_NO_WINDOW_MANAGER = "This plugin does not support propagateSizeHints"
_LARGE_PERCENT = 150
_FONTS = ["Inter", "Noto Sans", "Noto Color Emoji"]
_NOW = datetime.now().astimezone().replace(hour=18, minute=24, second=0, microsecond=0).timestamp()
_DAY_S = 86_400
_YESTERDAY_S = _DAY_S + 3_600

_READ, _DELIVERED, _SENT, _QUEUED = (
    MessageState.READ,
    MessageState.DELIVERED,
    MessageState.SENT,
    MessageState.QUEUED,
)

CONVERSATION: list[tuple[float, bool, str, MessageState]] = [
    (_YESTERDAY_S + 4_000, False, "Hi! Found the link, that was quick", _READ),
    (_YESTERDAY_S + 3_960, True, "Welcome 👋", _READ),
    (_YESTERDAY_S + 3_900, True, "No account, no phone number. Our computers found each other.", _READ),
    (_YESTERDAY_S + 3_700, False, "On the boat, too?", _READ),
    (_YESTERDAY_S + 3_640, True, "There especially. It needs no internet, only the ship's network.", _READ),
    (_YESTERDAY_S + 3_000, False, "👍", _READ),
    (_YESTERDAY_S + 2_900, False, "Then I'll set it up for the whole crew tomorrow", _READ),
    (
        _YESTERDAY_S + 2_700,
        True,
        "Print an invite and pin it to the board: whoever scans it becomes a request, and you say yes or no.",
        _READ,
    ),
    (_YESTERDAY_S + 2_400, False, "Good. Nadia asks whether it speaks Arabic", _READ),
    (_YESTERDAY_S + 2_200, True, "مرحبا نادية! نعم", _READ),
    (
        _YESTERDAY_S + 2_000,
        False,
        "مرحبا! هذا رائع، سأجربه الليلة على السفينة وأخبركم إن كانت الرسائل تصل بسرعة حتى عندما نكون بعيدين.",
        _READ,
    ),
    (_YESTERDAY_S + 1_500, False, "😀🎉", _READ),
    (_YESTERDAY_S + 1_400, True, "See you tomorrow", _READ),
    (9_100, False, "The plan of the pier: https://example.org/pier/plan.pdf", _READ),
    (9_000, False, "Morning. Engine room is on it, galley too", _READ),
    (8_900, False, "Twelve people so far", _READ),
    (8_700, True, "That was fast!", _READ),
    (
        8_000,
        False,
        (
            "One question. When I switch my laptop off and somebody writes, does it get lost? Paul swears that he "
            "wrote twice last night and I saw nothing until breakfast, and then both came at once."
        ),
        _READ,
    ),
    (
        7_600,
        True,
        (
            "Nothing gets lost. What he writes waits on his disk until your computer answers that it has it. "
            "Then his clock turns into two ticks."
        ),
        _READ,
    ),
    (7_500, True, "So two ticks mean: it is with you, whatever happens to him.", _READ),
    (7_100, False, "Ah, that explains it", _READ),
    (7_050, False, "I'll tell him ⚓", _READ),
    (6_000, True, "How are we connected, by the way? Mine says: on this network", _READ),
    (5_800, False, "Same here", _READ),
    (
        2_000,
        False,
        "We are leaving port at eight. After that there is no internet for two days, but we have each other 🙂",
        _READ,
    ),
    (1_800, True, "Safe travels! Write when you see the islands.", _READ),
    (1_500, False, "مع السلامة", _READ),
    (1_320, False, "Photos when we are back", _READ),
    (900, True, "I'll keep the kettle warm, and the cat off the charts", _DELIVERED),
    (600, True, "Say hello to Nadia", _SENT),
    (60, True, "I'll be online again at nine", _QUEUED),
]
"""Thirty messages: seconds before now, ours or not, text, state."""


ANNOTATED: dict[str, dict[str, object]] = {
    "Photos when we are back": {"reactions": (Reaction(mine=True, emoji="❤️"),)},
    "Safe travels! Write when you see the islands.": {"reactions": (Reaction(mine=False, emoji="👍"),)},
    "That was fast!": {"edited_at": _NOW - 5_900},
    "👍": {"text": "", "deleted": True},
}
"""What became of some of them."""


def crew(percent: int) -> tuple[FakeMessenger, ContactId]:
    """A messenger with some contacts, and the one whose conversation is shown."""
    fake = FakeMessenger("Ada Marwick")
    fake._settings = Settings(text_size_percent=percent, servers=SERVERS)
    mara = fake.appear("Mara Lindqvist", verified=True)
    paul = fake.appear("Paul Okafor", online=False)
    nadia = fake.appear("Nadia Haddad", path="direct")
    eloise = fake.appear("Éloïse", online=False, problem=ContactProblem.LINK_EXPIRED)
    captain = fake.appear("Captain Bartholomew Fitzgerald-Montgomery", path="relayed")
    fake.appear("Workshop", state=ContactState.PENDING, online=False)
    fake.appear("Jonas", state=ContactState.REQUEST)
    fake.put(paul, "Both came at once, at breakfast", mine=False, at=_NOW - 5_000)
    fake.put(paul, "Strange, but fine", mine=False, at=_NOW - 4_900)
    fake.put(nadia, "شكرا جزيلا! أراكم غدا", mine=False, at=_NOW - 9_900, state=MessageState.READ)
    fake.put(eloise, "Are you there?", mine=True, at=_NOW - 3 * _DAY_S, state=_QUEUED)
    fake.put(captain, "All hands at seven. The tide does not wait for anybody.", mine=False, at=_NOW - _DAY_S)
    question: MessageId | None = None
    for before_s, mine, text, state in CONVERSATION:
        answered = question if text.startswith("Nothing gets lost") else None
        message = fake.put(mara, text, mine=mine, at=_NOW - before_s, state=state, reply_to=answered)
        question = message.message_id
        if text in ANNOTATED:
            fake.change(mara, question, **ANNOTATED[text])
    fake.change_contact(nadia, muted_until=math.inf)
    fake.change_contact(captain, draft="Aye aye, and the")
    fake.status, fake.found = NETWORK, check_up()
    return fake, mara


NETWORK = NetworkStatus(
    listen=("0.0.0.0:24816", "[::]:24816"),
    lan_running=True,
    dht_running=True,
    dht_nodes=312,
    port_mapping=False,
    external=("203.0.113.7:24816",),
    nat="cone",
    links=(ContactLink(ContactId("mara"), "lan", 0.4, _NOW - 900),),
)


SERVERS = OwnServers.of([], ["turn:crew:secret@relay.example.org:443?transport=tls"])


def check_up() -> tuple[Finding, ...]:
    """What the doctor finds where most is well."""
    here, there = Endpoint.parse("192.168.1.20:24816"), Endpoint.parse("192.168.1.31:24816")
    everywhere = [Endpoint.parse("0.0.0.0:24816"), Endpoint.parse("[::]:24816")]
    links = {"Mara Lindqvist": LinkStatus(LinkId(1), PeerId(b"mara"), PathClass.LAN, there, 0.4, _NOW - 900)}
    ways = (
        DialRecord(there, DialOutcome.NOT_DIALLED),
        DialRecord(Endpoint.parse("203.0.113.80:24816"), DialOutcome.TIMED_OUT, 14, _NOW - 240, is_held_back=True),
    )
    identity, state = Identity.generate().public, ContactState.ESTABLISHED
    contacts = [
        Contact(1, identity, state, _NOW, given_name=name, last_seen_at=_NOW - 3 * _DAY_S)
        for name in ("Mara Lindqvist", "Paul Okafor")
    ]
    return (
        doctor.check_listeners(everywhere),
        doctor.check_addresses([here], everywhere),
        doctor.check_lan(doctor.LanHealth.RUNNING),
        internet_doctor.check_dht(internet_doctor.DhtHealth.RUNNING),
        internet_doctor.check_external([IPv4Address("203.0.113.7")], NatKind.CONE),
        *internet_doctor.check_relays((), wanted=True),
        *internet_doctor.check_visits(internet_doctor.VisitView(bound=everywhere, firewall="ufw"), _NOW),
        doctor.check_storage(doctor.StorageView(free_bytes=67_154_000_000)),
        doctor.check_clock(doctor.ClockView(now=_NOW - 3 * _DAY_S, newest_file_at=_NOW, ahead_s={})),
        *(
            check_contact(ContactView(contact=contact, link=links.get(contact.name), dials=ways), _NOW)
            for contact in contacts
        ),
    )


class Camera:
    """Writes what a window shows to ``folder``."""

    def __init__(self, folder: Path, scheme: str, percent: int = 100) -> None:
        self.percent = percent
        """The size of text."""
        self._folder = folder
        self._scheme = scheme

    async def take(self, name: str, window: QWidget) -> None:
        """A picture of the window, once layouts and paints that were asked for have happened."""
        for _ in range(10):
            await asyncio.sleep(0.01)
        window.grab().save(str(self._folder / f"{name}-{self._scheme}.png"))


async def take_first_start(camera: Camera, theme: Theme) -> None:
    async with running(FakeGate(), theme) as application:
        welcome = application.window.welcome
        welcome.name.setText("Ada Marwick")
        welcome.passphrase.setText("correct horse")
        welcome.again.setText("correct horse")
        await camera.take("first-start", application.window)
        welcome.again.setText("correct hors")
        click(welcome.create_button)
        await camera.take("welcome", application.window)
        welcome.choose_file(Path("ada.kith"))
        await camera.take("import", application.window)
        welcome.choose_file(None)
        welcome.again.setText("correct horse")
        click(welcome.create_button)
        await until(application.window.main.isVisible)
        await camera.take("empty", application.window)


async def take_later_start(camera: Camera, theme: Theme) -> None:
    fake, mara = crew(camera.percent)
    folder = tempfile.TemporaryDirectory(prefix="kith-")
    async with running(FakeGate(fake), theme, state=WindowState(Path(folder.name))) as application:
        unlock = application.window.unlock
        unlock.passphrase.setText("wrong horse")
        click(unlock.open_button)
        await until(unlock.error.isVisible)
        await camera.take("unlock", application.window)
        unlock.passphrase.setText("correct horse")
        click(unlock.open_button)
        await until(application.window.main.isVisible)
        await until(lambda: home_of(application).roster.model.rowCount() == 6)
        await camera.take("no-conversation", application.window)
        await take_chat(camera, application, mara)
        await take_dialogs(camera, application, fake)
        assert application.lock is not None
        application.lock.lock()
        await camera.take("locked", application.window)
    folder.cleanup()


async def take_chat(camera: Camera, application: Application, contact: ContactId) -> None:
    window = application.window
    window.main.contacts.choose(contact)
    await until(window.main.chat.view.isVisible)
    await camera.take("chat", window)
    window.main.chat.composer.box.setPlainText("First line\nSecond line, while writing")
    window.banner.say(error_sentence(KithError(ErrorKind.STORAGE_FULL)))
    await camera.take("writing", window)
    window.banner.hide()
    bar = window.main.chat.view.verticalScrollBar()
    bar.setValue(bar.maximum() // 3)
    await camera.take("scrolled", window)
    window.main.contacts.search.setText("tomorrow")
    await until(window.main.contacts.results.isVisible)
    window.main.contacts.results.choose_current()
    await camera.take("search", window)
    window.main.contacts.search.clear()
    await take_message(camera, application)
    window.main.contacts.choose(contact_of(application, lambda known: known.unread == 2))
    await camera.take("unread", window)
    window.main.contacts.choose(contact_of(application, lambda known: known.problem is not ContactProblem.NONE))
    await camera.take("trouble", window)
    window.main.contacts.choose(contact)
    window.resize(Size.WINDOW_MIN_WIDTH, Size.WINDOW_MIN_HEIGHT)
    await camera.take("narrow", window)


async def take_message(camera: Camera, application: Application) -> None:
    """What can be done with one message, and the choice of emoji."""
    chat = application.window.main.chat
    click(chat.composer.emoji_button)
    await until(lambda: chat.composer.picker.model.names is not None)
    await camera.take("emoji", application.window)
    click(chat.composer.picker.groups.buttons[4])
    await camera.take("emoji-food", application.window)
    chat.composer.picker.close()
    message = last_message(chat.view)
    chat.view.message_actions.reply.emit(message)
    await camera.take("reply", application.window)
    chat.composer.end_reply()
    chat.view.message_actions.open_link.emit("https://example.org/pier/plan.pdf")
    link = await dialog_of(application, LinkDialog)
    await camera.take("link", link)
    link.reject()
    chat.view.message_actions.details.emit(message)
    details = await dialog_of(application, MessageDetailsDialog)
    await camera.take("details", details)
    details.reject()
    await until(lambda: home_of(application).desk.dialog is None)


def last_message(view: MessageView) -> Message:
    """The last one that is shown."""
    model = view.model()
    message = model.data(model.index(model.rowCount() - 1, 0), MessageRole.MESSAGE)
    assert isinstance(message, Message)
    return message


def contact_of(application: Application, wanted: Callable[[ContactSummary], bool]) -> ContactId:
    return next(known.contact for known in home_of(application).roster.model.contacts() if wanted(known))


async def take_settings(camera: Camera, application: Application) -> None:
    application.show_settings()
    settings = await dialog_of(application, SettingsDialog)
    for number, page in enumerate(settings.pages):
        settings.subjects.setCurrentRow(number)
        await until(page.isVisible)
        await asyncio.sleep(0.1)
        await camera.take(f"settings-{type(page).__name__.removesuffix('Page').lower()}", settings)
        if isinstance(page, ServersPage):
            click(page.add_relay_button)
            dialog = await over(settings, RelayDialog)
            click(dialog.add_button)
            await camera.take("relay", dialog)
            dialog.reject()
    settings.reject()
    await until(lambda: home_of(application).desk.dialog is None)


async def take_sheet(camera: Camera, application: Application, fake: FakeMessenger) -> None:
    home = home_of(application)
    mara, nadia = (ContactId(f"{name:x<52}".replace(" ", "x")) for name in ("mara lindqvist", "nadia haddad"))
    home.desk.show_contact(mara)
    sheet = await dialog_of(application, ContactSheet)
    await camera.take("contact", sheet)
    click(sheet.compare_button)
    compare = await over(sheet, CompareDialog)
    await camera.take("compare", compare)
    compare.drop.read.emit(safety_code("54321" * 12))
    await camera.take("compare-different", compare)
    compare.reject()
    click(sheet.remove_button)
    await camera.take("remove", await over(sheet, ConfirmDialog))
    sheet.reject()
    await until(lambda: home.desk.dialog is None)
    await on_engine(application, lambda: fake.trouble(nadia, ContactProblem.RESET, digits="09876" * 12))
    home.desk.show_contact(nadia)
    sheet = await dialog_of(application, ContactSheet)
    await until(sheet.problem_button.isEnabled)
    await camera.take("contact-reset", sheet)
    sheet.reject()
    await until(lambda: home.desk.dialog is None)


async def take_requests(camera: Camera, application: Application, fake: FakeMessenger) -> None:
    home = home_of(application)
    for name in ("Kim", "Lea"):
        await on_engine(application, partial(fake.appear, name, state=ContactState.REQUEST))
    home.desk.show_requests()
    requests = await dialog_of(application, RequestsDialog)
    await until(lambda: len(requests.rows) == 3)
    await camera.take("requests", requests)
    requests.reject()
    await until(lambda: home.desk.dialog is None)


async def take_dialogs(camera: Camera, application: Application, fake: FakeMessenger) -> None:
    home = home_of(application)
    home.desk.invite()
    invite = await dialog_of(application, InviteDialog)
    await until(invite.link.text)
    await camera.take("invite", invite)
    invite.choose(InviteKind.IN_PERSON)
    await until(invite.link.text)
    await camera.take("invite-in-person", invite)
    invite.choose(InviteKind.PRINTED)
    await camera.take("invite-warning", invite)
    click(invite.make_button)
    await until(invite.link.text)
    await camera.take("invite-for-many", invite)
    click(invite.list_button)
    listed = await over(invite, InvitesDialog)
    await until(lambda: listed.rows)
    await camera.take("invites", listed)
    listed.accept()
    await until(lambda: not listed.isVisible())
    invite.accept()
    await take_requests(camera, application, fake)
    await take_sheet(camera, application, fake)
    await take_settings(camera, application)
    home.desk.add()
    add = await dialog_of(application, AddContactDialog)
    add.link.setText("kith:torn")
    click(add.add_button)
    await until(add.error.isVisible)
    await camera.take("add", add)
    add.reject()
    await on_engine(application, lambda: fake.appear("Theo", digits="4071"))
    compare = await dialog_of(application, CheckDigitsDialog)
    await camera.take("digits", compare)
    compare.reject()
    different = await dialog_of(application, DifferentDigitsDialog)
    await camera.take("different", different)
    different.reject()
    await until(lambda: home.desk.dialog is None)


def main(folder: Path, only: str = "") -> None:
    """Write the pictures into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    qt = QApplication([])
    install(qt, "en")
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))
    qt.setFont(QFont(_FONTS))
    theme = Theme(qt)
    if only == _PLAIN:
        take_all(Camera(folder, only), theme)
        return
    for scheme in (Qt.ColorScheme.Light, Qt.ColorScheme.Dark):
        theme.apply(scheme)
        take_all(Camera(folder, scheme.name.lower()), theme)
    theme.apply(Qt.ColorScheme.Light)
    qt.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    take_all(Camera(folder, "mirrored"), theme)
    qt.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    theme.choose(Appearance.SYSTEM, _LARGE_PERCENT)
    take_all(Camera(folder, "large", _LARGE_PERCENT), theme)
    theme.choose(Appearance.SYSTEM, 100)
    install(qt, "de")
    take_all(Camera(folder, "german"), theme)
    plain = [sys.executable, "-m", "tests.gui.screenshots", str(folder), _PLAIN]
    subprocess.run(plain, check=True, env=os.environ | {"QT_SCALE_FACTOR": "1"})


def take_all(camera: Camera, theme: Theme) -> None:
    with patch("time.time", return_value=_NOW):
        run_gui(take_first_start(camera, theme))
        run_gui(take_later_start(camera, theme))


def tell(_: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    """What Qt says, but for what it says of every window where none is on a screen."""
    if not text.startswith(_NO_WINDOW_MANAGER):
        sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="dev.py screenshots", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the pictures go")
    parser.add_argument("only", nargs="?", default="", choices=("", _PLAIN), help="these alone, at the density of Qt")
    options = parser.parse_args()
    qInstallMessageHandler(tell)
    main(options.folder, options.only)
    qInstallMessageHandler(None)  # Qt would hold this module for ever
