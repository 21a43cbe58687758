"""Errors of the network layer: ours, or the peer's (``docs/architecture.md``, Errors)."""


class NetError(Exception):
    """Anything this package raises on purpose."""


class LocalError(NetError):
    """Our own misuse or our own machine: a bad address in the settings, a port that cannot be bound."""


class RemoteError(NetError):
    """The peer's bytes break the protocol: its link is dropped, the process and the other links go on."""
