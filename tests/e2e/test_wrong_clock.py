"""Real processes whose clocks are years apart: they meet and talk, the order holds, and the doctor says it."""

from pathlib import Path

import pytest

from tests.e2e.conftest import Start
from tests.support.clocks import clock_ahead
from tests.support.rpc_process import RpcFailureError, RpcProcess, introduce

YEAR_S = 365.25 * 86_400


@pytest.mark.parametrize("years", [-6, 6])
def test_years_apart_they_meet_talk_in_order_and_are_told(start: Start, tmp_path: Path, years: int) -> None:
    ahead = clock_ahead(tmp_path / "shift", years * YEAR_S)
    ann, ben = start("ann", account="Ann"), start("ben", account="Ben", environment=ahead)
    later, earlier = (ben, ann) if years > 0 else (ann, ben)
    earlier_id, later_id = introduce(later, earlier)
    spoken = []
    for number in range(4):
        for speaker, other in ((later, earlier_id), (earlier, later_id)):
            spoken.append(say(speaker, other, f"line {number}"))
    pages = [
        speaker.call("messages.list", contact=other) for speaker, other in ((later, earlier_id), (earlier, later_id))
    ]
    assert [[row["message"] for row in reversed(page)] for page in pages] == [spoken, spoken]
    for process, side in ((later, "behind"), (earlier, "ahead of")):
        (finding,) = [each for each in process.call("network.doctor")["findings"] if each["check"] == "clock"]
        assert not finding["ok"]
        detail = finding["detail"]  # whose clock is behind that of its own files is told that first
        assert f"6 years {side} this computer's" in detail or "the clock is behind" in detail
    with pytest.raises(RpcFailureError) as expired:
        later.call("contacts.add", link=earlier.call("contacts.invite")["link"])
    assert expired.value.kind == "link_expired"
    assert "clock" in expired.value.sentence


def say(speaker: RpcProcess, other: str, text: str) -> str:
    """Say it and wait until it is acknowledged; its id."""
    message: str = speaker.call("messages.send", contact=other, text=text)["message"]
    speaker.notification("message.state", message=message, state="delivered")
    return message
