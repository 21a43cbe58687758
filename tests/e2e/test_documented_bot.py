"""The bot in ``docs/automation.md`` does what the page says."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.e2e.conftest import Start
from tests.support.rpc_process import LOOPBACK_ONLY, PASSPHRASE, ROOT, child_environment


def test_the_bot_of_the_page_answers_every_message_with_its_own_text(start: Start, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "automation.md").read_text()
    found = re.search(r"```python\n(.*?)```", page, re.DOTALL)
    assert found is not None
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
