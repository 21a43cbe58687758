"""``kill -9`` at random instants, again and again: nothing answered is lost, nothing doubled, and both sides agree.

The whole run makes twenty kills, ``dev.py slow`` a thousand.  A failure prints the seed of its schedule, which
``KITH_SEED`` repeats, as far as instants repeat.
"""

import itertools
import os
import secrets
import time
from pathlib import Path
from random import Random  # noqa: TID251 - a schedule comes again from its seed

import pytest

from tests.e2e.conftest import Start
from tests.support.killing import Friends, Moment, survive_first_contact


@pytest.fixture
def dice() -> Random:
    seed = os.environ.get("KITH_SEED") or secrets.token_hex(4)
    print(f"KITH_SEED={seed}")  # noqa: T201 - shown when the test fails
    return Random(seed)


def survive_conversation(folder: Path, dice: Random, kills: int) -> None:
    with Friends(folder, dice) as friends:
        for moment in itertools.cycle(Moment):
            if friends.kills >= kills:
                break
            friends.survive(moment)
        assert friends.count > kills


def survive_first_contacts(folder: Path, dice: Random, kills: int) -> None:
    done = 0
    for number in itertools.count():
        if done >= kills:
            break
        done += survive_first_contact(folder / str(number), dice)


def survive_creation(start: Start, dice: Random, kills: int) -> None:
    for number in range(kills):
        profile = f"profile {number}"
        killed = start(profile, create="Ann")
        time.sleep(dice.uniform(0, 1.5))
        killed.kill()
        was_ready = any(message["method"] == "ready" for message in killed.notifications)
        again = start(profile, create="Somebody else")
        assert again.ready()["name"] == "Ann" or not was_ready
        assert again.close() == 0


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_conversation_survives_kills_while_it_runs_starts_and_ends(tmp_path: Path, dice: Random) -> None:
    survive_conversation(tmp_path, dice, kills=12)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_first_contact_survives_kills(tmp_path: Path, dice: Random) -> None:
    survive_first_contacts(tmp_path, dice, kills=5)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_an_account_is_made_whole_or_not_at_all_whenever_its_making_is_killed(start: Start, dice: Random) -> None:
    survive_creation(start, dice, kills=3)


@pytest.mark.endurance
@pytest.mark.timeout(4 * 3600)
def test_a_conversation_survives_hundreds_of_kills(tmp_path: Path, dice: Random) -> None:
    survive_conversation(tmp_path, dice, kills=800)


@pytest.mark.endurance
@pytest.mark.timeout(3600)
def test_first_contact_survives_a_hundred_and_fifty_kills(tmp_path: Path, dice: Random) -> None:
    survive_first_contacts(tmp_path, dice, kills=150)


@pytest.mark.endurance
@pytest.mark.timeout(3600)
def test_fifty_kills_never_leave_half_an_account(start: Start, dice: Random) -> None:
    survive_creation(start, dice, kills=50)
