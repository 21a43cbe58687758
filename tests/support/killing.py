"""Two people whose processes are killed at any instant; what has to be true of them then, :mod:`tests.support.people`
tells.
"""

import json
import time
from collections.abc import Collection, Mapping
from enum import Enum
from pathlib import Path
from random import Random  # noqa: TID251 - a schedule comes again from its seed
from types import TracebackType
from typing import Self

from tests.support.accounts import make_account
from tests.support.people import Ending, Pair, Person, wait_until
from tests.support.rpc_process import PASSPHRASE, RpcFailureError, RpcProcess, introduce


class Moment(Enum):
    """What a process is about when it is killed."""

    RUNNING = "running"
    STARTING = "starting"
    ENDING = "ending"


class Friends:
    """Two people who know each other; leaving the context kills what still runs."""

    def __init__(self, folder: Path, dice: Random, environment: Mapping[str, str] | None = None) -> None:
        self._dice = dice
        self.kills = 0
        ann, ben = (Person(name, folder / name, environment or {}) for name in ("ann", "ben"))
        self.people = (ann, ben)
        self._pair = Pair(ann, ben)
        for person in self.people:
            make_account(person.profile, person.name.title(), PASSPHRASE)

    def __enter__(self) -> Self:
        for person in self.people:
            person.start()
        ann, ben = self.people
        ben.contact, ann.contact = introduce(ann.process, ben.process)
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
            self.write(person, dice.randint(1, 60))
        if moment is Moment.ENDING:
            for victim in victims:
                victim.begin_to_end(dice.choice(list(Ending)))
        self._kill_and_start(victims, dice.uniform(0, 0.25))
        if moment is Moment.STARTING:
            self._kill_and_start(victims, dice.uniform(0, 0.8))
        self.agree(unharmed=[person for person in self.people if person not in victims])

    def agree(self, unharmed: Collection[Person] = ()) -> None:
        """Wait until everything has arrived, and check it; see :class:`Pair`."""
        self._pair.agree(unharmed)

    @property
    def count(self) -> int:
        """Messages that both sides agree on."""
        return self._pair.count

    def write(self, person: Person, count: int, filler: str = "") -> None:
        """Have one of them send so many texts to the other."""
        ann, ben = self.people
        person.write(ben if person is ann else ann, count, filler)

    def _kill_and_start(self, victims: tuple[Person, ...], delay_s: float) -> None:
        time.sleep(delay_s)
        for victim in victims:
            victim.kill()
            self.kills += 1
        for victim in victims:
            victim.start()


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
        ann.contact, ben.contact = ann.process.ready()["id"], ben.process.ready()["id"]
        ben.process.post("contacts.add", link=link)
        ben.write(ann, 3)
        victims = dice.choice([(ann,), (ben,), (ann, ben)])
        time.sleep(dice.uniform(0, 0.3))
        for victim in victims:
            victim.kill()
        for victim in victims:
            victim.start()
        _add_once_more(ben.process, link)
        wait_until(lambda: _knows(ann, ben) and _knows(ben, ann))
        ann.write(ben, 3)
        ben.write(ann, 3)
        wait_until(lambda: ann.is_settled(ben, None) and ben.is_settled(ann, None))
        assert [row[:2] for row in ann.history(ben)] == [row[:2] for row in ben.history(ann)]
        sent = {message: text for message, text, _ in ann.history(ben)}
        answered = {message: each.text for message, each in (ann.answered | ben.answered).items()}
        assert sent.items() >= answered.items()
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


def _knows(person: Person, other: Person) -> bool:
    contacts = person.process.call("contacts.list")
    assert len(contacts) <= 1, json.dumps(contacts)
    return [row["contact"] for row in contacts if row["state"] == "established"] == [other.contact]
