"""Name a relay: where it is, who we are there, and how it is reached."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from app.domain.errors import KithError
from app.domain.own_servers import (
    MAX_URI_CHARACTERS,
    Relay,
    RelayTransport,
    relay,
    relay_at,
    server_address,
)
from app.gui.dialogs.dialog import Dialog
from app.gui.widgets.error_line import ErrorLine
from app.gui.widgets.parts import button, field, label, secret_field
from app.gui.widgets.segments import Segments

_TRANSPORTS = tuple(RelayTransport)
_SCHEME = "turn:"


class RelayDialog(Dialog):
    """Accepted with a :attr:`relay` that is none of those that are known; whether it relays, the doctor tells."""

    def __init__(self, known: Sequence[Relay], parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.set_title(self.tr("Add a relay"))
        self._known = known
        self.relay: Relay | None = None
        self.address = field(self.tr("Server and port, or a whole turn: address"))
        self.user = field(self.tr("User"))
        self.secret = secret_field(self.tr("Secret"))
        for each in (self.address, self.user, self.secret):
            each.setMaxLength(MAX_URI_CHARACTERS)
        self.transport = Segments([each.name for each in _TRANSPORTS], self.tr("Way to the relay"))
        self.error = ErrorLine()
        self.cancel_button = button(self.tr("Cancel"))
        self.add_button = button(self.tr("Add"), "primary")
        self.add_button.setDefault(True)
        self._lay_out()
        self.cancel_button.clicked.connect(self.reject)
        self.add_button.clicked.connect(self._add)
        self.address.textChanged.connect(self._go_by_address)
        self.address.setFocus()

    def _lay_out(self) -> None:
        about = self.tr(
            "A relay sees the addresses of both sides, when you talk and how much, and cannot read it. Name one that "
            "you or somebody you trust runs."
        )
        self.content.addWidget(label(about, "muted", wrap=True))
        for each in (self.address, self.user, self.secret, self.transport):
            self.content.addWidget(each)
        hint = self.tr("UDP is the fastest; TLS, on port 443, gets through most networks.")
        self.content.addWidget(label(hint, "caption", wrap=True))
        self.content.addWidget(self.error)
        self.add_buttons(self.cancel_button, self.add_button)

    def _go_by_address(self) -> None:
        """A whole address says everything by itself."""
        for each in (self.user, self.secret, self.transport):
            each.setDisabled(self._is_whole())

    def _is_whole(self) -> bool:
        return self.address.text().strip().startswith(_SCHEME)

    def _add(self) -> None:
        self.error.hide()
        try:
            written = self._written()
        except KithError:
            self.error.tell(self._reason())
            return
        if any((each.address, each.transport) == (written.address, written.transport) for each in self._known):
            self.error.tell(self.tr("This relay is in the list already."))
            return
        self.relay = written
        self.accept()

    def _written(self) -> Relay:
        """What the fields say.

        Raises:
            KithError: it is no relay.
        """
        address = self.address.text().strip()
        if self._is_whole():
            return relay_at(address)
        return relay(address, self.user.text().strip(), self.secret.text(), _TRANSPORTS[self.transport.number])

    def _reason(self) -> str:
        """Why the fields say no relay, and what to do."""
        if self._is_whole():
            return self.tr("This address is not of the form turn:USER:SECRET@SERVER:PORT?transport=udp, tcp or tls.")
        try:
            server_address(self.address.text().strip())
        except KithError:
            return self.tr("Write the server with its port, such as relay.example.org:3478.")
        return self.tr("A relay wants a user and a secret, of up to 508 bytes each.")
