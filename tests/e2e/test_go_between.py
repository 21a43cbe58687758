"""Two who know no address of each other any more, and have no DHT, find each other through a contact of both."""

from tests.e2e.conftest import Start
from tests.support.rpc_process import LOOPBACK_ONLY, RpcProcess, introduce, online


def elsewhere(address: str) -> tuple[str, ...]:
    return "--listen", f"{address}:0", *LOOPBACK_ONLY[2:]


def is_linked(process: RpcProcess, contact: str) -> bool:
    return any(row["online"] for row in process.call("contacts.list") if row["contact"] == contact)


def test_a_message_comes_to_whom_only_a_contact_of_both_can_reach(start: Start) -> None:
    ann, ben, cid = (start(name, account=name.title()) for name in ("ann", "ben", "cid"))
    for inviter, joiner in ((ann, ben), (ann, cid), (ben, cid)):
        introduce(inviter, joiner)
    ann_id, ben_id, cid_id = (process.ready()["id"] for process in (ann, ben, cid))
    assert (ben.close(), cid.close()) == (0, 0)

    ben, cid = start("ben", network=elsewhere("127.0.0.2")), start("cid", network=elsewhere("127.0.0.3"))
    for process in (ben, cid):
        online(process, ann_id)
    assert not is_linked(ben, cid_id)
    sent = ben.call("messages.send", contact=cid_id, text="found you")["message"]
    online(cid, ben_id)
    ben.notification("message.state", message=sent, state="delivered")
    assert [row["text"] for row in cid.call("messages.list", contact=ben_id)] == ["found you"]
