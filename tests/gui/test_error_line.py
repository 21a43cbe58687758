from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from app.gui.widgets.error_line import ErrorLine
from app.gui.widgets.parts import column


def test_an_error_takes_room_only_once_there_is_one(qapp: QApplication) -> None:
    page = QWidget()
    line = ErrorLine()
    column(page).addWidget(line)
    page.show()
    assert line.isHidden()
    line.tell("The disk is full. <b>Free</b> some space.")
    assert line.isVisible()
    assert line.text() == "The disk is full. <b>Free</b> some space."
    assert line.textFormat() is Qt.TextFormat.PlainText
    line.hide()
    line.tell("It is still full.")
    assert line.text() == "It is still full."
    page.close()
