"""Who connected to us, where we are now: the only proof that firewall and router let others in."""

from net.events import LinkUp, PathClass


class Visitors:
    """When somebody last did, from near and from far, in Unix seconds."""

    def __init__(self) -> None:
        self.near_at: float | None = None
        """From this computer's networks."""
        self.far_at: float | None = None
        """From beyond them, by themselves: a hole that both sides punched proves nothing."""

    def linked(self, link: LinkUp, now: float) -> None:
        """A link is up, whoever connected."""
        if link.dialled:
            return
        if link.path is PathClass.LAN:
            self.near_at = now
        elif link.path is PathClass.DIRECT:
            self.far_at = now

    def moved(self) -> None:
        """This computer is perhaps in another network."""
        self.near_at = self.far_at = None
