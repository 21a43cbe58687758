import asyncio

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from app.gui.desktop.idleness import Idleness
from tests.support.clicks import press_in_window
from tests.support.gui import run_gui, until


def test_the_time_is_told_once_when_it_is_up(qapp: QApplication) -> None:
    idleness = Idleness(minute_ms=5)
    told: list[bool] = []
    idleness.reached.connect(lambda: told.append(True))

    async def scene() -> None:
        idleness.wait(1)
        await until(lambda: told)
        await asyncio.sleep(0.02)
        assert len(told) == 1

    run_gui(scene())


def test_touching_a_window_begins_the_time_anew_and_zero_is_never(qapp: QApplication) -> None:
    idleness = Idleness(minute_ms=60_000)
    window = QWidget()

    async def scene() -> None:
        window.show()
        window.activateWindow()
        await until(lambda: qapp.focusWindow() is not None)
        idleness.wait(1)
        before = idleness._timer.remainingTime()
        await until(lambda: idleness._timer.remainingTime() < before - 20)
        waited = idleness._timer.remainingTime()
        press_in_window(window, Qt.Key.Key_A)
        assert idleness._timer.remainingTime() > waited
        idleness.wait(0)
        press_in_window(window, Qt.Key.Key_A)
        assert not idleness._timer.isActive()
        window.close()

    run_gui(scene())
