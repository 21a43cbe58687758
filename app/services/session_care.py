"""Everything that watches over sessions and replaces them, put together once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from app.services.outbox import Outbox
from app.services.peers import Peers
from app.services.profiles import OwnProfile
from app.services.progress_watch import ProgressWatch
from app.services.renewal import Renewal
from app.services.reset_asker import ResetAsker
from app.services.reset_granter import ResetGranter
from app.services.resets import Resets
from app.services.sessions import Sessions
from app.services.surroundings import Surroundings


@dataclass(frozen=True, slots=True, eq=False)
class SessionCare:
    """The parts, for whoever takes links, handshakes or envelopes in."""

    resets: Resets
    renewal: Renewal
    asker: ResetAsker
    granter: ResetGranter
    progress: ProgressWatch
    peers: Peers
    """Who tells the network of new link keys."""

    @classmethod
    def over(
        cls,
        around: Surroundings,
        *,
        resets: Resets,
        sessions: Sessions,
        peers: Peers,
        outbox: Outbox,
        own_profile: OwnProfile,
        on_established: Callable[[int], None],
    ) -> Self:
        renewal = Renewal(around, sessions=sessions, own_profile=own_profile)
        asker = ResetAsker(
            around, resets=resets, sessions=sessions, peers=peers, renewal=renewal, on_established=on_established
        )
        granter = ResetGranter(
            around,
            asker=asker,
            resets=resets,
            sessions=sessions,
            peers=peers,
            renewal=renewal,
            on_established=on_established,
        )
        progress = ProgressWatch(around, sessions=sessions, outbox=outbox, asker=asker)
        return cls(resets, renewal, asker, granter, progress, peers)
