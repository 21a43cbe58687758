"""What works by itself while an account runs, put together once: it takes in what comes, and does what is due."""

from dataclasses import dataclass
from typing import Self

from app.services.annotations import Annotations
from app.services.epochs import Epochs
from app.services.go_between import GoBetween
from app.services.ground import Ground
from app.services.handshakes import Handshakes
from app.services.inbox import Inbox
from app.services.inflow import Inflow
from app.services.intake import Intake
from app.services.inviter import Inviter
from app.services.invites import Invites
from app.services.joiner import Joiner
from app.services.recovery import Recovery
from app.services.session_care import SessionCare
from app.services.surroundings import Surroundings
from app.services.task_owner import TaskOwner
from app.services.typing_notices import TypingNotices
from app.services.upkeep import Upkeep


@dataclass(frozen=True, slots=True, eq=False)
class Machinery:
    """The parts that the facade starts or asks."""

    intake: Intake
    upkeep: Upkeep
    epochs: Epochs
    annotations: Annotations

    @classmethod
    def over(
        cls,
        around: Surroundings,
        *,
        ground: Ground,
        invites: Invites,
        typing: TypingNotices,
        recovery: Recovery,
        tasks: TaskOwner,
    ) -> Self:
        sessions, outbox = ground.sessions, ground.outbox
        joiner = Joiner(around, ground=ground)
        inviter = Inviter(around, ground=ground)
        care = SessionCare.over(around, ground=ground)
        epochs = Epochs(around, sessions=sessions, outbox=outbox)
        go_between = GoBetween(around, sessions=sessions, outbox=outbox, tasks=tasks)
        inbox = Inbox(
            around,
            inflow=Inflow(around, tasks=tasks),
            ground=ground,
            epochs=epochs,
            joiner=joiner,
            care=care,
            typing=typing,
            go_between=go_between,
        )
        intake = Intake(
            around,
            ground=ground,
            inbox=inbox,
            epochs=epochs,
            handshakes=Handshakes(around, inviter=inviter, joiner=joiner, care=care),
            care=care,
            recovery=recovery,
        )
        upkeep = Upkeep(
            around,
            ground=ground,
            epochs=epochs,
            invites=invites,
            joiner=joiner,
            asker=care.asker,
            tasks=tasks,
        )
        return cls(intake, upkeep, epochs, inbox.annotations)
