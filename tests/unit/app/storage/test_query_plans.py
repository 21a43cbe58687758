"""Every query that grows with use goes by an index, and none sorts what an index holds in order."""

import re
from pathlib import Path

import pytest

from app.storage import annotations, erased, messages, outbox, search, unindexing
from tests.support.databases import connection_in

BY_KEY = "SEARCH {} USING PRIMARY KEY (contact=? AND message_id=? AND mine=?)"

PLANS = {
    messages.PAGE: ["SEARCH messages USING INDEX messages_in_order (contact=?)"],
    messages.PAGE_BEFORE: [
        "SEARCH messages USING INDEX messages_in_order (contact=? AND (clock,message_id)<(?,?))",
    ],
    messages.ONE: ["SEARCH messages USING INDEX messages_by_id (contact=? AND message_id=?)"],
    messages.RAISE.sql(2): ["SEARCH messages USING INDEX messages_by_id (contact=? AND message_id=? AND mine=?)"],
    messages.RAISE_AND_TELL.sql(2): [
        "SEARCH messages USING INDEX messages_by_id (contact=? AND message_id=? AND mine=?)"
    ],
    messages.UNREAD: ["SEARCH messages USING INDEX messages_open (mine=?)"],
    messages.UNREAD_UP_TO: [
        "SEARCH messages USING INDEX messages_open (mine=? AND contact=? AND (clock,message_id)<(?,?))",
    ],
    messages.LATEST: [
        "SEARCH messages USING INTEGER PRIMARY KEY (rowid=?)",
        "SEARCH messages USING COVERING INDEX messages_in_order (contact=?)",
    ],
    # M: the match; the index itself yields rows in descending order (no sorting below it).
    search.SEARCH: ["SEARCH messages USING INTEGER PRIMARY KEY (rowid=?)"],
    messages.CHOSEN.sql(2): ["SEARCH messages USING INDEX messages_by_id (contact=? AND message_id=? AND mine=?)"],
    annotations.REVISE: ["SEARCH erased USING PRIMARY KEY (message_id=? AND contact=?)"],
    annotations.REACT: ["SEARCH erased USING PRIMARY KEY (message_id=? AND contact=?)"],
    annotations.APPLY.sql(2): ["SEARCH messages USING INDEX messages_by_id (contact=? AND message_id=? AND mine=?)"],
    annotations.SETTLE_REVISIONS.sql(2): [BY_KEY.format("revisions")],
    annotations.SETTLE_REACTIONS.sql(2): [BY_KEY.format("reactions")],
    annotations.IS_ANY_WAITING: ["SCAN revisions USING COVERING INDEX revisions_waiting"],
    annotations.CLOCK: [BY_KEY.format("revisions")],
    annotations.CLEAR_REACTIONS: [BY_KEY.format("reactions")],
    **{each: [] for each in (*annotations.FORGET_ONE, *annotations.FORGET_ALL, *annotations.PRUNE, *annotations.EVICT)},
    erased.ERASE_ONE: ["SEARCH messages USING INDEX messages_by_id (contact=? AND message_id=? AND mine=?)"],
    erased.ERASE_ALL: ["SEARCH messages USING COVERING INDEX messages_in_order (contact=?)"],
    erased.REMEMBER_ALL: ["SEARCH messages USING COVERING INDEX messages_in_order (contact=?)"],
    erased.FIND.sql(2): ["SEARCH erased USING COVERING INDEX erased_by_contact (contact=? AND message_id=?)"],
    erased.PRUNE: ["SEARCH erased USING COVERING INDEX erased_by_time (erased_at<?)"],
    unindexing.COUNT: ["SEARCH messages USING COVERING INDEX messages_in_order (contact=?)"],
    outbox.WITHDRAW: ["SEARCH outgoing USING INDEX outgoing_by_contact (contact=?)"],
    outbox.PAGE: ["SEARCH outgoing USING INDEX outgoing_by_contact (contact=? AND rowid>?)"],
    outbox.REMOVE.sql(2): ["SEARCH outgoing USING COVERING INDEX outgoing_by_envelope (envelope_id=? AND contact=?)"],
    outbox.SEAL.sql(2): ["SEARCH outgoing USING INTEGER PRIMARY KEY (rowid=?)"],
    outbox.RECEIVED.sql(2): ["SEARCH received USING PRIMARY KEY (contact=? AND envelope_id=?)"],
    outbox.PRUNE_RECEIVED: ["SEARCH received USING COVERING INDEX received_by_time (received_at<?)"],
    outbox.COUNTS: ["SCAN outgoing USING COVERING INDEX outgoing_by_contact"],
}
ALLOWED_SCANS = (
    "VALUES CLAUSE",
    "SCAN contacts",
    "SCAN message_texts VIRTUAL TABLE",
    "SCAN outgoing USING COVERING",
    "SCAN CONSTANT ROW",
    "_waiting",
)


@pytest.mark.parametrize("statement", PLANS)
def test_a_statement_goes_by_its_index(tmp_path: Path, statement: str) -> None:
    connection = connection_in(tmp_path)
    numbers = [int(number) for number in re.findall(r"\?(\d)", statement)]
    parameters = [None] * max(numbers, default=statement.count("?"))
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters).fetchall()]
    connection.close()
    assert not [step for step in plan if "TEMP B-TREE" in step]
    assert not [step for step in plan if step.startswith("SCAN") and not any(scan in step for scan in ALLOWED_SCANS)]
    assert [step for step in PLANS[statement] if step not in plan] == [], plan


def test_a_word_in_one_conversation_is_found_without_the_others(tmp_path: Path) -> None:
    expression = search.match_expression("quick br", contact=12)
    assert expression == '{contact} : "12" AND {text} : ("quick" "br"*)'


def test_search_reads_its_index_newest_first(tmp_path: Path) -> None:
    connection = connection_in(tmp_path)
    rows = connection.execute(f"EXPLAIN QUERY PLAN {search.SEARCH}", [None, None]).fetchall()
    connection.close()
    # FTS5 names the order in the bits of its index number: 32 for "by rowid", 64 more and 128 for the direction.
    assert rows[0][3].startswith("SCAN message_texts VIRTUAL TABLE INDEX ")
    assert not any("USE TEMP" in row[3] for row in rows)
