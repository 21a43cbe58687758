"""Everything that watches over sessions and replaces them, put together once."""

from dataclasses import dataclass
from typing import Self

from app.services.ground import Ground
from app.services.peers import Peers
from app.services.progress_watch import ProgressWatch
from app.services.renewal import Renewal
from app.services.reset_asker import ResetAsker
from app.services.reset_granter import ResetGranter
from app.services.resets import Resets
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
    def over(cls, around: Surroundings, *, ground: Ground) -> Self:
        renewal = Renewal(around, sessions=ground.sessions, own_profile=ground.own_profile)
        asker = ResetAsker(around, ground=ground, renewal=renewal)
        granter = ResetGranter(around, ground=ground, renewal=renewal, asker=asker)
        progress = ProgressWatch(around, sessions=ground.sessions, outbox=ground.outbox, asker=asker)
        return cls(ground.resets, renewal, asker, granter, progress, ground.peers)
