"""A TCP or UDP address with its port, printed as ``1.2.3.4:5`` or ``[::1]:5``."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Self

from net.errors import LocalError

MAX_PORT = 65_535
_PORT = re.compile(r"[0-9]{1,5}\Z")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a listener is, or is said to be."""

    address: IPv4Address | IPv6Address
    port: int

    @classmethod
    def of(cls, host: str, port: int) -> Self:
        """From numbers as the socket module gives them; an IPv6 zone and an IPv4-mapped prefix are taken off."""
        address = ip_address(host.partition("%")[0])
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return cls(address, port)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``1.2.3.4:5`` or ``[::1]:5``.

        Raises:
            LocalError: the text is neither; names are not resolved here.
        """
        host, separator, port = text.rpartition(":")
        bracketed = host.startswith("[") and host.endswith("]")
        try:
            address = ip_address(host[1:-1] if bracketed else host)
        except ValueError as error:
            raise LocalError("not an address") from error
        if not separator or bracketed != (address.version == 6) or not _PORT.match(port):
            raise LocalError("not an address with a port")
        if int(port) > MAX_PORT:
            raise LocalError("port out of range")
        return cls(address, int(port))

    def __str__(self) -> str:
        host = f"[{self.address}]" if self.address.version == 6 else str(self.address)
        return f"{host}:{self.port}"
