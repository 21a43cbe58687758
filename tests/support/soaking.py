"""Two people for hours: they talk, pause, freeze, restart and fail, and nothing about them may grow or complain."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random  # noqa: TID251 - a schedule comes again from its seed

import psutil

from tests.support.killing import Friends, Moment
from tests.support.people import Ending, Person
from tests.support.rpc_process import TIMEOUT_S

WARM_MESSAGES = 10_000
"""After so many messages a process has loaded, compiled and cached what it ever will: prepared statements come in many
sizes, and the last of them are met late."""

MAX_GROWTH_BYTES = 24 << 20
MAX_MORE_FILES = 8
REST_S = 1.0
"""Before a look, so that what belongs to the last messages is over."""

TALKATIVE = {"PYTHONWARNINGS": "always::ResourceWarning"}
"""A socket or file that nobody closed is told in the log."""

_LONGEST_TEXT = "x" * 60_000


@dataclass(frozen=True)
class Look:
    """What one process has of the machine."""

    memory_bytes: int
    """Its proportional share (PSS) where the system tells it, else the resident set."""
    files: int
    threads: int

    @classmethod
    def at(cls, person: Person) -> "Look":
        process = psutil.Process(person.process.process.pid)
        memory = process.memory_full_info()
        return cls(getattr(memory, "pss", memory.rss), process.num_fds(), process.num_threads())


class Soak:
    """Ann's process lives through all of it; Ben's ends now and then, one way or another."""

    def __init__(self, folder: Path, dice: Random) -> None:
        self._dice = dice
        self._friends = Friends(folder, dice, TALKATIVE)
        self.ann, self.ben = self._friends.people
        self._warm: Look | None = None
        self.looks: list[Look] = []
        """At Ann, once she was warm."""
        self._hardships: list[Callable[[], list[Person]]] = [
            self._talk,
            self._talk,
            self._talk_at_length,
            self._freeze,
            self._restart,
            self._fail,
            self._rest,
        ]

    def run(self, duration_s: float) -> None:
        """Hardship after hardship, with a look at Ann after each; both end cleanly and have logged nothing."""
        deadline = time.monotonic() + duration_s
        with self._friends as friends:
            while time.monotonic() < deadline:
                unharmed = self._dice.choice(self._hardships)()
                friends.agree(unharmed=unharmed)
                self._look()
            for person in friends.people:
                assert person.process.close() == 0
        for person in friends.people:
            said = person.process.log.read_text(errors="replace")
            assert said == "", f"{person.name} logged: {said[-4_000:]}"

    @property
    def messages(self) -> int:
        return self._friends.count

    # --- Hardships; each returns who kept a process through it

    def _talk(self) -> list[Person]:
        for person in (self.ann, self.ben):
            self._friends.write(person, self._dice.randint(1, 300))
        return [self.ann, self.ben]

    def _talk_at_length(self) -> list[Person]:
        for person in (self.ann, self.ben):
            count, length = self._dice.randint(1, 20), self._dice.randint(1, len(_LONGEST_TEXT))
            self._friends.write(person, count, _LONGEST_TEXT[:length])
        return [self.ann, self.ben]

    def _freeze(self) -> list[Person]:
        """One of the two is suspended; mostly the link lives, sometimes the other gives it up."""
        frozen, other = self._dice.sample((self.ann, self.ben), 2)
        os.kill(frozen.process.process.pid, signal.SIGSTOP)
        self._friends.write(other, self._dice.randint(1, 100))
        time.sleep(self._dice.choice((0.5, 2, 5, 30)) * self._dice.random())
        os.kill(frozen.process.process.pid, signal.SIGCONT)
        return [self.ann, self.ben]

    def _restart(self) -> list[Person]:
        """Ben ends as he should, in the middle of a conversation."""
        self._talk()
        self.ben.begin_to_end(self._dice.choice(list(Ending)))
        self.ben.process.process.wait(TIMEOUT_S)
        self.ben.kill()
        self.ben.start()
        return [self.ann]

    def _fail(self) -> list[Person]:
        """Ben is killed."""
        self._friends.survive(self._dice.choice(list(Moment)), (self.ben,))
        return [self.ann]

    def _rest(self) -> list[Person]:
        time.sleep(self._dice.uniform(0, 10))
        return [self.ann, self.ben]

    # --- Looks

    def _look(self) -> None:
        if self._friends.count < WARM_MESSAGES:
            return
        time.sleep(REST_S)
        look = Look.at(self.ann)
        self._warm = self._warm or look
        self.looks.append(look)
        grown_bytes = look.memory_bytes - self._warm.memory_bytes
        assert grown_bytes <= MAX_GROWTH_BYTES, f"{grown_bytes >> 20} MiB more after {self._friends.count} messages"
        assert look.files <= self._warm.files + MAX_MORE_FILES, f"{look.files} files, {self._warm.files} before"
        assert look.threads <= self._warm.threads, f"{look.threads} threads, {self._warm.threads} before"
