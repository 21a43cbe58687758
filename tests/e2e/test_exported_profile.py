"""A profile that moves to another computer by a file: real processes, which meet anew."""

from pathlib import Path
from typing import Any

import pytest

from tests.e2e.conftest import Start
from tests.support.rpc_process import PASSPHRASE, RpcFailureError, introduce

FILE_PASSPHRASE = "of the file alone"


def test_a_profile_goes_to_another_computer_and_its_sessions_heal(start: Start, tmp_path: Path) -> None:
    ann, ben = start("ann", account="Ann"), start("ben", account="Ben")
    ben_id, ann_id = introduce(ann, ben)
    first = ann.call("messages.send", contact=ben_id, text="before the move")["message"]
    ann.notification("message.state", message=first, state="delivered")
    ben.call("messages.react", contact=ann_id, message=first, emoji="👍")
    ann.notification("message.changed", message=first)
    ben.kill()
    ann.notification("contact.path", contact=ben_id, online=False)
    waiting = ann.call("messages.send", contact=ben_id, text="waits")["message"]
    file = tmp_path / "Ann.kith"
    ann.call("account.export", path=str(file), passphrase=FILE_PASSPHRASE)
    with pytest.raises(RpcFailureError) as refused:
        ann.call("account.export", path=str(file), passphrase=FILE_PASSPHRASE)
    assert refused.value.kind == "file_exists"
    before = ann.call("messages.list", contact=ben_id)
    assert ann.close() == 0

    wrong = start("new", "--import", str(file), environment={"KITH_IMPORT_PASSPHRASE": "wrong"})
    code, error = wrong.start_failure()
    assert (code, error["kind"]) == (3, "wrong_passphrase")
    secret: dict[str, Any] = {"environment": {"KITH_IMPORT_PASSPHRASE": FILE_PASSPHRASE}, "passphrase": "new horse"}
    ann, ben = start("new", "--import", str(file), **secret), start("ben")
    assert ann.ready()["id"] == ann_id
    assert ann.call("messages.list", contact=ben_id) == before
    told = [process.notification("contact.changed", problem="reset") for process in (ann, ben)]
    assert told[0]["check_digits"] == told[1]["check_digits"]
    for process, contact in ((ann, ben_id), (ben, ann_id)):
        process.call("contacts.accept_reset", contact=contact)
    assert ben.notification("message.received", message=waiting)["text"] == "waits"
    ann.notification("message.state", message=waiting, state="delivered")
    answer = ben.call("messages.send", contact=ann_id, text="welcome back")["message"]
    assert ann.notification("message.received", message=answer)["text"] == "welcome back"
    assert ann.call("messages.list", contact=ben_id)[0]["text"] == "welcome back"
    assert ann.close() == 0
    again = start("new", passphrase="new horse")
    assert again.ready()["id"] == ann_id


def test_a_new_passphrase_is_asked_for_from_then_on(start: Start) -> None:
    ann = start("ann", account="Ann")
    with pytest.raises(RpcFailureError) as refused:
        ann.call("account.change_passphrase", old="wrong", new="another horse")
    assert refused.value.kind == "wrong_passphrase"
    ann.call("account.change_passphrase", old=PASSPHRASE, new="another horse")
    ann.kill()
    code, error = start("ann").start_failure()
    assert (code, error["kind"]) == (3, "wrong_passphrase")
    assert start("ann", passphrase="another horse").ready()["name"] == "Ann"
