"""People whose computers fail: processes that are killed at any instant, and what has to be true of them afterwards.

nothing answered is lost      what a process said is sent stands in both histories, sooner or later
nothing is doubled            no text stands there twice, no message is told twice, over all lives of a process
both sides agree              the same messages with the same ids and texts in the same order
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from pathlib import Path
from random import Random  # noqa: TID251 - a schedule comes again from its seed
from types import TracebackType
from typing import Any, Self

from tests.support.accounts import make_account
from tests.support.rpc_process import PASSPHRASE, RpcFailureError, RpcProcess, introduce

PAGE = 200
PATIENCE_S = 60.0
POLL_S = 0.05

Row = tuple[str, str, bool]
"""A message's id and text, and whether it was sent from here."""


class Ending(Enum):
    """How a process is asked to end, before it is not given the time."""

    CLOSE = "end of input"
    TERMINATE = "SIGTERM"
    SHUTDOWN = "shutdown"


class Moment(Enum):
    """What a process is about when it is killed."""

    RUNNING = "running"
    STARTING = "starting"
    ENDING = "ending"


@dataclass
class Person:
    """One profile, with everything that any process on it has said."""

    name: str
    profile: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    contact: str = ""
    """The other's id, once they know each other."""
    answered: dict[str, str] = field(default_factory=dict)
    """Texts of ours by message id, from the answers."""
    told: Counter[str] = field(default_factory=Counter)
    """How often each message of the other was told of."""
    unanswered: dict[int, str] = field(default_factory=dict)
    """Requests to this process and their texts."""
    written: int = 0
    """Texts given to any process so far; each is its own number."""
    process: RpcProcess = field(init=False)

    def start(self) -> None:
        """Let a new process run."""
        self.process = RpcProcess(self.profile, environment=self.environment)

    def write(self, count: int, filler: str = "") -> None:
        """Send so many texts without waiting for answers."""
        for _ in range(count):
            text = f"{self.name} {self.written} {filler}".rstrip()
            self.unanswered[self.process.post("messages.send", contact=self.contact, text=text)] = text
            self.written += 1

    def begin_to_end(self, ending: Ending) -> None:
        """Ask for a clean end, and do not wait for it."""
        match ending:
            case Ending.CLOSE:
                assert self.process.process.stdin is not None
                self.process.process.stdin.close()
            case Ending.TERMINATE:
                self.process.process.terminate()
            case Ending.SHUTDOWN:
                self.process.post("shutdown")

    def kill(self) -> None:
        """Kill the process, and remember what it had said."""
        self.process.kill()
        self.take_in()
        self.unanswered.clear()

    def take_in(self) -> None:
        """Remember what the process has said so far."""
        answers, notifications = self.process.take()
        for request, answer in answers.items():
            text = self.unanswered.pop(request, None) if isinstance(request, int) else None
            if text is not None:
                assert "result" in answer, f"{text} was refused: {answer['error']}"
                self.answered[answer["result"]["message"]] = text
        for each in notifications:
            if each["method"] == "message.received":
                self.told[each["params"]["message"]] += 1

    def history(self, after: str | None = None) -> list[Row]:
        """The conversation behind the message ``after``, oldest first."""
        return [row for row, _ in self._rows(after)][::-1]

    def is_settled(self, after: str | None) -> bool:
        """Whether all requests are answered, and everything of ours behind that message is delivered."""
        self.take_in()
        arrived = all(not mine or state in {"delivered", "read"} for (_, _, mine), state in self._rows(after))
        return arrived and not self.unanswered

    def was_told(self, messages: set[str]) -> bool:
        self.take_in()
        return messages <= self.told.keys()

    def _rows(self, after: str | None) -> Iterator[tuple[Row, str]]:
        before: dict[str, Any] = {}
        while page := self.process.call("messages.list", contact=self.contact, limit=PAGE, **before):
            for row in page:
                if row["message"] == after:
                    return
                yield (row["message"], row["text"], row["mine"]), row["state"]
            before = {"before": page[-1]["message"]}


