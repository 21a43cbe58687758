"""Windows over real engines, real stores and real sockets on loopback, and what a person does in them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import IPv4Address
from pathlib import Path

from PySide6.QtCore import Qt

from app.bootstrap import ProfileGate
from app.config import LaunchOptions
from app.domain.contact import ContactSummary
from app.domain.identifiers import ContactId
from app.domain.message import Message, MessageState
from app.gui.application import Application
from app.gui.dialogs.add_contact_dialog import AddContactDialog
from app.gui.dialogs.invite_dialog import InviteDialog, InviteKind
from app.gui.models.contact_list import ContactRole
from app.gui.models.message_list import MessageRole
from app.gui.theme.theme import Theme
from net.endpoint import Endpoint
from tests.support.clicks import click, press, write
from tests.support.gui import dialog_of, home_of, running, until

PASSPHRASE = "correct horse battery staple"


def gate(folder: Path) -> ProfileGate:
    loopback = Endpoint(IPv4Address("127.0.0.1"), 0)
    return ProfileGate(LaunchOptions(profile=folder, listen=(loopback,), lan=False, dht=False, port_mapping=False))


@asynccontextmanager
async def two_windows(theme: Theme, folder: Path) -> AsyncIterator[tuple[Application, Application]]:
    """Ada's and Ben's, each on a profile of its own in the folder, as it was left there."""
    async with running(gate(folder / "ada"), theme) as ada, running(gate(folder / "ben"), theme) as ben:
        yield ada, ben


async def create(application: Application, name: str) -> None:
    welcome = application.window.welcome
    write(welcome.name, name)
    write(welcome.passphrase, PASSPHRASE)
    write(welcome.again, PASSPHRASE)
    click(welcome.create_button)
    await until(application.window.main.isVisible, 30)


async def unlock(application: Application) -> None:
    write(application.window.unlock.passphrase, PASSPHRASE)
    click(application.window.unlock.open_button)
    await until(application.window.main.isVisible, 30)


async def meet(inviter: Application, joiner: Application, *, in_person: bool) -> None:
    """Invite, copy the link, add by it."""
    click(inviter.window.main.invite_button)
    invite = await dialog_of(inviter, InviteDialog)
    await until(invite.link.text)
    if in_person:
        first = invite.link.text()
        click(invite.kinds.buttons[InviteKind.IN_PERSON])
        await until(lambda: invite.link.text() not in {"", first})
    link = invite.link.text()
    click(invite.close_button)
    click(joiner.window.main.add_button)
    add = await dialog_of(joiner, AddContactDialog)
    add.link.setText(link)
    click(add.add_button)
    await until(joiner.window.main.chat.isVisible)


async def open_conversation(application: Application, *, messages: int) -> None:
    await until(lambda: contacts(application))
    application.window.main.contacts.choose(contacts(application)[0])
    await until(lambda: len(lines(application)) == messages)


def send(application: Application, text: str) -> None:
    box = application.window.main.chat.composer.box
    write(box, text)
    press(box, Qt.Key.Key_Return)


def shown(application: Application) -> list[Message]:
    conversation = home_of(application).conversation
    assert conversation is not None
    model = conversation.model
    return [model.data(model.index(row), MessageRole.MESSAGE) for row in range(model.rowCount())]  # type: ignore[misc]


def contacts(application: Application) -> list[ContactId]:
    model = home_of(application).roster.model
    rows = (model.data(model.index(row), ContactRole.CONTACT) for row in range(model.rowCount()))
    return [summary.contact for summary in rows if isinstance(summary, ContactSummary)]


def lines(application: Application) -> list[tuple[bool, str]]:
    return [(message.mine, message.text) for message in shown(application)]


def all_in_state(application: Application, state: MessageState) -> bool:
    return all(message.state >= state for message in shown(application) if message.mine)


async def begin(ada: Application, ben: Application) -> None:
    """Both have an account, know each other and have their conversation open."""
    await create(ada, "Ada")
    await create(ben, "Ben")
    await meet(ada, ben, in_person=False)
    await until(lambda: contacts(ada), 30)
    ada.window.main.contacts.choose(contacts(ada)[0])
