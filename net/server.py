"""Servers that a person names: by host name or address, with a port; TURN servers with credentials."""

import re
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import Self
from urllib.parse import parse_qsl, quote, unquote

from crypto.secret import Secret
from net.endpoint import MAX_PORT
from net.errors import LocalError

_PORT = re.compile(r"[0-9]{1,5}\Z")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST_NAME = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*\.?\Z")
"""RFC 1123: labels of 1 to 63 letters, digits and inner hyphens, 253 characters in all."""


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where a server is: a host name, IPv4 or IPv6 address (without brackets), and a port from 1."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``host.example:5``, ``1.2.3.4:5`` or ``[::1]:5``.

        Raises:
            LocalError: the text is none of these.
        """
        host, _, port = text.rpartition(":")
        if not (_PORT.match(port) and 1 <= int(port) <= MAX_PORT):
            raise LocalError("not a host with a port from 1 to 65535")
        if host.startswith("[") and host.endswith("]"):
            return cls(str(_ipv6(host[1:-1])), int(port))
        if not _HOST_NAME.match(host):
            raise LocalError("not a host name or address")
        return cls(host, int(port))

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


PUBLIC_STUN = (
    ServerAddress("stun.cloudflare.com", 3478),
    ServerAddress("stun.nextcloud.com", 443),
    ServerAddress("stun.l.google.com", 19302),
)
"""Servers of three operators in networks of their own, open to everybody: any two that agree are believed."""


class TurnTransport(Enum):
    """How a client reaches a TURN server (RFC 8656, section 2.1)."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"


@dataclass(frozen=True, slots=True, eq=False)
class TurnServer:
    """A relay and the credentials for it; ``ca_file`` holds the certificates to trust instead of the system's."""

    address: ServerAddress
    username: str
    secret: Secret
    transport: TurnTransport
    ca_file: Path | None = None

    @classmethod
    def parse(cls, uri: str) -> Self:
        """Read ``turn:USER:SECRET@HOST:PORT?transport=udp``, ``tcp`` or ``tls`` (``&cafile=F``).

        ``USER``, ``SECRET`` and ``F`` are percent-decoded, since a user may hold a colon; without a query it is UDP.

        Raises:
            LocalError: the URI is not of this form; the message does not repeat it.
        """
        if not _is_unicode(uri):
            raise LocalError("not Unicode text")
        scheme, _, rest = uri.partition(":")
        authority, _, query = rest.partition("?")
        credentials, _, address = authority.rpartition("@")
        username, _, secret = credentials.partition(":")
        if scheme != "turn" or not username or not secret:
            raise LocalError("not of the form turn:USER:SECRET@HOST:PORT?transport=udp")
        transport, ca_file = _turn_options(query)
        return cls(
            ServerAddress.parse(address), unquote(username), Secret(unquote(secret).encode()), transport, ca_file
        )

    def uri(self) -> str:
        """What :meth:`parse` reads as this server, the secret included: to be kept, and shown to nobody."""
        return self._written(f"{quote(self.username, safe='')}:{quote(self.secret.reveal(), safe='')}")

    def __str__(self) -> str:
        """The URI without the secret."""
        return self._written(quote(self.username, safe=""))

    def _written(self, credentials: str) -> str:
        ca_file = "" if self.ca_file is None else f"&cafile={quote(str(self.ca_file), safe='/')}"
        return f"turn:{credentials}@{self.address}?transport={self.transport.value}{ca_file}"


def _turn_options(query: str) -> tuple[TurnTransport, Path | None]:
    try:
        pairs = parse_qsl(query, strict_parsing=bool(query), keep_blank_values=True)
    except ValueError as error:
        raise LocalError("the options after ? are not of the form name=value&…") from error
    options = dict(pairs)
    if len(options) != len(pairs) or not options.keys() <= {"transport", "cafile"}:
        raise LocalError("the options after ? are transport and cafile, each once")
    try:
        transport = TurnTransport(options.get("transport", "udp"))
    except ValueError as error:
        raise LocalError("transport is udp, tcp or tls") from error
    if "cafile" in options and transport is not TurnTransport.TLS:
        raise LocalError("cafile goes with transport=tls")
    return transport, Path(options["cafile"]) if "cafile" in options else None


def _is_unicode(text: str) -> bool:
    """Whether it has no lone surrogates, which stand for bytes of a command line that are no text."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _ipv6(text: str) -> IPv6Address:
    try:
        address = ip_address(text)
    except ValueError as error:
        raise LocalError("not an address") from error
    if not isinstance(address, IPv6Address):
        raise LocalError("only IPv6 addresses stand in brackets")
    return address