class Friends:
    """Two people who know each other; leaving the context kills what still runs."""

    def __init__(self, folder: Path, dice: Random, environment: Mapping[str, str] | None = None) -> None:
        self._dice = dice
        self._agreed: str | None = None
        self.count = 0
        """Messages that both sides agree on."""
        self.kills = 0
        self.people = tuple(Person(name, folder / name, environment or {}) for name in ("ann", "ben"))
        for person in self.people:
            make_account(person.profile, person.name.title(), PASSPHRASE)

    def __enter__(self) -> Self:
        for person in self.people:
            person.start()
        ann, ben = self.people
        ann.contact, ben.contact = introduce(ann.process, ben.process)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for person in self.people:
            person.process.kill()

    def survive(self, moment: Moment, victims: tuple[Person, ...] = ()) -> None:
        """Both write, the victims, or one or both, are killed at a random instant, and all comes right again."""
        dice = self._dice
        victims = victims or dice.choice([self.people[:1], self.people[1:], self.people])
        for person in self.people:
            person.write(dice.randint(1, 60))
        if moment is Moment.ENDING:
            for victim in victims:
                victim.begin_to_end(dice.choice(list(Ending)))
        self._kill_and_start(victims, dice.uniform(0, 0.25))
        if moment is Moment.STARTING:
            self._kill_and_start(victims, dice.uniform(0, 0.8))
        self.agree(unharmed=[person for person in self.people if person not in victims])

    def agree(self, unharmed: list[Person] | None = None) -> None:
        """Wait until everything has arrived, and check what has come since both sides agreed the last time.

        Whoever is ``unharmed`` was also told of everything.
        """
        ann, ben = self.people
        wait_until(lambda: all(person.is_settled(self._agreed) for person in self.people))
        rows = ann.history(self._agreed)
        assert [(message, text) for message, text, _ in rows] == [
            (message, text) for message, text, _ in ben.history(self._agreed)
        ], "the two histories differ"
        for person, is_mine in ((ann, True), (ben, False)):
            self._check(person, [row for row in rows if row[2] is is_mine])
        for person in unharmed or ():
            due = {message for message, _, mine in person.history(self._agreed) if not mine}
            wait_until(partial(person.was_told, due))
        self._agreed = rows[-1][0] if rows else self._agreed
        self.count += len(rows)

    def _kill_and_start(self, victims: tuple[Person, ...], delay_s: float) -> None:
        time.sleep(delay_s)
        for victim in victims:
            victim.kill()
            self.kills += 1
        for victim in victims:
            victim.start()

    def _check(self, person: Person, rows: list[Row]) -> None:
        """What a person wrote is there once, in its order, and nothing that was answered is missing."""
        numbers = [int(text.split()[1]) for _, text, _ in rows]
        assert numbers == sorted(set(numbers)), f"texts of {person.name} are doubled or out of order: {numbers}"
        stored = {message: text for message, text, _ in rows}
        lost = {message: text for message, text in person.answered.items() if stored.get(message) != text}
        assert lost == {}, f"{person.name} was answered, and it is lost: {lost}"
        person.answered.clear()
        doubled = [message for message, times in person.told.items() if times > 1]
        assert doubled == [], f"{person.name} was told twice of {doubled}"


def wait_until(condition: Callable[[], bool], timeout_s: float = PATIENCE_S) -> None:
    """Ask again and again until it is so."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, f"not within {timeout_s} s"
        time.sleep(POLL_S)


def survive_first_contact(folder: Path, dice: Random) -> int:
    """Two strangers meet while one or both are killed at a random instant; the number of kills.

    The joiner has written before; afterwards both are contacts, once, and talk.
    """
    ann, ben = (Person(name, folder / name) for name in ("ann", "ben"))
    for person in (ann, ben):
        make_account(person.profile, person.name.title(), PASSPHRASE)
        person.start()
    try:
        link = ann.process.call("contacts.invite")["link"]
        ann.contact, ben.contact = ben.process.ready()["id"], ann.process.ready()["id"]
        ben.process.post("contacts.add", link=link)
        ben.write(3)
        victims = dice.choice([(ann,), (ben,), (ann, ben)])
        time.sleep(dice.uniform(0, 0.3))
        for victim in victims:
            victim.kill()
        for victim in victims:
            victim.start()
        _add_once_more(ben.process, link)
        wait_until(lambda: _knows(ann) and _knows(ben))
        ann.write(3)
        ben.write(3)
        wait_until(lambda: ann.is_settled(None) and ben.is_settled(None))
        assert [row[:2] for row in ann.history()] == [row[:2] for row in ben.history()]
        sent = {message: text for message, text, _ in ann.history()}
        assert sent.items() >= ann.answered.items() | ben.answered.items()
        assert len(set(sent.values())) == len(sent) >= 6
        return len(victims)
    finally:
        for person in (ann, ben):
            person.process.kill()


def _add_once_more(process: RpcProcess, link: str) -> None:
    """The request may have died unanswered; a link that was added is refused, or leads on."""
    try:
        process.call("contacts.add", link=link)
    except RpcFailureError as error:
        assert error.kind == "already_contact", error.kind


def _knows(person: Person) -> bool:
    contacts = person.process.call("contacts.list")
    assert len(contacts) <= 1, json.dumps(contacts)
    return [row["contact"] for row in contacts if row["state"] == "established"] == [person.contact]
