"""A window with one conversation open, over a messenger in memory."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.domain.identifiers import ContactId
from app.domain.message import Message, MessageState
from app.gui.application import Application
from app.gui.models.message_list import MessageListModel, MessageRole
from app.gui.theme.theme import Theme
from tests.support.fake_messenger import FakeGate, FakeMessenger
from tests.support.gui import home_of, running, until


@asynccontextmanager
async def chatting(theme: Theme, fake: FakeMessenger, contact: ContactId) -> AsyncIterator[Application]:
    """The conversation with the contact is open."""
    async with running(FakeGate(fake, None), theme) as application:
        await until(lambda: application.home is not None and home_of(application).roster.model.contact(contact))
        await choose(application, contact)
        yield application


async def choose(application: Application, contact: ContactId) -> None:
    application.window.main.contacts.choose(contact)
    await until(lambda: (shown := home_of(application).conversation) is not None and shown.contact == contact)
    await until(application.window.main.chat.isVisible)


def model_of(application: Application) -> MessageListModel:
    conversation = home_of(application).conversation
    assert conversation is not None
    return conversation.model


def messages(application: Application) -> list[Message]:
    model = model_of(application)
    rows = (model.data(model.index(row), MessageRole.MESSAGE) for row in range(model.rowCount()))
    return [message for message in rows if isinstance(message, Message)]


def texts(application: Application) -> list[str]:
    return [message.text for message in messages(application)]


def scene_with(fake: FakeMessenger, name: str = "Ben", count: int = 0) -> ContactId:
    contact = fake.appear(name)
    for number in range(count):
        fake.put(contact, f"message {number}", mine=number % 3 == 0, state=MessageState.READ)
    return contact
