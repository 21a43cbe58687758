"""People whose computers fail: what each of their processes said, and what two of them have to agree on afterwards.

nothing answered is lost      what a process said is sent stands in both histories, sooner or later
nothing is doubled            no text stands there twice, no message is told twice, over all lives of a process
both sides agree              the same messages with the same ids and texts in the same order
"""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any

from tests.support.rpc_process import LOOPBACK_ONLY, RpcProcess

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


@dataclass(frozen=True)
class Sent:
    """What a process was asked to send."""

    to: str
    text: str


@dataclass(eq=False)
class Person:
    """One profile, with everything that any process on it has said."""

    name: str
    profile: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    network: tuple[str, ...] = LOOPBACK_ONLY
    launcher: tuple[str, ...] = ()
    """Where its processes run; see :class:`RpcProcess`."""
    module: str = "app"
    contact: str = ""
    """What this person is to others: the id of the account."""
    answered: dict[str, Sent] = field(default_factory=dict)
    """What we sent by message id, from the answers."""
    told: Counter[str] = field(default_factory=Counter)
    """How often each message of another was told of."""
    unanswered: dict[int, Sent] = field(default_factory=dict)
    """Requests to this process."""
    written: int = 0
    """Texts given to any process so far; each is its own number."""
    process: RpcProcess = field(init=False)

    def start(self) -> None:
        """Let a new process run."""
        self.process = RpcProcess(
            self.profile,
            *self.flags,
            environment=self.environment,
            network=self.network,
            launcher=self.launcher,
            module=self.module,
        )

    def write(self, to: "Person", count: int, filler: str = "") -> None:
        """Send so many texts without waiting for answers."""
        for _ in range(count):
            sent = Sent(to.contact, f"{self.name} {self.written} {filler}".rstrip())
            self.unanswered[self.process.post("messages.send", contact=sent.to, text=sent.text)] = sent
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
            sent = self.unanswered.pop(request, None) if isinstance(request, int) else None
            if sent is not None:
                assert "result" in answer, f"{sent.text} was refused: {answer['error']}"
                self.answered[answer["result"]["message"]] = sent
        for each in notifications:
            if each["method"] == "message.received":
                self.told[each["params"]["message"]] += 1

    def history(self, other: "Person", after: str | None = None) -> list[Row]:
        """The conversation with another behind the message ``after``, oldest first."""
        return [row for row, _ in self._rows(other, after)][::-1]

    def is_settled(self, other: "Person", after: str | None) -> bool:
        """Whether all requests are answered, and everything of ours behind that message is delivered."""
        self.take_in()
        arrived = all(not mine or state in {"delivered", "read"} for (_, _, mine), state in self._rows(other, after))
        return arrived and not any(sent.to == other.contact for sent in self.unanswered.values())

    def was_told(self, messages: set[str]) -> bool:
        self.take_in()
        return messages <= self.told.keys()

    def _rows(self, other: "Person", after: str | None) -> Iterator[tuple[Row, str]]:
        before: dict[str, Any] = {}
        while page := self.process.call("messages.list", contact=other.contact, limit=PAGE, **before):
            for row in page:
                if row["message"] == after:
                    return
                yield (row["message"], row["text"], row["mine"]), row["state"]
            before = {"before": page[-1]["message"]}


class Pair:
    """Two people who know each other, and how far their histories were found to agree."""

    def __init__(self, one: Person, other: Person) -> None:
        self.people = (one, other)
        self._agreed: str | None = None
        self.count = 0
        """Messages that both sides agree on."""

    def is_settled(self) -> bool:
        """Whether everything that one of them wrote has arrived."""
        one, other = self.people
        return one.is_settled(other, self._agreed) and other.is_settled(one, self._agreed)

    def agree(self, unharmed: Collection[Person] = ()) -> None:
        """Wait until everything has arrived, and check what has come since both sides agreed the last time.

        Whoever is ``unharmed`` was also told of everything.
        """
        wait_until(self.is_settled)
        one, other = self.people
        rows = one.history(other, self._agreed)
        assert [(message, text) for message, text, _ in rows] == [
            (message, text) for message, text, _ in other.history(one, self._agreed)
        ], "the two histories differ"
        _check(one, other, [row for row in rows if row[2]])
        _check(other, one, [row for row in rows if not row[2]])
        for person, is_mine in ((one, True), (other, False)):
            if person in unharmed:
                due = {message for message, _, mine in rows if mine is not is_mine}
                wait_until(partial(person.was_told, due))
        self._agreed = rows[-1][0] if rows else self._agreed
        self.count += len(rows)


def _check(author: Person, reader: Person, rows: list[Row]) -> None:
    """What somebody wrote is there once, in its order, and nothing that was answered is missing."""
    numbers = [int(text.split()[1]) for _, text, _ in rows]
    assert numbers == sorted(set(numbers)), f"texts of {author.name} are doubled or out of order: {numbers}"
    stored = {message: text for message, text, _ in rows}
    answered = {message: sent for message, sent in author.answered.items() if sent.to == reader.contact}
    lost = {message: sent.text for message, sent in answered.items() if stored.get(message) != sent.text}
    assert lost == {}, f"{author.name} was answered, and it is lost: {lost}"
    for message in answered:
        del author.answered[message]
    doubled = [message for message, times in author.told.items() if times > 1]
    assert doubled == [], f"{author.name} was told twice of {doubled}"


def wait_until(condition: Callable[[], bool], timeout_s: float = PATIENCE_S) -> None:
    """Ask again and again until it is so."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, f"not within {timeout_s} s"
        time.sleep(POLL_S)
