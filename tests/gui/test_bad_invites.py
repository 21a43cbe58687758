"""Pictures of invites that cannot be used, judged by a real engine: each gets its own sentence, and nobody is added."""

import time
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication, QImage

from app.domain.errors import SENTENCES, ErrorKind
from app.gui.dialogs.add_contact_dialog import AddContactDialog
from app.gui.dialogs.invite_dialog import InviteDialog
from app.gui.theme.theme import Theme
from app.gui.widgets.qr_code import qr_image
from crypto.discovery_key import DiscoveryKey
from crypto.identity import Identity
from crypto.invite import Invite
from tests.support.clicks import click
from tests.support.gui import dialog_of, home_of, run_gui, running, until
from tests.support.windows import contacts, create, gate


def invite_of_a_stranger(*, expires_in_s: int) -> str:
    """The content of a code."""
    point = DiscoveryKey.generate().point
    expiry = int(time.time()) + expires_in_s
    return Invite.create(Identity.generate().public, rendezvous_point=point, expiry=expiry).to_qr_text()


def picture(code: str) -> QImage:
    image = qr_image(code)
    return image.scaled(image.size() * 4)


@pytest.mark.slow
def test_expired_damaged_and_own_invites_are_told_apart_and_the_dialog_goes_on(theme: Theme, tmp_path: Path) -> None:
    good = invite_of_a_stranger(expires_in_s=600)
    damaged = good[:20] + ("A" if good[20] != "A" else "B") + good[21:]

    async def scene() -> None:
        async with running(gate(tmp_path / "ada"), theme) as ada:
            await create(ada, "Ada")
            click(ada.window.main.invite_button)
            invite = await dialog_of(ada, InviteDialog)
            await until(invite.link.text)
            own = invite.code.grab().toImage()
            invite.accept()
            click(ada.window.main.add_button)
            add = await dialog_of(ada, AddContactDialog)
            for image, kind in (
                (own, ErrorKind.OWN_LINK),
                (picture(damaged), ErrorKind.BAD_LINK),
                (picture(invite_of_a_stranger(expires_in_s=-60)), ErrorKind.LINK_EXPIRED),
            ):
                add.link.clear()
                QGuiApplication.clipboard().setImage(image)
                click(add.code.clipboard_button)
                await until(add.link.text)
                click(add.add_button)
                await until(lambda sentence=SENTENCES[kind]: add.error.text() == sentence)  # type: ignore[misc]
                assert contacts(ada) == []
            add.link.setText(good)
            click(add.add_button)
            await until(lambda: home_of(ada).desk.dialog is None)
            await until(lambda: len(contacts(ada)) == 1)

    run_gui(scene())
