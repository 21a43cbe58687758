"""Where this process listens: ports that stay, and at most one more that is taken to punch from."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import islice

from net.endpoint import Endpoint
from net.errors import LocalError
from net.transport import tcp
from net.transport.stream import StreamOwner


class Listeners:
    """``stranger`` is asked for the owner of each connection that comes in."""

    def __init__(self, stranger: Callable[[], StreamOwner]) -> None:
        self._stranger = stranger
        self._lasting: list[tcp.Listener] = []
        self._spare: tuple[tcp.Listener, ...] = ()
        self._is_closed = False

    async def listen(self, endpoints: Sequence[Endpoint]) -> tuple[Endpoint, ...]:
        """Listen there as well; an address family that this machine lacks is left out.  Returns what is bound.

        Raises:
            LocalError: one of them cannot be bound, or none exists.
        """
        listeners = await tcp.listen(endpoints, self._stranger)
        self._lasting += listeners
        return tuple(listener.endpoint for listener in listeners)

    async def take_port(self) -> None:
        """Punch from a new port; the last one that was taken is not listened to any more.

        Raises:
            LocalError: none can be had.
        """
        places = tuple(dict.fromkeys(replace(endpoint, port=0) for endpoint in self._far_reaching()))
        if not places:
            raise LocalError("no port of ours can be shared by dials")
        taken = await tcp.listen(places, self._stranger)
        if self._is_closed:
            _close(taken)
            return
        _close(self._spare)
        self._spare = taken

    def lasting(self) -> tuple[Endpoint, ...]:
        """As bound, wildcards as such: the ports that are the same for as long as this process lives."""
        return tuple(listener.endpoint for listener in self._lasting)

    def all(self) -> tuple[Endpoint, ...]:
        """The same, and the port to punch from if that is another."""
        return (*self.lasting(), *(listener.endpoint for listener in self._spare))

    def shared_port(self, version: int) -> Endpoint | None:
        """Where dials of this IP version leave from at best that are to get through NATs."""
        return next(iter(self.shared_ports(version)), None)

    def shared_ports(self, version: int) -> tuple[Endpoint, ...]:
        """The same, and the port that stays: whoever cannot read our record knows no other."""
        spare = (listener.endpoint for listener in self._spare if listener.endpoint.address.version == version)
        lasting = (endpoint for endpoint in self._far_reaching() if endpoint.address.version == version)
        return (*spare, *islice(lasting, 1))

    def shared_versions(self) -> frozenset[int]:
        """For which there is such a port."""
        return frozenset(version for version in (4, 6) if self.shared_port(version) is not None)

    def close(self) -> None:
        """Listen nowhere."""
        self._is_closed = True
        _close((*self._lasting, *self._spare))
        self._lasting.clear()
        self._spare = ()

    def _far_reaching(self) -> tuple[Endpoint, ...]:
        if not tcp.SHARES_PORTS:
            return ()
        return tuple(endpoint for endpoint in self.lasting() if not endpoint.address.is_loopback)


def _close(listeners: Iterable[tcp.Listener]) -> None:
    for listener in listeners:
        listener.close()
