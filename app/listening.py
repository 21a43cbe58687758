"""Where a start listens, and which ports it keeps for the next one."""

import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address

from net.endpoint import Endpoint
from net.errors import LocalError
from net.node import Node

ALL_INTERFACES = (IPv4Address("0.0.0.0"), IPv6Address("::"))  # noqa: S104 (what "all interfaces" means)

DEFAULT_PORTS = range(20_000, 32_768)
"""The port of the default listeners is one of these: unprivileged, and below those that systems hand out for outgoing
connections, so that it stays free for us."""

PORT_TRIES = 20


async def listen_everywhere(node: Node, kept_port: int) -> int:
    """Listen on all interfaces in both families, on the kept port (0: none yet); returns the port to keep.

    While another program has the kept port, this run uses another one, and the kept one stays kept.

    Raises:
        LocalError: no port can be had.
    """
    ports = [secrets.choice(DEFAULT_PORTS) for _ in range(PORT_TRIES)]
    if kept_port:
        ports.insert(0, kept_port)
    for port in ports:
        with suppress(LocalError):
            await node.listen([Endpoint(address, port) for address in ALL_INTERFACES])
            return kept_port or port
    raise LocalError("no port can be had")


async def listen_at(node: Node, wanted: Sequence[Endpoint], settings: Mapping[str, str]) -> dict[str, str]:
    """Listen where the command line says; port 0 stands for the port of the last time while that is free, else for any.

    Returns the settings that remember the ports for the next time.

    Raises:
        LocalError: one of the endpoints cannot be had.
    """
    remembered = [_remembered(endpoint, settings) for endpoint in wanted]
    try:
        bound = await node.listen(remembered)
    except LocalError:
        if remembered == list(wanted):
            raise
        bound = await node.listen(wanted)
    left_open = {endpoint.address for endpoint in wanted if not endpoint.port}
    return {_setting(endpoint): str(endpoint.port) for endpoint in bound if endpoint.address in left_open}


def _remembered(endpoint: Endpoint, settings: Mapping[str, str]) -> Endpoint:
    return replace(endpoint, port=endpoint.port or int(settings.get(_setting(endpoint), "0")))


def _setting(endpoint: Endpoint) -> str:
    return f"port of {endpoint.address}"
