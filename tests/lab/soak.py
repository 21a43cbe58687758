"""Three people for hours, on whose networks everything happens that does: ``python3 dev.py lab soak``.

After each mishap whoever can come together does within the time that is given, everything that was written arrives,
once and in order, and both sides agree.  Nothing unexpected is logged, and nothing grows: memory, files, threads and
tasks are looked at after quiet minutes.
"""

import json
import re
import secrets
import shutil
import signal
import sys
import time
from collections import Counter, defaultdict
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random  # noqa: TID251 - a history comes again from its seed

from tests.lab import mishaps
from tests.lab.mishaps import Mishap
from tests.lab.neighbours import Neighbour, Neighbourhood
from tests.lab.settlement import BOUND_S, Settlement, row_of
from tests.support.people import wait_until
from tests.support.soaking import Look
from tests.support.tree import ROOT

QUIET_S = 90.0
"""Before a look: what belongs to what has happened is over then."""

ROUNDS_A_LOOK = 6
AT_ONCE = (1, 1, 2, 2, 3)
"""So many mishaps overlap."""

LASTS_S = (1.0, 4.0, 15.0, 40.0, 80.0)
"""Until the next mishap begins, or all end."""
MAX_GROWTH_BYTES = 24 << 20
MAX_MORE_FILES = 12
MAX_MORE_TASKS = 12

RECORD = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z (DEBUG|INFO) ")


@dataclass(frozen=True)
class Late:
    """Two who did not come together in time."""

    mishap: str
    at_s: float
    """Since the beginning."""
    one: str
    other: str
    took_s: float


class LabSoak:
    """One history."""

    def __init__(self, seed: str, folder: Path) -> None:
        self.seed = seed
        self.late: list[Late] = []
        self.faults: list[str] = []
        self._dice = Random(seed)
        self._folder = folder
        self._times: defaultdict[str, list[float]] = defaultdict(list)
        self._count: Counter[str] = Counter()
        self._first: dict[str, tuple[int, Look, int]] = {}
        """Of each person the process, and how it looked when it was first looked at."""

    def run(self, duration_s: float) -> None:
        """Live through it."""
        self._began_at = time.monotonic()
        with Neighbourhood(self._dice) as there:
            self._there = there
            self._say(f"seed {self.seed}: {', '.join(nat.value for nat in there.kinds)}")
            try:
                there.meet()
                self._say("all met")
                self._settle("meeting", there.people)
                while time.monotonic() < self._began_at + duration_s:
                    for _ in range(ROUNDS_A_LOOK):
                        self._live_through(self._dice.sample(mishaps.ALL, self._dice.choice(AT_ONCE)))
                    self._look()
                for person in there.people:
                    person.stop()
            finally:
                self._keep_logs()
        self._count["messages"] = sum(pair.count for pair in there.pairs)

    def report(self) -> str:
        """What came of it, in Markdown."""
        rows = [
            f"| {name} | {len(times)} | {sorted(times)[len(times) // 2]:.1f} s | {max(times):.1f} s |"
            for name, times in sorted(self._times.items())
        ]
        took_min = (time.monotonic() - self._began_at) / 60
        head = (
            f"seed {self.seed}: {took_min:.0f} minutes, {sum(map(len, self._times.values()))} mishaps, "
            f"{self._count['messages']} messages, {len(self.late)} late, {len(self.faults)} other faults"
        )
        return "\n".join([head, "| after | times | to all agreed, p50 | max |", "|---|---|---|---|", *rows])

    # --- One mishap

    def _live_through(self, chosen: list[Mishap]) -> None:
        there, name = self._there, " + ".join(mishap.__name__ for mishap in chosen)
        starts = {person: person.starts for person in there.people}
        self._say(f"{name} ...")
        with ExitStack() as stack:
            for mishap in chosen:
                stack.enter_context(mishap(there))
                there.chat(self._dice.choice(LASTS_S) * self._dice.uniform(0.3, 1))
        there.recover()
        self._settle(name, [person for person in there.people if person.starts == starts[person]])

    def _settle(self, name: str, unharmed: list[Neighbour]) -> None:
        """Wait for all who can come together, and check what they have said to each other."""
        took = Settlement(self._there, unharmed, self._say).wait()
        for pair, pair_s in took.items():
            if pair_s > BOUND_S:
                one, other = pair.people
                self.late.append(Late(name, self._since_the_beginning(), one.name, other.name, round(pair_s, 1)))
                self._say(f"LATE {self.late[-1]}")
        took_s = max(took.values(), default=0.0)
        self._times[name].append(took_s)
        self._say(f"    well after {took_s:.1f} s; {self._state()}")

    def _state(self) -> str:
        there = self._there
        paths = [
            f"{one.name[0]}{other.name[0]} {row_of(one, other)['path'] or '-'}"
            for one, other in (pair.people for pair in there.pairs)
        ]
        places = [f"{person.name[0]}@{person.at.number}" for person in there.people]
        homes = zip(there.kinds, there.lab.homes, strict=True)
        kinds = [f"{kind.value}{'*' * (home is there.open)}" for kind, home in homes]
        return f"{' '.join(paths)}; {' '.join(places)}; {' '.join(kinds)}"

    def _since_the_beginning(self) -> float:
        return round(time.monotonic() - self._began_at)

    # --- Looks

    def _look(self) -> None:
        """Rest, and see what everybody holds."""
        time.sleep(QUIET_S)
        for person in self._there.people:
            look, tasks = Look.at(person), self._tasks(person)
            process_id = person.process.process.pid
            count = sum(tasks.values())
            self._say(f"{person.name}: {look}, {count} tasks {dict(tasks)}")
            was, before, tasks_before = self._first.get(person.name, (0, look, count))
            if was != process_id:
                self._first[person.name] = process_id, look, count
                continue
            if look.memory_bytes > before.memory_bytes + MAX_GROWTH_BYTES:
                self._fault(f"{person.name} takes {look} instead of {before}")
            if look.files > before.files + MAX_MORE_FILES:
                self._fault(f"{person.name} holds {look} instead of {before}")
            if count > tasks_before + MAX_MORE_TASKS:
                self._fault(f"{person.name} is about {count} things instead of {tasks_before}: {tasks}")

    @staticmethod
    def _tasks(person: Neighbour) -> Counter[str]:
        person.tasks_file.unlink(missing_ok=True)
        person.process.process.send_signal(signal.SIGUSR1)
        wait_until(person.tasks_file.exists)
        tasks: dict[str, int] = json.loads(person.tasks_file.read_text())
        return Counter(tasks)

    def _keep_logs(self) -> None:
        """Keep what everybody logged, and see whether anything is unexpected."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for person in self._there.people:
            log = person.process.log
            shutil.copy(log, self._folder)
            odd = [line for line in log.read_text(errors="replace").splitlines() if not RECORD.match(line)]
            if odd:
                self._fault(f"{person.name} logged {len(odd)} unexpected lines: {odd[:20]}")

    def _fault(self, what: str) -> None:
        self.faults.append(what)
        self._say(f"FAULT {what}")

    def _say(self, line: str) -> None:
        sys.stdout.write(f"{time.strftime('%H:%M:%S', time.gmtime())} {line}\n")
        sys.stdout.flush()


def run(minutes: float, seed: str | None) -> int:
    """Live through one history; 0 if all went as it should."""
    seed = seed or secrets.token_hex(4)
    soak = LabSoak(seed, ROOT / "build" / "lab" / seed)
    try:
        soak.run(60 * minutes)
    finally:
        sys.stdout.write(f"{soak.report()}\n")
    return int(bool(soak.late or soak.faults))
