"""Profiles of every schema that there was: each opens, and has kept everything."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from app.storage.migrations import CURRENT_VERSION
from tests.e2e.conftest import Start
from tests.support.tree import ROOT

FIXTURES = sorted((ROOT / "tests" / "fixtures" / "profiles").glob("schema-*"))
FILES = ("kith.db", "vault")


def put(fixture: Path, profile: Path) -> dict[str, Any]:
    """Lay the profile out; what it has to say."""
    profile.mkdir()
    for name in FILES:
        shutil.copyfile(fixture / name, profile / name)
        (profile / name).chmod(0o600)
    told: dict[str, Any] = json.loads((fixture / "expected.json").read_text("utf-8"))
    return told


def test_the_present_schema_has_a_fixture() -> None:
    """Whoever adds a step runs ``python -m tests.fixtures.profiles.make``."""
    assert [fixture.name for fixture in FIXTURES if fixture.name == f"schema-{CURRENT_VERSION}"]


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda fixture: fixture.name)
def test_an_old_profile_opens_keeps_all_and_goes_on(fixture: Path, start: Start, tmp_path: Path) -> None:
    told = put(fixture, tmp_path / "alice")
    for _ in range(2):  # as migrated, and as it then is
        process = start("alice")
        assert process.ready()["name"] == "Alice"
        assert process.call("account.info") == told["account"]
        rows = process.call("messages.list", contact=told["contact"], limit=1_000)
        seen = [[row[name] for name in ("message", "text", "mine", "state", "reply_to")] for row in rows]
        assert [row for row in seen if row[1] != "since then"] == told["messages"]
        assert len(process.call("messages.search", query="gruße", limit=1_000)) == 50
        assert len(process.call("contacts.invites")) == told["invites"]
        process.call("messages.send", contact=told["contact"], text="since then")
        assert process.close() == 0
