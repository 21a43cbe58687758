"""The files of a profile under a real process: ended in order, damaged while it runs, read-only."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from app.storage.high_water_mark import read_mark
from app.storage.salvage.b_tree import Kind, Node
from app.storage.salvage.page_file import PageFile
from app.storage.salvage.rescue import Rescue
from crypto.vault import Vault
from tests.e2e.conftest import Start
from tests.support.damage import PAGE_BYTES
from tests.support.rpc_process import PASSPHRASE, RpcFailureError, RpcProcess, introduce
from tests.support.small_disk import may_mount, tmpfs

MESSAGES = 150

ENDS: dict[str, Callable[[RpcProcess], object]] = {
    "end of input": lambda process: process.process.stdin and process.process.stdin.close(),
    "SIGTERM": lambda process: process.process.terminate(),
    "shutdown": lambda process: process.post("shutdown"),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_an_end_in_order_leaves_everything_in_one_file(
    start: Start, tmp_path: Path, end: Callable[[RpcProcess], object]
) -> None:
    process = start("ann", account="Ann")
    contact = process.call("contacts.add", link=start("ben", account="Ben").call("contacts.invite")["link"])["contact"]
    posted = [process.post("messages.send", contact=contact, text=f"text {n}") for n in range(MESSAGES)]
    process.result(posted[0])
    end(process)
    assert process.end() == 0
    answered = {process.answers[request]["result"]["message"] for request in posted if request in process.answers}
    assert {path.name for path in (tmp_path / "ann").glob("kith.db*")} == {"kith.db"}
    assert len(list((tmp_path / "ann" / "snapshots").iterdir())) >= 1
    rows = start("ann").call("messages.list", contact=contact, limit=MESSAGES)
    assert answered <= {row["message"] for row in rows}


def lose_messages(profile: Path) -> None:
    """Overwrite every second page that holds messages."""
    key = Vault.decode((profile / "vault").read_bytes()).open_with_passphrase(PASSPHRASE)
    with PageFile(profile / "kith.db", key, read_mark(profile / "mark")) as file:
        rescue = Rescue(file, {}, is_suspect=False)
        tree = rescue._tree(rescue._find_roots()["messages"]) or []
        nodes = [Node.of(number, file.page(number) or b"") for number in tree]
    leaves = [node.number for node in nodes if node is not None and node.kind is Kind.TABLE_LEAF]
    assert len(leaves) > 4
    with (profile / "kith.db").open("r+b") as database:
        for number in leaves[::2]:
            database.seek((number - 1) * PAGE_BYTES)
            database.write(bytes(range(256)) * (PAGE_BYTES // 256))


def test_damage_under_a_running_process_is_said_survived_and_repaired(start: Start, tmp_path: Path) -> None:
    ann, ben = start("ann", account="Ann"), start("ben", account="Ben")
    ben_id, ann_id = introduce(ann, ben)
    for number in range(MESSAGES):
        ann.post("messages.send", contact=ben_id, text=f"text {number} " * 40)
    ben.wait(lambda: {} if ben.count("message.received") == MESSAGES else None)
    assert ann.close() == 0
    ann = start("ann")
    ann.ready()
    lose_messages(tmp_path / "ann")
    with pytest.raises(RpcFailureError) as failed:
        ann.call("messages.list", contact=ben_id, limit=MESSAGES)
    assert failed.value.kind == "storage_damaged"
    assert ann.call("account.info")["name"] == "Ann"
    ann.call("shutdown")
    assert ann.end() == 0

    code, error = start("ann").start_failure()
    assert (code, error["kind"]) == (5, "profile_damaged")
    assert "has been repaired" in error["message"]
    ann = start("ann")
    rows = ann.call("messages.list", contact=ben_id, limit=MESSAGES)
    texts = {row["message"]: row["text"] for row in ben.call("messages.list", contact=ann_id, limit=MESSAGES)}
    assert {row["message"]: row["text"] for row in rows}.items() <= texts.items()
    assert len(rows) > MESSAGES // 4
    sent = ann.call("messages.send", contact=ben_id, text="still there?")["message"]
    ben.notification("message.received", message=sent)
    said = ann.log.read_text()
    assert "Traceback" not in said
    assert "is damaged; the next start repairs it" in said


@pytest.mark.skipif(not may_mount(), reason="only root may mount")
def test_a_read_only_profile_is_said_in_words(start: Start, tmp_path: Path) -> None:
    with tmpfs(tmp_path / "ann", 4 << 20) as disk:
        assert start("ann", account="Ann").close() == 0
        subprocess.run(["mount", "-o", "remount,ro", str(disk.path)], check=True)
        code, error = start("ann").start_failure()
        assert (code, error["kind"]) == (5, "storage_damaged")
        assert "Read-only" in error["message"]
        subprocess.run(["mount", "-o", "remount,rw", str(disk.path)], check=True)
        assert start("ann").ready()["name"] == "Ann"
