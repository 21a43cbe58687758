"""The links to one peer, by what their key stands for, and which of each kind survives.  Sans-IO."""

from net.events import CloseReason, LinkId, PathClass
from net.path_effects import CloseLink, Effect, Offline, Online
from net.peer import LinkKind, PeerId
from net.survivor import Confirm, Controller, Demand, Follower, Nominate, Supersede, Survivor, Use


class PeerLinks:
    """Those that are up.  Links of different kinds do not compete, and some compete with none."""

    __slots__ = ("_peer_id", "_survivors", "_up")

    def __init__(self, peer_id: PeerId) -> None:
        self._peer_id = peer_id
        self._survivors: dict[LinkKind, Survivor] = {}
        self._up: set[LinkId] = set()

    def all(self) -> list[LinkId]:
        """Every link, the oldest first."""
        return sorted(self._up)

    def in_use(self, kind: LinkKind | None) -> LinkId | None:
        survivor = None if kind is None else self._survivors.get(kind)
        return None if survivor is None else survivor.in_use

    def add(self, link: LinkId) -> None:
        """A link is up that competes with no other."""
        self._up.add(link)

    def join(self, link: LinkId, kind: LinkKind, path: PathClass, now: float, *, controls: bool) -> list[Effect]:
        """A link is up; ``controls``: this side decides which of its kind survives."""
        self._up.add(link)
        survivor = self._survivors.get(kind)
        if survivor is None:
            by_class = kind is LinkKind.CONTACT
            survivor = self._survivors[kind] = Controller(by_class=by_class) if controls else Follower()
        return self._effects(kind, survivor.link_up(link, path, now))

    def remove(self, link: LinkId) -> None:
        """A link is down that competed with no other."""
        self._up.discard(link)

    def leave(self, link: LinkId, kind: LinkKind, now: float) -> list[Effect]:
        """A link is down."""
        self._up.discard(link)
        survivor = self._survivors[kind]
        demands = survivor.link_down(link, now)
        if survivor.in_use is None:
            del self._survivors[kind]
        return self._effects(kind, demands)

    def nominated(self, link: LinkId, kind: LinkKind) -> list[Effect]:
        """The other side wants this one to survive."""
        return self._effects(kind, self._survivors[kind].nominated(link))

    def confirmed(self, link: LinkId, kind: LinkKind, now: float) -> list[Effect]:
        """The other side agrees."""
        return self._effects(kind, self._survivors[kind].confirmed(link, now))

    def doubt(self, link: LinkId, kind: LinkKind, *, silent: bool) -> None:
        """Nobody answers on it, or somebody does again."""
        self._survivors[kind].doubt(link, silent=silent)

    def wake_at(self) -> float | None:
        moments = (survivor.wake_at() for survivor in self._survivors.values())
        return min((moment for moment in moments if moment is not None), default=None)

    def handle_timer(self, now: float) -> list[Effect]:
        """Nominate what is to be nominated now."""
        effects: list[Effect] = []
        for kind, survivor in self._survivors.items():
            effects += self._effects(kind, survivor.handle_timer(now))
        return effects

    def _effects(self, kind: LinkKind, demands: list[Demand]) -> list[Effect]:
        """A survivor's demands as effects; only contact links make a peer online."""
        effects: list[Effect] = []
        for demand in demands:
            match demand:
                case Nominate() | Confirm():
                    effects.append(demand)
                case Supersede(link=link):
                    effects.append(CloseLink(link, CloseReason.SUPERSEDED))
                case Use(link=None) if kind is LinkKind.CONTACT:
                    effects.append(Offline(self._peer_id))
                case Use(link=link) if kind is LinkKind.CONTACT and link is not None:
                    effects.append(Online(self._peer_id, link))
                case Use():
                    pass
        return effects
