import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

SCENE = """
import sys
sys.path.insert(0, {root!r})
from app.gui.main import run
from tests.support.fake_messenger import FakeGate, FakeMessenger

class LoudMessenger(FakeMessenger):
    async def close(self):
        await super().close()
        print("closed", flush=True)

class LoudGate(FakeGate):
    async def open(self, passphrase):
        print("open", flush=True)
        return await super().open(passphrase)

status = run(LoudGate(LoudMessenger("Ada"), None), None)
print("status", status, flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_closes_everything_and_leaves_no_word_on_stderr(number: signal.Signals) -> None:
    process = subprocess.Popen(
        [sys.executable, "-X", "dev", "-c", SCENE.format(root=str(ROOT))],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    process.send_signal(number)
    output, errors = process.communicate(timeout=30)
    assert output == "closed\nstatus 0\n"
    assert errors == ""
    assert process.returncode == 0
