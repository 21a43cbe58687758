"""What the command line decides for this run, whatever the settings say."""

from collections.abc import Mapping
from dataclasses import dataclass

from net.server import ServerAddress, TurnServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """None leaves a switch to the setting, no servers mean those of the settings, no bootstrap nodes the built-in."""

    lan: bool | None = None
    """Find contacts on the local network."""
    dht: bool | None = None
    """Find contacts across the internet."""
    port_mapping: bool | None = None
    """Ask the router for a port that leads to us."""
    stun: bool | None = None
    """Ask STUN servers for our address."""
    stun_servers: tuple[ServerAddress, ...] = ()
    turn: tuple[TurnServer, ...] = ()
    """Relays."""
    dht_bootstrap: tuple[ServerAddress, ...] = ()

    def fixed(self) -> Mapping[str, bool]:
        """What is decided, by the name of the setting that changes nothing in this run."""
        switches = {"lan": self.lan, "dht": self.dht, "port_mapping": self.port_mapping, "stun": self.stun}
        named = {"stun_servers": bool(self.stun_servers), "turn_servers": bool(self.turn)}
        decided = {name: value for name, value in switches.items() if value is not None}
        return decided | {name: True for name, is_named in named.items() if is_named}


NO_OVERRIDES = Overrides()
