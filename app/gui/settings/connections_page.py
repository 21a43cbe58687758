"""By which ways contacts are found and reached, and who sees what of it."""

from PySide6.QtWidgets import QWidget

from app.gui.preferences import Preferences
from app.gui.settings.page import ChoicesPage
from app.gui.theme.theme import Theme


class ConnectionsPage(ChoicesPage):
    """A switch for each way, and one that leaves the local network alone."""

    def __init__(self, preferences: Preferences, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("", preferences, theme, parent)
        self.set_title(self.tr("Connections"))
        self.add_words(
            self.tr(
                "Messages are encrypted whichever way they go. A way shows at most that you talk, when, and from where."
            )
        )
        self._add_local_network()
        self._add_internet()
        self._add_third_parties()
        self.end()
        self.show_settings(preferences.settings)

    def _add_local_network(self) -> None:
        self.add_switch(
            "lan_only",
            self.tr("Stay on the local network"),
            self.tr(
                "Kith reaches contacts in the networks that this computer is in, and sends nothing to anybody beyond "
                "them. What is below the local network is off then."
            ),
        )
        self.add_switch(
            "lan",
            self.tr("Find contacts on the local network"),
            self.tr(
                "Kith announces itself on networks that you join, under a name that changes and that only your "
                "contacts can tell. Others there see that somebody uses Kith. Switched off, contacts near by are found "
                "by their last addresses only."
            ),
        )

    def _add_internet(self) -> None:
        self.add_switch(
            "dht",
            self.tr("Find contacts across the internet"),
            self.tr(
                "Kith takes part in the BitTorrent DHT: your contacts find you there by small encrypted records. Its "
                "nodes see your computer's address, and that it takes part. Switched off, contacts far away are found "
                "by their last addresses only."
            ),
        )
        self.add_switch(
            "port_mapping",
            self.tr("Ask the router for an open port"),
            self.tr(
                "Kith has the router of your network lead one of its ports to this computer (UPnP, NAT-PMP), so that "
                "contacts far away can connect. Whoever runs the router sees that it was asked. Switched off, some of "
                "them may be reached by more roundabout ways only."
            ),
        )
        self.add_switch(
            "stun",
            self.tr("Ask STUN servers for this computer's address"),
            self.tr(
                "Where contacts and the DHT have not told it, Kith asks servers of Cloudflare, Nextcloud and Google "
                "under which address this computer is seen. Each sees that address and nothing else. Switched off, "
                "some contacts behind other routers may not be reached."
            ),
        )

    def _add_third_parties(self) -> None:
        """Others bring what the two do not bring each other."""
        self.add_switch(
            "relay",
            self.tr("Reach contacts through relays"),
            self.tr(
                "Where there is no other way, what you and a contact send goes through a server that one of you has "
                "named (TURN). It sees both addresses, when you talk and how much, and cannot read it. Switched off, "
                "some contacts may not be reached."
            ),
        )
        self.add_switch(
            "go_between",
            self.tr("Let contacts help contacts to connect"),
            self.tr(
                "Where you and a contact do not reach each other, Kith asks up to four others who are online to bring "
                "it an encrypted signal, and does the same for your contacts. Who knows you both learns that you look "
                "for each other, and when; nobody between can read the signal. Switched off, Kith neither asks nor "
                "helps, and takes nothing that comes this way."
            ),
        )
