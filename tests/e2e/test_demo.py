import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.demo import __main__ as demo
from tests.support.rpc_process import ROOT, RpcProcess


@pytest.mark.slow
def test_kit_greets_whoever_it_meets_and_answers_what_is_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def write_to_kit(profile: Path) -> int:
        with RpcProcess(profile) as you:
            contact = you.notification("contact.added")["contact"]
            for greeting in demo.GREETINGS:
                you.notification("message.received", text=greeting)
            sent = you.call("messages.send", contact=contact, text="are {you} there?")
            you.notification("message.received", text=demo.ANSWERS[0].format(text="are {you} there?"))
            you.notification("message.state", message=sent["message"], state="read")
            return you.close()

    monkeypatch.setattr(demo, "show_window", write_to_kit)
    assert demo.main() == 0
    assert "Kit and you have met" in capsys.readouterr().out


@pytest.mark.slow
def test_the_window_of_the_demo_meets_kit_and_everything_is_gone_afterwards(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.demo"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "TMPDIR": str(tmp_path)},
        start_new_session=True,
    )
    assert process.stdout is not None
    delivered = 0
    for line in process.stdout:
        delivered += "on your disk" in line
        if delivered == len(demo.GREETINGS):
            break
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert list(tmp_path.iterdir()) == []
