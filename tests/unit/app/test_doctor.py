"""The doctor on a terminal."""

import json

import pytest

from app import doctor
from app.domain.finding import ToldFinding

GOOD = ToldFinding("listeners", ok=True, detail="Kith listens. " * 12)
BAD = ToldFinding("lan", ok=False, detail="Nothing is heard.", advice="Look at the firewall.")
FATAL = ToldFinding("addresses", ok=False, detail="No network.")


async def examination(*findings: ToldFinding) -> tuple[ToldFinding, ...]:
    return findings


def test_each_finding_is_a_paragraph_with_what_to_do_below(capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor.run(examination(GOOD, BAD), as_json=False) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("ok  Kith listens.")
    assert lines[1].startswith("    listens. Kith")
    assert lines[-2:] == ["--  Nothing is heard.", "    > Look at the firewall."]
    assert max(map(len, lines)) <= doctor.WIDTH


def test_for_programs_it_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    doctor.run(examination(BAD), as_json=True)
    assert json.loads(capsys.readouterr().out) == {
        "findings": [
            {"check": "lan", "ok": False, "detail": "Nothing is heard.", "advice": "Look at the firewall."},
        ]
    }


def test_the_exit_code_says_whether_there_is_a_path(capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor.run(examination(GOOD, FATAL), as_json=False) == 1
    assert "No network." in capsys.readouterr().out
