"""Hostile texts and names: shown plainly, bounded, without a freeze, wherever they are shown."""

import time
import unicodedata
from random import Random  # noqa: TID251 - what a peer writes comes again from its seed

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem

from app.domain.annotation import Reaction
from app.domain.contact import ContactState
from app.domain.content import ContentType
from app.domain.events import ContactChanged, MessageReceived
from app.domain.identifiers import ContactId, MessageId
from app.domain.message import MAX_TEXT_BYTES, Message, MessageState
from app.gui.dialogs.contact_sheet import ContactSheet
from app.gui.formatting import MAX_SHOWN_CHARACTERS
from app.gui.models.message_list import PAGE, MessageListModel
from app.gui.models.message_row import row_of, text_of
from app.gui.models.search_results import snippet
from app.gui.plain_text import plain
from app.gui.theme.theme import Theme
from app.gui.theme.tokens import Size
from app.gui.widgets.message_view import MessageView
from tests.support.chatting import chatting, model_of, scene_with, texts
from tests.support.clicks import press, write
from tests.support.fake_messenger import FakeMessenger
from tests.support.gui import dialog_of, home_of, on_engine, run_gui, until

HOSTILE = {
    "one word of 64 KiB": "x" * MAX_TEXT_BYTES,
    "one Arabic word": "م" * (MAX_TEXT_BYTES // 2),
    "a thousand marks on one letter": "a" + "\u0301" * 1_000 + " and on",
    "marks all over": ("Z" + "\u0300\u0335\u0489" * 40) * 60,
    "lines": "\n" * MAX_TEXT_BYTES,
    "controls": "".join(map(chr, range(32))) * 1_000,
    "overrides": "\u202egnp.exe\u202c " * 2_000,
    "isolates without an end": "\u2067" * 4_000 + "abc",
    "joined emoji": "👨‍👩‍👧‍👦" * 2_000,
    "tags": "\U000e0041" * 10_000,
    "tabs": "\t" * 20_000,
    "surrogates and nothings": "\ufffe\uffff\u0000" * 5_000,
    "a link of 64 KiB": "https://example.org/" + "a" * (MAX_TEXT_BYTES - 20),
    "nothing but links": "https://a.b/ " * 5_000,
}


SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"


def received(text: str, number: int = 1) -> Message:
    return Message(
        message_id=MessageId(f"{number:032x}"),
        contact=ContactId("ben"),
        mine=False,
        content_type=ContentType.TEXT,
        text=text,
        clock=number,
        sent_at=1_750_000_000.0,
        received_at=1_750_000_000.0,
        state=MessageState.READ,
        reply_to=None,
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("Grüße, 你好, שלום, नमस्ते 👩‍👧", "Grüße, 你好, שלום, नमस्ते 👩‍👧"),
        ("a\x00b\x07c\x1b[31m", "a\ufffdb\ufffdc\ufffd[31m"),
        ("photo\u202egnp.exe", "photognp.exe"),
        ("one\ttwo", "one    two"),
        ("line\nline", "line\nline"),
        ("e\u0301", "e\u0301"),
        ("Việt Nam", unicodedata.normalize("NFC", "Việt Nam")),
        ("\u2067isolated\u2069", "\u2067isolated\u2069"),
        (SCOTLAND, SCOTLAND),
        (SCOTLAND[:-1], "\U0001f3f4" + "\ufffd" * 5),
        ("a\U000e0061\U000e007f", "a\ufffd\ufffd"),
    ],
)
def test_what_disguises_is_taken_out_and_what_people_write_stays(text: str, shown: str) -> None:
    assert plain(unicodedata.normalize("NFC", text)) == unicodedata.normalize("NFC", shown)


