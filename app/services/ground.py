"""The services that all others of an account stand on, put together once."""

from dataclasses import dataclass
from typing import Self

from app.services.introductions import Introductions
from app.services.outbox import Outbox
from app.services.peers import Peers
from app.services.presence import Presence
from app.services.profiles import OwnProfile
from app.services.resets import Resets
from app.services.sessions import Sessions
from app.services.surroundings import Surroundings
from app.services.task_owner import TaskOwner


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """The parts, for whoever puts more on top."""

    sessions: Sessions
    own_profile: OwnProfile
    resets: Resets
    peers: Peers
    outbox: Outbox
    introductions: Introductions
    presence: Presence

    @classmethod
    def over(cls, around: Surroundings, *, tasks: TaskOwner) -> Self:
        sessions = Sessions(around)
        own_profile = OwnProfile(around)
        resets = Resets(around, sessions=sessions)
        peers = Peers(around, sessions=sessions, resets=resets)
        outbox = Outbox(around, sessions=sessions, tasks=tasks)
        return cls(
            sessions=sessions,
            own_profile=own_profile,
            resets=resets,
            peers=peers,
            outbox=outbox,
            introductions=Introductions(around, own_profile=own_profile, peers=peers, outbox=outbox),
            presence=Presence(around, outbox=outbox),
        )
