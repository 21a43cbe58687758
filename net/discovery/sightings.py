"""Who of the peers was announced on the LAN, and where.  Sans-IO.

mDNS is not authentic: a neighbour may repeat an old announcement or take one back.  So what stands here is a hint
where to dial, and whether somebody is there the link alone can tell.
"""

from dataclasses import dataclass

from net.discovery.announcement import Announcement
from net.endpoint import Endpoint
from net.errors import RemoteError
from net.limits import MAX_ENDPOINTS, MAX_SIGHTINGS, READING_BURST, READINGS_PER_SECOND
from net.nat_kind import NatKind
from net.peer import PeerId
from net.token_bucket import TokenBucket


@dataclass(frozen=True, slots=True)
class Found:
    """The peer announces that it can be reached there, the newest first."""

    peer: PeerId
    endpoints: tuple[Endpoint, ...]
    nat: NatKind = NatKind.UNKNOWN
    """What is between it and the internet, if it says so."""
    made_at: int | None = None
    """Unix seconds by its clock; None if it says this now."""


class Sightings:
    """Compares what is heard with the LAN keys of all peers, whichever comes first."""

    def __init__(self, now: float) -> None:
        self._keys: dict[PeerId, tuple[bytes, ...]] = {}
        self._scanned: tuple[tuple[bytes, ...], tuple[PeerId, ...]] | None = None
        self._heard: dict[str, Announcement] = {}  # by the name of the service, the longest unheard first
        self._readings = TokenBucket(per_second=READINGS_PER_SECOND, burst=READING_BURST, now=now)

    @property
    def crowd(self) -> int:
        """How many others are announced, at most those that are remembered."""
        return len(self._heard)

    def set_peer(self, peer_id: PeerId, keys: tuple[bytes, ...]) -> Found | None:
        """Look out for the holder of these LAN keys; it may have been heard already."""
        if self._keys.get(peer_id) == keys:
            return None
        self._keys[peer_id] = keys
        self._scanned = None
        return self.found(peer_id)

    def remove_peer(self, peer_id: PeerId) -> None:
        self._keys.pop(peer_id, None)
        self._scanned = None

    def found(self, peer_id: PeerId) -> Found | None:
        """Where the peer is by what was heard, at most eight endpoints."""
        keys = self._keys.get(peer_id, ())
        heard = [announcement for announcement in self._heard.values() if announcement.matches(keys)]
        endpoints = dict.fromkeys(endpoint for announcement in reversed(heard) for endpoint in announcement.endpoints)
        return Found(peer_id, tuple(endpoints)[:MAX_ENDPOINTS]) if endpoints else None

    def hear(self, service: str, text: bytes, now: float) -> list[Found]:
        """A service of our type has this TXT record: the peers that it is.

        Raises:
            RemoteError: it is no announcement, or one too many.
        """
        announcement = Announcement.decode(text)
        if self._heard.get(service) == announcement:
            return []
        if not self._readings.take(now):
            raise RemoteError("more announcements than are read")
        self._heard.pop(service, None)
        self._heard[service] = announcement
        if len(self._heard) > MAX_SIGHTINGS:
            del self._heard[next(iter(self._heard))]
        keys, owners = self._scan_list()
        peers = dict.fromkeys(owners[position] for position in announcement.matches(keys))
        return [found for found in map(self.found, peers) if found is not None]

    def forget(self, service: str) -> None:
        """The service was taken back."""
        self._heard.pop(service, None)

    def clear(self) -> None:
        """We are somewhere else."""
        self._heard.clear()

    def _scan_list(self) -> tuple[tuple[bytes, ...], tuple[PeerId, ...]]:
        if self._scanned is None:
            pairs = [(key, peer_id) for peer_id, keys in self._keys.items() for key in keys]
            self._scanned = tuple(key for key, _ in pairs), tuple(peer_id for _, peer_id in pairs)
        return self._scanned
