"""What is wrong with a contact, said in its conversation, with the next step."""

from PySide6.QtWidgets import QFrame, QWidget

from app.domain.contact import ContactProblem, ContactSummary
from app.gui.models.contact_words import problem_sentence
from app.gui.theme.tokens import Space
from app.gui.widgets.parts import button, label, row


class ContactNotice(QFrame):
    """Hidden while nothing is wrong."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "notice")
        self.text = label(wrap=True)
        self.contact_button = button(self.tr("Show contact"), "danger")
        content = row(self, spacing=Space.M)
        content.setContentsMargins(Space.L, Space.S, Space.L, Space.S)
        content.addWidget(self.text, 1)
        content.addWidget(self.contact_button)
        self.hide()

    def show_contact(self, contact: ContactSummary) -> None:
        sentence = self.tr("You have blocked this contact.") if contact.blocked else problem_sentence(contact.problem)
        self.text.setText(sentence)
        self.setAccessibleName(sentence)
        self.setVisible(contact.blocked or contact.problem is not ContactProblem.NONE)
