"""Two people with a Kith each, on computers of the laboratory: they meet, talk, and go on after what happens."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.lab.computer import Computer
from tests.lab.public_side import PublicComputer
from tests.support.accounts import make_account
from tests.support.rpc_process import PASSPHRASE, RpcProcess, introduce, online

PATIENCE_S = 90.0
POLL_S = 0.05
TEXTS_A_PAGE = 1_000


class Person:
    """One account, its computer and what it says to the other."""

    def __init__(self, name: str, computer: Computer | PublicComputer, folder: Path, network: Sequence[str]) -> None:
        self.computer = computer
        self.other = ""
        """The contact's id, once they have met."""
        self.profile = folder / name
        self.environment: dict[str, str] = {}
        """For the next start."""
        self._network = tuple(network)
        self._running = ExitStack()
        self._said: list[str] = []
        make_account(self.profile, name, PASSPHRASE)

    def open(self) -> None:
        """Start Kith."""
        process = RpcProcess(
            self.profile, network=self._network, environment=self.environment, launcher=self.computer.launcher
        )
        self.process = self._running.enter_context(process)

    def close(self) -> None:
        """End Kith as a person does."""
        code = self.process.close()
        assert code == 0, f"Kith ended with {code}"
        self._running.close()

    def kill(self) -> None:
        self._running.close()

    def await_status(self, is_so: Callable[[Any], bool]) -> None:
        """Return when ``network.status`` is so; raises TimeoutError."""
        deadline = time.monotonic() + PATIENCE_S
        while not is_so(status := self.process.call("network.status")):
            if time.monotonic() > deadline:
                raise TimeoutError(f"still {status}")
            time.sleep(POLL_S)

    def await_open_port(self) -> None:
        """Wait until the router leads a port here, as it does soon after the start."""
        self.await_status(lambda status: status["port_mapping"] and status["external"])

    def say(self, text: str) -> str:
        """Send without waiting for anything but its commit; the message's id."""
        self._said.append(text)
        message: str = self.process.call("messages.send", contact=self.other, text=text)["message"]
        return message

    def path(self) -> str:
        """How the contact is linked now."""
        (row,) = [row for row in self.process.call("contacts.list") if row["contact"] == self.other]
        return str(row["path"])

    def said(self) -> list[str]:
        """All texts so far, in order."""
        return self._said

    def heard(self) -> list[str]:
        """All texts of the other that are stored, in order."""
        page = self.process.call("messages.list", contact=self.other, limit=TEXTS_A_PAGE)
        return [row["text"] for row in reversed(page) if not row["mine"]]


class Couple:
    """The two, from strangers on, and perhaps a friend who is always online."""

    def __init__(self, alice: Person, bob: Person, friend: Person | None = None) -> None:
        self.alice, self.bob, self.friend = alice, bob, friend
        self.link = ""
        """By which they met."""

    def __enter__(self) -> Self:
        with ExitStack() as undo:
            for person in self._all:
                person.open()
                undo.callback(person.kill)
            undo.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for person in self._all:
            person.kill()

    def look_around(self) -> None:
        """Wait until each knows nodes of the DHT, as who has had Kith open for a while does."""
        for person in self._both:
            person.await_status(lambda status: status["dht"]["nodes"] > 0)

    def meet(self) -> float:
        """Alice invites Bob: the seconds from the moment when he has the link to that when both see a link."""
        self.link = self.alice.process.call("contacts.invite")["link"]
        began_at = time.monotonic()
        self.bob.other = self.bob.process.call("contacts.add", link=self.link)["contact"]
        try:
            self.alice.other = self.alice.process.notification("contact.added", timeout_s=PATIENCE_S)["contact"]
        except TimeoutError as error:
            raise TimeoutError("the invite has led nobody here") from error
        self.await_online()
        return time.monotonic() - began_at

    def await_online(self) -> None:
        """Return when both see a link; raises TimeoutError."""
        for person in self._both:
            try:
                online(person.process, person.other, timeout_s=PATIENCE_S)
            except TimeoutError as error:
                raise TimeoutError(f"{person.profile.name} sees no link") from error

    def befriend(self) -> None:
        """Both become contacts of the friend."""
        assert self.friend is not None
        for person in self._both:
            introduce(self.friend.process, person.process)

    def talk(self, count: int) -> float:
        """Both say so much at once; the seconds until all of it is delivered, once and in order."""
        began_at = time.monotonic()
        messages = [
            (person, person.say(f"this is text {number} of {count}"))
            for number in range(count)
            for person in self._both
        ]
        for person, message in messages:
            self._delivered(person, message)
        took_s = time.monotonic() - began_at
        assert self.bob.heard() == self.alice.said(), "Bob has not heard what Alice said"
        assert self.alice.heard() == self.bob.said(), "Alice has not heard what Bob said"
        return took_s

    def restart(self, meanwhile: Callable[[], None] = lambda: None) -> float:
        """Both end and start again: the seconds from both starts to the moment when both see a link."""
        self.close()
        meanwhile()
        return self._start()

    def restart_late(self, after_s: float, meanwhile: Callable[[], None]) -> float:
        """The same, but Bob ends so long after Alice."""
        self.alice.close()
        time.sleep(after_s)
        self.bob.close()
        meanwhile()
        return self._start()

    def restart_and_write(self, meanwhile: Callable[[], None]) -> float:
        """The same at once, and Alice has something to say: a friend is asked to help only for a message."""
        self.close()
        meanwhile()
        return self._start(lambda: self.alice.say("are you there?"))

    def _start(self, then: Callable[[], object] = lambda: None) -> float:
        began_at = time.monotonic()
        for person in self._both:
            person.open()
        then()
        self.await_online()
        return time.monotonic() - began_at

    def close(self) -> None:
        """Both end."""
        for person in self._both:
            person.close()

    @property
    def _both(self) -> tuple[Person, Person]:
        return self.alice, self.bob

    @property
    def _all(self) -> tuple[Person, ...]:
        return self._both if self.friend is None else (*self._both, self.friend)

    @staticmethod
    def _delivered(person: Person, message: str) -> None:
        wanted = {"message": message, "state": "delivered"}
        try:
            person.process.notification("message.state", timeout_s=PATIENCE_S, **wanted)
        except TimeoutError as error:
            raise TimeoutError(f"what {person.profile.name} said was not delivered") from error
