"""The bot and the session in ``docs/automation.md`` do what the page says."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.e2e.conftest import Start
from tests.support.rpc_process import LOOPBACK_ONLY, PASSPHRASE, ROOT, child_environment

PAGE = (ROOT / "docs" / "automation.md").read_text(encoding="utf-8")


def test_the_session_of_the_page_is_answered_as_the_page_shows(start: Start) -> None:
    ready, request, answer = (json.loads(line) for line in re.findall(r"^    (\{.*\})$", PAGE, re.MULTILINE)[:3])
    bot = start("bot", create=ready["params"]["name"])
    assert bot.ready().keys() == ready["params"].keys()
    assert bot.ready()["name"] == ready["params"]["name"]
    assert bot.call(request["method"], **request.get("params", {})).keys() == answer["result"].keys()


def test_the_bot_of_the_page_answers_every_message_with_its_own_text(start: Start, tmp_path: Path) -> None:
    found = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    assert len(found[1].splitlines()) < 40
    command = tmp_path / "kith"
    flags = " ".join(LOOPBACK_ONLY)
    command.write_text(f'#!/bin/sh\ncd {ROOT} && exec {sys.executable} -m app "$@" --profile {tmp_path}/bot {flags}\n')
    command.chmod(0o700)
    environment = child_environment() | {
        "KITH_PASSPHRASE": PASSPHRASE,
        "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}",
    }
    with subprocess.Popen(
        [sys.executable, "-u", "-c", found[1]], stdout=subprocess.PIPE, text=True, cwd=tmp_path, env=environment
    ) as bot:
        try:
            assert bot.stdout is not None
            link = bot.stdout.readline().rpartition(" ")[2].strip()
            alice = start("alice", create="Alice")
            contact = alice.call("contacts.add", link=link)["contact"]
            sent = alice.call("messages.send", contact=contact, text="Hello, echo?")["message"]
            answer = alice.notification("message.received", contact=contact)
            assert (answer["text"], answer["reply_to"]) == ("Hello, echo?", sent)
        finally:
            bot.kill()
