from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from app.gui.application import Application
from app.gui.codes import camera
from app.gui.codes.camera import Camera
from app.gui.codes.camera_dialog import CameraDialog
from app.gui.codes.problem import CodeProblem, sentence
from app.gui.dialogs.add_contact_dialog import AddContactDialog
from app.gui.theme.theme import Theme
from app.gui.widgets.qr_code import qr_image
from tests.support.clicks import click, press
from tests.support.fake_messenger import GOOD_LINK, FakeGate, FakeMessenger
from tests.support.gui import dialog_of, home_of, over, run_gui, running, until

INVITE = GOOD_LINK + "7"


def code(text: str = INVITE, scale: int = 4) -> QImage:
    image = qr_image(text)
    return image.scaled(image.size() * scale)


def blank() -> QImage:
    image = QImage(200, 200, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    return image


def drop(widget: QWidget, data: QMimeData) -> bool:
    """Drag the data over the widget and let it fall; whether the widget wanted it."""
    buttons, modifiers = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, data, buttons, modifiers)
    QGuiApplication.sendEvent(widget, enter)
    if enter.isAccepted():
        fall = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, buttons, modifiers)
        QGuiApplication.sendEvent(widget, fall)
    return enter.isAccepted()


@asynccontextmanager
async def adding(theme: Theme) -> AsyncIterator[tuple[Application, AddContactDialog]]:
    async with running(FakeGate(FakeMessenger(), None), theme) as application:
        await until(lambda: application.home is not None and application.window.main.isVisible())
        click(application.window.main.add_button)
        yield application, await dialog_of(application, AddContactDialog)


def file_of(folder: Path, image: QImage) -> Path:
    path = folder / "a code.png"
    assert image.save(str(path))
    return path


def test_a_dropped_file_fills_in_the_link_and_adding_works(theme: Theme, tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file_of(tmp_path, code())))])

    async def scene() -> None:
        async with adding(theme) as (application, dialog):
            assert drop(dialog.code, data)
            await until(dialog.link.text)
            assert dialog.link.text() == INVITE
            assert dialog.note.isVisible()
            press(dialog.name, Qt.Key.Key_Return)
            await until(lambda: home_of(application).desk.dialog is None)

    run_gui(scene())


def test_what_is_dropped_on_the_window_opens_the_dialog_with_it(theme: Theme) -> None:
    data, words = QMimeData(), QMimeData()
    data.setImageData(code())
    words.setText("hello")

    async def scene() -> None:
        async with running(FakeGate(FakeMessenger(), None), theme) as application:
            await until(lambda: application.home is not None and application.window.main.isVisible())
            assert not drop(application.window, words)
            assert drop(application.window, data)
            dialog = await dialog_of(application, AddContactDialog)
            await until(lambda: dialog.link.text() == INVITE)

    run_gui(scene())


def test_nothing_can_be_dropped_on_a_locked_profile(theme: Theme) -> None:
    data = QMimeData()
    data.setText("kith:abc")

    async def scene() -> None:
        async with running(FakeGate(FakeMessenger()), theme) as application:
            assert not drop(application.window, data)

    run_gui(scene())


def test_two_files_dropped_on_the_window_are_refused_in_words(theme: Theme) -> None:
    data = QMimeData()
    data.setUrls([QUrl("file:///a.png"), QUrl("file:///b.png")])

    async def scene() -> None:
        async with running(FakeGate(FakeMessenger(), None), theme) as application:
            await until(lambda: application.home is not None and application.window.main.isVisible())
            drop(application.window, data)
            assert application.window.banner.text.text() == sentence(CodeProblem.SEVERAL_FILES)

    run_gui(scene())


def copy(what: QImage | str | None) -> None:
    clipboard = QGuiApplication.clipboard()
    if isinstance(what, QImage):
        clipboard.setImage(what)
    elif what is None:
        clipboard.clear()
    else:
        clipboard.setText(what)


@pytest.mark.parametrize("what", [code(), f"  {INVITE}\n"], ids=["picture", "link"])
def test_the_clipboard_gives_a_picture_or_a_link(theme: Theme, what: QImage | str) -> None:
    async def scene() -> None:
        async with adding(theme) as (_, dialog):
            copy(what)
            click(dialog.code.clipboard_button)
            await until(lambda: dialog.link.text() == INVITE)

    run_gui(scene())


@pytest.mark.parametrize(
    ("what", "problem"),
    [
        (blank(), CodeProblem.NO_CODE),
        (code("https://example.org"), CodeProblem.FOREIGN),
        (None, CodeProblem.NOTHING_COPIED),
        ("A" * 10_000_000, CodeProblem.NOTHING_COPIED),
        ("KITH-SAFETY:" + "1" * 60, CodeProblem.SAFETY_NUMBER),
    ],
    ids=lambda each: each.name if isinstance(each, CodeProblem) else "",
)
def test_what_the_clipboard_cannot_give_is_said(theme: Theme, what: QImage | str | None, problem: CodeProblem) -> None:
    async def scene() -> None:
        async with adding(theme) as (_, dialog):
            copy(what)
            click(dialog.code.clipboard_button)
            await until(dialog.error.isVisible)
            assert dialog.error.text() == sentence(problem)
            assert dialog.link.text() == ""

    run_gui(scene())


def test_a_file_is_chosen_in_the_systems_dialog(theme: Theme, tmp_path: Path) -> None:
    path = file_of(tmp_path, code())

    async def scene() -> None:
        async with adding(theme) as (_, dialog):
            click(dialog.code.file_button)
            await until(lambda: dialog.code.findChildren(QFileDialog))
            (chooser,) = dialog.code.findChildren(QFileDialog)
            chooser.fileSelected.emit(str(path))
            chooser.reject()
            await until(lambda: dialog.link.text() == INVITE)

    run_gui(scene())


def test_without_a_camera_there_is_no_button_for_one(theme: Theme) -> None:
    async def scene() -> None:
        async with adding(theme) as (_, dialog):
            assert not dialog.code.camera_button.isVisible()

    run_gui(scene())


def test_the_camera_looks_until_it_sees_a_code(theme: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    lens = Camera()
    stopped: list[bool] = []
    lens._stop = lambda: stopped.append(True)
    monkeypatch.setattr(camera, "is_there", lambda: True)
    monkeypatch.setattr(camera, "start", lambda: lens)

    async def scene() -> None:
        async with adding(theme) as (_, dialog):
            click(dialog.code.camera_button)
            view = await over(dialog, CameraDialog)
            lens.frame.emit(blank())
            lens.frame.emit(code("https://example.org"))
            await until(lambda: not view._reading)
            view._next_at = 0.0
            lens.frame.emit(code("https://example.org"))
            await until(view.note.text)
            assert view.note.text() == sentence(CodeProblem.FOREIGN)
            await until(lambda: not view._reading)
            view._next_at = 0.0
            lens.frame.emit(code())
            await until(lambda: dialog.link.text() == INVITE)
            assert stopped == [True]

    run_gui(scene())


def test_a_camera_that_fails_says_so(theme: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    lens = Camera()
    monkeypatch.setattr(camera, "is_there", lambda: True)
    monkeypatch.setattr(camera, "start", lambda: lens)

    async def scene() -> None:
        async with adding(theme) as (_, dialog):
            click(dialog.code.camera_button)
            view = await over(dialog, CameraDialog)
            lens.failed.emit()
            assert "no picture" in view.note.text()
            click(view.close_button)

    run_gui(scene())
