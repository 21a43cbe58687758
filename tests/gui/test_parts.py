import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from app.gui.widgets.parts import button, column, scrolled
from tests.support.clicks import press


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space])
def test_a_key_presses_the_button_that_has_the_focus_and_not_the_default_of_its_dialog(
    qapp: QApplication, key: Qt.Key
) -> None:
    pressed: list[str] = []
    dialog = QDialog()
    no, yes = button("No"), button("Yes", "primary")
    yes.setDefault(True)
    for each in (no, yes):
        each.clicked.connect(lambda _, each=each: pressed.append(each.text()))
    content = column(dialog)
    content.addWidget(no)
    content.addWidget(yes)
    dialog.show()
    no.setFocus()
    press(no, key)
    assert pressed == ["No"]
    dialog.close()
    dialog.deleteLater()


def test_enter_held_down_presses_once(qapp: QApplication) -> None:
    pressed: list[None] = []
    made = button("Remove")
    made.clicked.connect(lambda: pressed.append(None))
    for again in (False, True, True):
        key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "", again)
        qapp.sendEvent(made, key)
    assert len(pressed) == 1


def test_a_button_that_is_off_is_not_pressed(qapp: QApplication) -> None:
    pressed: list[None] = []
    made = button("Remove")
    made.clicked.connect(lambda: pressed.append(None))
    made.setEnabled(False)
    qapp.sendEvent(made, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier))
    assert pressed == []


def test_what_need_not_be_scrolled_is_no_stop_on_the_way_of_the_keyboard(qapp: QApplication) -> None:
    content = QWidget()
    area = scrolled(content)
    area.resize(200, 100)
    area.show()
    for height, policy in (
        (50, Qt.FocusPolicy.NoFocus),
        (500, Qt.FocusPolicy.StrongFocus),
        (50, Qt.FocusPolicy.NoFocus),
    ):
        content.setMinimumHeight(height)
        qapp.sendPostedEvents()
        assert area.focusPolicy() is policy
    area.close()
    area.deleteLater()
