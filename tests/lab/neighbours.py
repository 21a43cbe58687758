"""Three people in three homes who all know each other, and which of them can come together as things stand."""

import itertools
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random  # noqa: TID251 - a history comes again from its seed
from typing import Self, TypeVar

from tests.lab.computer import Computer
from tests.lab.homes import Home, Homes
from tests.lab.public_side import DHT_NODES
from tests.lab.router import Nat
from tests.support.accounts import make_account
from tests.support.people import Pair, Person
from tests.support.rpc_process import PASSPHRASE
from tests.support.soaking import TALKATIVE

NAMES = ("Alice", "Bob", "Carol")
KINDS = (Nat.CONE, Nat.SYMMETRIC, Nat.RST_ANSWERING)
DELAY_MS = 10.0
FIRST_MEETING_S = 240.0
GUEST = 10
"""The number of the first guest's computer in another home."""


Victim = TypeVar("Victim")


class Neighbour(Person):
    """One of them, with a computer that is at some home, and a Kith that runs mostly."""

    def __init__(self, name: str, folder: Path, home: Home, network: tuple[str, ...]) -> None:
        self.computer: Computer = home.computers[0]
        self.at = self.own_home = home
        self.tasks_file = folder / f"{name}.tasks"
        super().__init__(
            name,
            folder / name,
            environment=TALKATIVE | {"KITH_TASKS": str(self.tasks_file)},
            flags=("--log-level", "debug"),
            network=network,
            launcher=self.computer.launcher,
            module="tests.lab.observed",
        )
        self.runs = False
        self.starts = 0
        """Of Kith, so far."""

    def start(self) -> None:
        super().start()
        self.contact = self.process.ready()["id"]
        self.runs = True
        self.starts += 1

    def stop(self) -> None:
        """End as a person does."""
        self.runs = False
        code = self.process.close()
        assert code == 0, f"{self.name}'s Kith ended with {code}"
        super().kill()

    def kill(self) -> None:
        self.runs = False
        super().kill()

    @contextmanager
    def asleep(self) -> Iterator[None]:
        """The computer sleeps."""
        self.process.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.process.send_signal(signal.SIGCONT)

    def go_to(self, home: Home, number: int) -> None:
        """Carry the computer to another home."""
        home.take_in(self.computer, number)
        self.at = home


class Neighbourhood:
    """The laboratory, and what is the matter in it."""

    def __init__(self, dice: Random) -> None:
        self.dice = dice
        nats = dice.sample(KINDS, len(NAMES))
        self.lab = Homes(*nats, delay_ms=DELAY_MS)
        self.kinds = list(nats)
        """Of the routers, as they are now."""
        self.open: Home | None = None
        """Whose router opens ports."""
        self._befallen: list[object] = []
        self._guests = itertools.count(GUEST)

    def __enter__(self) -> Self:
        self.lab.__enter__()
        try:
            self._settle_in()
        except BaseException:
            self.lab.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        for person in self.people:
            person.process.kill()
        self.lab.__exit__(None, None, None)

    def _settle_in(self) -> None:
        self.relay = self.lab.public.serve_relay()
        nodes = self.lab.public.serve_dht(DHT_NODES)
        network = (
            *(f"--dht-bootstrap={node}" for node in nodes),
            self.relay.stun,
            self.relay.turn("udp"),
            self.relay.turn("tcp"),
        )
        self.people = [
            Neighbour(name, self.lab.folder, home, network) for name, home in zip(NAMES, self.lab.homes, strict=True)
        ]
        for person in self.people:
            make_account(person.profile, person.name, PASSPHRASE)
            person.start()
        self.pairs = [Pair(one, other) for one, other in itertools.combinations(self.people, 2)]

    def meet(self) -> None:
        """Everybody invites everybody."""
        for pair in self.pairs:
            inviter, joiner = pair.people
            joiner.process.call("contacts.add", link=inviter.process.call("contacts.invite")["link"])
            inviter.process.notification("contact.added", timeout_s=FIRST_MEETING_S, contact=joiner.contact)
            joiner.process.notification("contact.added", timeout_s=FIRST_MEETING_S, contact=inviter.contact)

    # --- What happens

    def befall(self, candidates: Sequence[Victim], most: int = 1) -> list[Victim]:
        """Whom a mishap befalls: nobody who suffers from another."""
        free = [each for each in candidates if each not in self._befallen]
        chosen = self.dice.sample(free, min(most, len(free)))
        self._befallen += chosen
        return chosen

    def recover(self) -> None:
        """All mishaps are over."""
        self._befallen.clear()

    def become(self, home: Home, kind: Nat) -> None:
        """Have a router be of another kind."""
        home.router.become(kind)
        self.kinds[home.number - 1] = kind

    def chat(self, duration_s: float) -> None:
        """Let time pass, in which now and then somebody writes who is awake."""
        until = time.monotonic() + duration_s
        while (left_s := until - time.monotonic()) > 0:
            time.sleep(min(left_s, self.dice.uniform(0.5, 4)))
            self.write()

    def write(self) -> None:
        """Somebody says something to somebody."""
        author, reader = self.dice.sample(self.people, 2)
        if author.runs:
            author.write(reader, self.dice.randint(1, 3))

    def guest_number(self) -> int:
        """For the computer of a guest."""
        return next(self._guests)

    # --- What to expect

    def can_link(self, pair: Pair) -> bool:
        """Whether the two can come together for certain."""
        one, other = pair.people
        assert isinstance(one, Neighbour)
        assert isinstance(other, Neighbour)
        # Without UDP nobody reads a record or hears a ring: the two may come together by what is known from before.
        return one.at is other.at or Nat.UDP_BLOCKED not in {self.kind_at(one.at), self.kind_at(other.at)}

    def kind_at(self, home: Home) -> Nat:
        return self.kinds[home.number - 1]
