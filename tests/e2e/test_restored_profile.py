"""Profiles that are put back from a snapshot or a copy, or used twice: real processes, which heal and say so."""

import os
import shutil
from functools import partial
from pathlib import Path
from typing import Any

from tests.e2e.conftest import Start
from tests.support.rpc_process import RpcProcess, introduce, online


def talk(ann: RpcProcess, ben: RpcProcess, ben_id: str, ann_id: str, words: str) -> None:
    """A text each way, delivered once."""
    for sender, receiver, to, sent_by in ((ann, ben, ben_id, "Ann"), (ben, ann, ann_id, "Ben")):
        text = f"{sent_by}: {words}"
        message = sender.call("messages.send", contact=to, text=text)["message"]
        assert receiver.notification("message.received", message=message)["text"] == text
        sender.notification("message.state", message=message, state="delivered")


def texts(process: RpcProcess, contact: str) -> list[str]:
    """The conversation, oldest first."""
    return [row["text"] for row in reversed(process.call("messages.list", contact=contact, limit=1_000))]


def row_of(process: RpcProcess, contact: str) -> dict[str, Any]:
    [row] = [row for row in process.call("contacts.list") if row["contact"] == contact]
    found: dict[str, Any] = row
    return found


def make_due(profile: Path) -> None:
    """Let so much time have passed since the last snapshot that closing makes another."""
    for snapshot in profile.glob("snapshots/*.db"):
        os.utime(snapshot, (0, 0))


def put_snapshot_in_place(profile: Path) -> None:
    """What somebody does by hand who finds the database broken, or what a repair makes of it."""
    newest = max(profile.glob("snapshots/*.db"))
    for left in profile.glob("kith.db-*"):
        left.unlink()
    shutil.copyfile(newest, profile / "kith.db")


def test_a_snapshot_put_in_place_of_the_database_heals_once_both_users_agree(start: Start, tmp_path: Path) -> None:
    ann, ben = start("ann", account="Ann"), start("ben", account="Ben")
    ben_id, ann_id = introduce(ann, ben)
    talk(ann, ben, ben_id, ann_id, "in the snapshot")
    ann.call("contacts.set_verified", contact=ben_id, verified=True)
    make_due(tmp_path / "ann")
    assert ann.close() == 0
    ann = start("ann")
    online(ann, ben_id)
    talk(ann, ben, ben_id, ann_id, "after it")
    ann.kill()
    put_snapshot_in_place(tmp_path / "ann")
    code, error = start("ann").start_failure()
    assert (code, error["kind"]) == (5, "profile_damaged")
    assert "Kith makes a new one" in error["message"]

    ann = start("ann")
    told = [process.notification("contact.changed", problem="reset") for process in (ann, ben)]
    assert told[0]["check_digits"] == told[1]["check_digits"]
    assert len(told[0]["check_digits"]) == 60
    assert row_of(ann, ben_id)["verified"] is False
    held = ann.call("messages.send", contact=ben_id, text="Ann: held")["message"]
    assert row_of(ben, ann_id)["check_digits"] == told[0]["check_digits"]
    for process, contact in ((ann, ben_id), (ben, ann_id)):
        process.call("contacts.accept_reset", contact=contact)
    assert ben.notification("message.received", message=held)["text"] == "Ann: held"
    ann.notification("message.state", message=held, state="delivered")
    talk(ann, ben, ben_id, ann_id, "healed")
    assert row_of(ann, ben_id)["problem"] is row_of(ben, ann_id)["problem"] is None
    everything = ["in the snapshot", "after it", "held", "healed"]
    said = [text.partition(": ")[2] for text in texts(ben, ann_id)]
    assert [words for words in everything if words not in said] == []
    assert len(said) == len({*texts(ben, ann_id)})
    assert len(texts(ann, ben_id)) == len({*texts(ann, ben_id)})


