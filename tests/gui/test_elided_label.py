from PySide6.QtWidgets import QApplication

from app.gui.widgets.elided_label import ElidedLabel


def test_a_long_text_takes_the_width_that_is_given_and_keeps_its_words(qapp: QApplication) -> None:
    label = ElidedLabel("strong")
    label.setText("<b>Bartholomew</b> " * 10)
    label.setFixedWidth(60)
    assert label.minimumSizeHint().width() == 0
    label.grab()
    assert label.text().startswith("<b>Bartholomew</b>")
