from app.rpc.lanes import Lanes, Ticket


class Queue:
    """Lanes with named calls, and the order in which they started."""

    def __init__(self) -> None:
        self.lanes = Lanes()
        self.started: list[str] = []
        self.tickets: dict[str, Ticket] = {}

    def enter(self, name: str, conversation: str | None, *, pipelined: bool = False) -> None:
        ticket = self.tickets[name] = Ticket(lambda _: self.started.append(name), pipelined=pipelined)
        self.lanes.enter(ticket, conversation)

    def leave(self, *names: str) -> None:
        for name in names:
            self.lanes.leave(self.tickets.pop(name))

    def news(self) -> list[str]:
        self.started, news = [], self.started
        return news


def test_serial_calls_of_one_conversation_start_one_after_the_other() -> None:
    queue = Queue()
    for name in ("first", "second", "third"):
        queue.enter(name, "bob")
    assert queue.news() == ["first"]
    queue.leave("first")
    assert queue.news() == ["second"]
    queue.leave("second")
    assert queue.news() == ["third"]


def test_conversations_do_not_wait_for_each_other() -> None:
    queue = Queue()
    queue.enter("to bob", "bob")
    queue.enter("to carol", "carol")
    assert queue.news() == ["to bob", "to carol"]


def test_pipelined_calls_start_at_once_and_in_order() -> None:
    queue = Queue()
    for name in ("a", "b", "c"):
        queue.enter(name, "bob", pipelined=True)
    assert queue.news() == ["a", "b", "c"]


def test_a_read_waits_for_the_sends_before_it_and_holds_up_those_behind() -> None:
    queue = Queue()
    queue.enter("send 1", "bob", pipelined=True)
    queue.enter("send 2", "bob", pipelined=True)
    queue.enter("list", "bob")
    queue.enter("send 3", "bob", pipelined=True)
    assert queue.news() == ["send 1", "send 2"]
    queue.leave("send 2")
    assert queue.news() == []
    queue.leave("send 1")
    assert queue.news() == ["list"]
    queue.leave("list")
    assert queue.news() == ["send 3"]


def test_a_call_of_no_conversation_sees_all_before_it_and_conversations_in_use_wait_for_it() -> None:
    queue = Queue()
    queue.enter("to bob", "bob", pipelined=True)
    queue.enter("to carol", "carol", pipelined=True)
    queue.enter("contacts", None)
    queue.enter("to bob again", "bob", pipelined=True)
    queue.enter("to dave", "dave", pipelined=True)
    assert queue.news() == ["to bob", "to carol", "to dave"]
    queue.leave("to bob")
    assert queue.news() == []
    queue.leave("to carol")
    assert queue.news() == ["contacts"]
    queue.leave("contacts")
    assert queue.news() == ["to bob again"]


def test_calls_of_no_conversation_keep_their_order() -> None:
    queue = Queue()
    queue.enter("rename", None)
    queue.enter("list", None)
    assert queue.news() == ["rename"]
    queue.leave("rename")
    assert queue.news() == ["list"]


def test_an_idle_conversation_takes_no_room() -> None:
    queue = Queue()
    for index in range(100):
        queue.enter("call", f"contact {index}")
        queue.leave("call")
    queue.enter("list", None)
    queue.leave("list")
    assert queue.lanes._lanes == {}
