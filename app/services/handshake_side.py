"""What each side of a handshake works with: of a first contact or a reset, asking or answering."""

from app.services.ground import Ground
from app.services.surroundings import Surroundings


class HandshakeSide:
    """Base of the four."""

    def __init__(self, around: Surroundings, *, ground: Ground) -> None:
        self._book = around.book
        self._store = around.store
        self._network = around.network
        self._clock = around.clock
        self._random = around.random
        self._announcer = around.announcer
        self._sessions = ground.sessions
        self._peers = ground.peers
        self._resets = ground.resets
        self._own_profile = ground.own_profile
        self._presence = ground.presence
        """Is told of a session once it is durable."""
