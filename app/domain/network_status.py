"""What the network does now, for the status page and ``network.status``."""

from dataclasses import dataclass

from app.domain.identifiers import ContactId


@dataclass(frozen=True, slots=True)
class ContactLink:
    """How one contact is reached.  ``since`` is in Unix seconds."""

    contact: ContactId
    path: str
    rtt_ms: float | None
    since: float


@dataclass(frozen=True, slots=True)
class NetworkStatus:
    """Listeners as ``1.2.3.4:5``; what is not built in or switched off reads as not running."""

    listen: tuple[str, ...]
    lan_running: bool
    dht_running: bool
    dht_nodes: int
    port_mapping: bool
    external: tuple[str, ...]
    """Where others on the internet see this computer, if that is none of its own addresses."""
    links: tuple[ContactLink, ...]
    nat: str = "unknown"
    """What stands between: ``none``, ``cone``, ``symmetric``, ``no_udp``, ``unknown``."""