def test_an_old_copy_of_the_whole_profile_heals_by_itself_and_says_so(start: Start, tmp_path: Path) -> None:
    ann, ben = start("ann", account="Ann"), start("ben", account="Ben")
    ben_id, ann_id = introduce(ann, ben)
    talk(ann, ben, ben_id, ann_id, "in the copy")
    assert ann.close() == 0
    shutil.copytree(tmp_path / "ann", tmp_path / "copy")
    ann = start("ann")
    online(ann, ben_id)
    for number in range(3):
        talk(ann, ben, ben_id, ann_id, f"after it {number}")
    ann.kill()
    shutil.rmtree(tmp_path / "ann")
    shutil.move(tmp_path / "copy", tmp_path / "ann")

    ann = start("ann")
    ann.notification("contact.changed", notice="rolled_back")
    talk(ann, ben, ben_id, ann_id, "healed")
    assert row_of(ann, ben_id)["notice"] == "rolled_back"
    assert row_of(ann, ben_id)["problem"] is row_of(ben, ann_id)["problem"] is None
    ann.call("contacts.accept_reset", contact=ben_id)
    assert row_of(ann, ben_id)["notice"] is None
    assert len(texts(ben, ann_id)) == len({*texts(ben, ann_id)}) == 10


def test_one_profile_on_two_computers_is_said_on_both_sides(start: Start, tmp_path: Path) -> None:
    ann, ben = start("ann", account="Ann"), start("ben", account="Ben")
    ben_id, ann_id = introduce(ann, ben)
    talk(ann, ben, ben_id, ann_id, "before")
    assert ann.close() == 0
    shutil.copytree(tmp_path / "ann", tmp_path / "twin")
    ann = start("ann")
    online(ann, ben_id)
    talk(ann, ben, ben_id, ann_id, "on the first computer")
    assert ann.close() == 0

    twin = start("twin")
    twin.notification("contact.changed", notice="rolled_back")
    talk(twin, ben, ben_id, ann_id, "on the second computer")
    assert twin.close() == 0
    ann = start("ann")
    ann.call("messages.send", contact=ben_id, text="Ann: on the first again")
    ann.notification("contact.changed", notice="rolled_back")
    ben.notification("contact.changed", notice="two_devices")
    assert row_of(ben, ann_id)["notice"] == "two_devices"


def test_a_copy_from_before_two_epochs_is_met_with_silence_and_comes_by_the_key_of_a_reset(
    start: Start, tmp_path: Path
) -> None:
    ann, ben = start("ann", account="Ann"), start("ben", account="Ben")
    ben_id, ann_id = introduce(ann, ben)
    talk(ann, ben, ben_id, ann_id, "in the copy")
    assert ann.close() == 0
    shutil.copytree(tmp_path / "ann", tmp_path / "copy")
    ann = start("ann")
    online(ann, ben_id)
    for number in range(160):  # an epoch after every fifty envelopes
        ann.call("messages.send", contact=ben_id, text=f"Ann: {number}")
        ben.call("messages.send", contact=ann_id, text=f"Ben: {number}")
    ben.wait(lambda: {} if ben.count("message.received") == 161 else None)
    talk(ann, ben, ben_id, ann_id, "after them")
    ann.kill()
    shutil.rmtree(tmp_path / "ann")
    shutil.move(tmp_path / "copy", tmp_path / "ann")

    ann = start("ann")
    told = [process.wait(partial(told_of_reset, process), timeout_s=120) for process in (ann, ben)]
    assert told[0]["check_digits"] == told[1]["check_digits"]
    for process, contact, params in ((ann, ben_id, told[0]), (ben, ann_id, told[1])):
        process.call("contacts.accept_reset", contact=contact, check_digits=params["check_digits"])
    talk(ann, ben, ben_id, ann_id, "healed")
    assert row_of(ann, ben_id)["verified"] is row_of(ben, ann_id)["verified"] is True


def told_of_reset(process: RpcProcess) -> dict[str, Any] | None:
    changes = (each["params"] for each in process.notifications if each["method"] == "contact.changed")
    return next((params for params in changes if params.get("problem") == "reset"), None)
