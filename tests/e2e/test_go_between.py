"""Two who know no address of each other any more, and have no DHT, find each other through a contact of both."""

from tests.e2e.conftest import Start
from tests.support.rpc_process import LOOPBACK_ONLY, RpcProcess, introduce, online


def elsewhere(address: str) -> tuple[str, ...]:
    return "--listen", f"{address}:0", *LOOPBACK_ONLY[2:]


def is_linked(process: RpcProcess, contact: str) -> bool:
    return any(row["online"] for row in process.call("contacts.list") if row["contact"] == contact)


def acquainted(start: Start) -> tuple[RpcProcess, RpcProcess, RpcProcess]:
    """Ann, Ben and Cid, who are contacts of each other."""
    ann, ben, cid = (start(name, account=name.title()) for name in ("ann", "ben", "cid"))
    for inviter, joiner in ((ann, ben), (ann, cid), (ben, cid)):
        introduce(inviter, joiner)
    return ann, ben, cid


def test_a_message_comes_to_whom_only_a_contact_of_both_can_reach(start: Start) -> None:
    everybody = acquainted(start)
    ann_id, ben_id, cid_id = (process.ready()["id"] for process in everybody)
    _, ben, cid = everybody
    assert (ben.close(), cid.close()) == (0, 0)

    ben, cid = start("ben", network=elsewhere("127.0.0.2")), start("cid", network=elsewhere("127.0.0.3"))
    for process in (ben, cid):
        online(process, ann_id)
    assert not is_linked(ben, cid_id)
    sent = ben.call("messages.send", contact=cid_id, text="found you")["message"]
    online(cid, ben_id)
    ben.notification("message.state", message=sent, state="delivered")
    assert [row["text"] for row in cid.call("messages.list", contact=ben_id)] == ["found you"]


def test_so_does_one_that_has_waited_since_before_the_start(start: Start) -> None:
    everybody = acquainted(start)
    _, ben_id, cid_id = (process.ready()["id"] for process in everybody)
    ann, ben, cid = everybody
    assert cid.close() == 0
    sent = ben.call("messages.send", contact=cid_id, text="are you there?")["message"]
    assert ben.close() == 0

    cid = start("cid", network=elsewhere("127.0.0.3"))
    online(ann, cid_id)
    ben = start("ben", network=elsewhere("127.0.0.2"))
    ben.notification("message.state", message=sent, state="delivered")
    assert [row["text"] for row in cid.call("messages.list", contact=ben_id)] == ["are you there?"]