def test_marks_do_not_pile_up() -> None:
    assert len(plain("a" + "\u0301" * 1_000)) <= 8


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_is_bounded_wherever_it_stands(text: str) -> None:
    shown = text_of(received(text))
    assert len(shown) <= MAX_SHOWN_CHARACTERS + 4 * text[:MAX_SHOWN_CHARACTERS].count("\t") + 2
    assert not any(character in shown for character in "\u202a\u202b\u202c\u202d\u202e\x00\x1b\t")
    assert len(snippet(text, ["a", "x"]).text) < 1_000
    assert len(row_of(received(text), None).links) <= 50


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_is_painted_without_a_freeze(theme: Theme, text: str) -> None:
    view, model = MessageView(theme), MessageListModel("Ben")
    view.resize(700, 500)
    view.show_conversation(model)
    began = time.process_time()
    model.replace_all([received(text)], has_older=False)
    option = QStyleOptionViewItem()
    index = model.index(0)
    option.rect = view.visualRect(index)
    image = QImage(700, 500, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    view._delegate.paint(painter, option, index)
    painter.end()
    assert time.process_time() - began < 2.0
    bubble = view._delegate._bubble(QRectF(option.rect), model.row(0))
    assert bubble.area.width() <= Size.BUBBLE_MAX + 1
    assert bubble.area.height() < 4_000
    view.deleteLater()


def test_a_conversation_of_hostile_texts_goes_on(theme: Theme) -> None:
    fake = FakeMessenger()
    ben = scene_with(fake)

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:
            for text in HOSTILE.values():
                await on_engine(application, lambda text=text: fake.receive(ben, text))  # type: ignore[misc]
            await until(lambda: len(texts(application)) == len(HOSTILE))
            application.window.main.contacts.search.setText("x")
            await until(application.window.main.contacts.results.isVisible)
            assert not application.window.grab().isNull()
            assert not application.window.banner.isVisible()

    run_gui(scene())


PIECES = (
    *"aZ é\u0301\u0489\u200b\u200d\u200e\u202e\u2066\u2069\ufeff\ufe0f",
    *"\ufffd\uffff\ud7ff\ue000\U0001f468\U0001f3fd\u20e3",
    *("<b>", "</span>", "&lt;", "&", "<img src=x>", "%n", "{name}", "%1", "\\u0000", "\r\n", "\t", "\x00", "\x1b[2J"),
    *(
        "\u0301" * 99,
        "W" * 300,
        "ﷺ" * 20,
        "नि",
        "שלום",
        "سلام",
        "👩‍👩‍👧‍👦",
        "🏴\U000e0067\U000e0062\U000e007f",
        "https://a.b/<x>&y",
    ),
)


def scribble(random: Random, pieces: int) -> str:
    """What a peer may send: any text that UTF-8 can hold, from random bytes or from what breaks programs."""
    if random.random() < 0.3:
        return random.randbytes(4 * pieces).decode(errors="ignore") or "?"
    return "".join(random.choices(PIECES, k=random.randint(1, pieces)))


@pytest.mark.parametrize("seed", range(3))
def test_whatever_a_peer_writes_in_every_place_the_window_shows_it_and_goes_on(theme: Theme, seed: int) -> None:
    random = Random(seed)
    fake = FakeMessenger()
    ben = scene_with(fake)
    fake.change_contact(ben, name=scribble(random, 20))

    async def scene() -> None:
        async with chatting(theme, fake, ben) as application:

            def attack() -> None:
                last: Message | None = None
                for _ in range(60):
                    answered = None if last is None else last.message_id
                    last = fake.put(ben, scribble(random, 200), mine=False, reply_to=answered)
                    fake.tell(MessageReceived(last))
                    emoji = scribble(random, 5)
                    fake.change(ben, last.message_id, reactions=(Reaction(mine=False, emoji=emoji),))
                    fake.change(ben, last.message_id, text=scribble(random, 50))
                    fake.change_contact(ben, name=(name := scribble(random, 20)))
                    fake.tell(ContactChanged(ben, name=name))
                fake.appear(scribble(random, 20), state=ContactState.REQUEST)

            await on_engine(application, attack)
            await until(lambda: len(texts(application)) >= PAGE)
            window = application.window
            await until(window.main.contacts.requests.isVisible)
            view, model = window.main.chat.view, model_of(application)
            for number in range(model.rowCount()):
                view.message_actions.menu(model.row(number), view).deleteLater()
                assert model.spoken(model.row(number))
            window.main.contacts.search.setText("a")
            await until(window.main.contacts.results.isVisible)
            assert not window.grab().isNull()
            home_of(application).desk.show_contact(ben)
            sheet = await dialog_of(application, ContactSheet)
            assert not sheet.grab().isNull()
            assert sheet.width() <= window.width()
            sheet.reject()
            window.main.contacts.search.clear()
            write(window.main.chat.composer.box, "still here")
            press(window.main.chat.composer.box, Qt.Key.Key_Return)
            await until(lambda: texts(application)[-1] == "still here")
            assert not window.banner.isVisible()

    run_gui(scene())
