"""The doctor of a running process, over real sockets."""

import time
from typing import Any

import pytest

from tests.e2e.conftest import Start
from tests.support.rpc_process import RpcFailureError, RpcProcess, introduce

PATIENCE_S = 20.0


def contact_finding(process: RpcProcess, contact: str) -> Any:
    found = process.call("network.doctor", contact=contact)["findings"]
    (finding,) = [each for each in found if each["check"] == "contact"]
    return finding


def test_why_somebody_is_not_online_is_told_and_what_was_tried(start: Start) -> None:
    alice, bob = start("alice", account="Alice"), start("bob", account="Bob")
    bob_id, _ = introduce(alice, bob)
    there = bob.ready()["listen"][0]
    assert contact_finding(alice, bob_id)["ok"]
    assert bob.close() == 0
    deadline = time.monotonic() + PATIENCE_S
    while "refused" not in (finding := contact_finding(alice, bob_id))["detail"]:
        assert time.monotonic() < deadline, finding
        time.sleep(0.1)
    assert not finding["ok"]
    assert finding["contact"] == bob_id
    assert f"{there}: refused, since no program listens there" in finding["detail"]
    assert "off, asleep, without Kith" in finding["advice"]


def test_everything_that_works_is_well_and_nobody_unknown_is_examined(start: Start) -> None:
    alice = start("alice", account="Alice")
    findings = {finding["check"]: finding for finding in alice.call("network.doctor")["findings"]}
    assert all(findings[check]["ok"] for check in ("listeners", "addresses", "lan", "storage", "clock"))
    assert "GB are free" in findings["storage"]["detail"]
    with pytest.raises(RpcFailureError) as caught:
        alice.call("network.doctor", contact="nobody")
    assert caught.value.kind == "unknown_contact"
