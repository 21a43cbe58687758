"""The running instance as later starts see it: what it can be asked, and by whom that is answered."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from app.domain.finding import ToldFinding
from app.instance.messages import Answer, Examine, Examined, Open, Reply, Request
from app.instance.server import InstanceServer

Examination = Callable[[], Awaitable[Sequence[ToldFinding]]]

OpenLink = Callable[[str | None], None]
"""Shows the window, and adds the contact of the link if there is one.  It returns at once and does not raise."""


class Instance:
    """At most one a profile.  Belongs to one loop."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server: InstanceServer | None = None
        self.examination: Examination | None = None
        """Answers ``kith doctor``, once the profile is open."""
        self.open_link: OpenLink | None = None
        """Answers ``kith LINK``, where there is a window."""

    async def serve(self) -> bool:
        """Be the profile's instance; False if this one is already.

        Raises:
            KithError: ``profile_in_use``: another one is.
        """
        if self._server is not None:
            return False
        server = InstanceServer(self._folder, self._answered)
        await server.start()
        self._server = server
        return True

    async def close(self) -> None:
        """Be it no longer."""
        server, self._server = self._server, None
        if server is not None:
            await server.close()

    async def _answered(self, request: Request) -> Answer:
        match request:
            case Examine():
                return Reply.LOCKED if self.examination is None else Examined(tuple(await self.examination()))
            case Open(link):
                if self.open_link is None:
                    return Reply.WINDOWLESS
                self.open_link(link)
                return Reply.OPENED
