"""Servers that the person names, for meeting contacts far away; the profile keeps them as URIs, one a line.

The secrets of relays are in what :meth:`OwnServers.stored` makes, and nowhere else.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self, TypeAlias

from app.domain.errors import ErrorKind, KithError
from crypto.secret import Secret
from net.errors import LocalError
from net.limits import MAX_RELAYS_TRIED
from net.server import ServerAddress, TurnServer, TurnTransport

Relay: TypeAlias = TurnServer
RelayTransport: TypeAlias = TurnTransport

MAX_SERVERS = MAX_RELAYS_TRIED
"""Of each kind: no more relays are tried in one attempt."""
MAX_CREDENTIAL_BYTES = 508
"""Of a user name (RFC 8489, section 14.3), and of a secret."""
MAX_URI_CHARACTERS = 4_096
_STUN = "stun:"


@dataclass(frozen=True, slots=True)
class OwnServers:
    """In the order in which they are asked."""

    stun: tuple[ServerAddress, ...] = ()
    """Asked for this computer's address, in place of the public ones."""
    turn: tuple[Relay, ...] = ()

    @classmethod
    def of(cls, stun: Iterable[str], turn: Iterable[str]) -> Self:
        """Read ``host:port`` and ``turn:USER:SECRET@HOST:PORT?transport=udp``.

        Raises:
            KithError: ``setting_invalid``: one is not of its form, there are too many, or one is there twice.
        """
        return cls(tuple(map(server_address, stun)), tuple(map(relay_at, turn))).checked()

    @classmethod
    def read(cls, text: str) -> Self:
        """What :meth:`stored` made.

        Raises:
            KithError: ``setting_invalid``: it was made by nothing like it.
        """
        lines = text.split("\n") if text else []
        stun = [line.removeprefix(_STUN) for line in lines if line.startswith(_STUN)]
        return cls.of(stun, [line for line in lines if not line.startswith(_STUN)])

    def stored(self) -> str:
        """As the profile keeps them, secrets included."""
        return "\n".join([*(f"{_STUN}{server}" for server in self.stun), *(server.uri() for server in self.turn)])

    def checked(self) -> Self:
        """These servers.

        Raises:
            KithError: ``setting_invalid``: too many, one twice, or credentials that no relay can take.
        """
        relays = [(server.address, server.transport) for server in self.turn]
        are_few = all(len(named) <= MAX_SERVERS and len(set(named)) == len(named) for named in (self.stun, relays))
        if not (are_few and all(map(_may_log_in, self.turn))):
            raise KithError(ErrorKind.SETTING_INVALID)
        return self


NO_SERVERS = OwnServers()


def server_address(text: str) -> ServerAddress:
    """Read ``host:port``.

    Raises:
        KithError: ``setting_invalid``.
    """
    try:
        return ServerAddress.parse(text)
    except LocalError as error:
        raise KithError(ErrorKind.SETTING_INVALID) from error


def relay_at(uri: str) -> Relay:
    """Read ``turn:USER:SECRET@HOST:PORT?transport=udp``, ``tcp`` or ``tls`` (``&cafile=F``).

    Raises:
        KithError: ``setting_invalid``.
    """
    if len(uri) > MAX_URI_CHARACTERS:
        raise KithError(ErrorKind.SETTING_INVALID)
    try:
        return _usable(TurnServer.parse(uri))
    except LocalError as error:
        raise KithError(ErrorKind.SETTING_INVALID) from error


def relay(address: str, username: str, secret: str, transport: RelayTransport) -> Relay:
    """Out of its parts.

    Raises:
        KithError: ``setting_invalid``: the address is none, or no relay can take the credentials.
    """
    return _usable(TurnServer(server_address(address), username, Secret(secret.encode(errors="replace")), transport))


def _usable(named: Relay) -> Relay:
    OwnServers(turn=(named,)).checked()
    return named


def _may_log_in(server: Relay) -> bool:
    sizes = (len(server.username.encode(errors="replace")), len(server.secret))
    return server.username.isprintable() and all(0 < size <= MAX_CREDENTIAL_BYTES for size in sizes)
