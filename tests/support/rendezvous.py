"""Keys to be found by on the DHT."""

from crypto.discovery_key import DiscoveryKey
from crypto.rendezvous import OwnRendezvous, Rendezvous


def new_rendezvous() -> OwnRendezvous:
    """A fresh one, with both halves."""
    key = DiscoveryKey.generate()
    return OwnRendezvous(Rendezvous(key.point, key.secret), key.scalar)
