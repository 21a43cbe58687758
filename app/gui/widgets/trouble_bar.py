"""What is wrong with a contact, said in its conversation, with the next step."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from app.domain.contact import ContactNotice, ContactProblem, ContactSummary
from app.gui.models.contact_words import notice_sentence, problem_sentence
from app.gui.theme.tokens import Space
from app.gui.widgets.parts import button, label, row


class TroubleBar(QFrame):
    """Hidden while nothing is wrong."""

    contact_wanted = Signal()
    """The person wants to see and compare the contact."""
    agreed = Signal()
    """The person knows, and goes on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "notice")
        self.text = label(wrap=True)
        self.contact_button = button(self.tr("Show contact"), "danger")
        self.agree_button = button(self.tr("Go on"), "danger")
        content = row(self, spacing=Space.S)
        content.setContentsMargins(Space.L, Space.S, Space.L, Space.S)
        content.addWidget(self.text, 1)
        content.addWidget(self.contact_button)
        content.addWidget(self.agree_button)
        self.contact_button.clicked.connect(self.contact_wanted)
        self.agree_button.clicked.connect(self.agreed)
        self.hide()

    def show_contact(self, contact: ContactSummary) -> None:
        sentences = [problem_sentence(contact.problem), notice_sentence(contact.notice)]
        if contact.blocked:
            sentences = [self.tr("You have blocked this contact.")]
        sentence = "\n".join(filter(None, sentences))
        self.text.setText(sentence)
        self.setAccessibleName(sentence)
        held = contact.problem is ContactProblem.RESET or contact.notice is not ContactNotice.NONE
        self.agree_button.setVisible(held and not contact.blocked)
        self.setVisible(bool(sentence))
