"""One running Kith a profile, and the later starts that talk to it: real processes."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from app.instance.files import MAX_SOCKET_PATH_BYTES, InstanceFiles
from tests.e2e.conftest import Start
from tests.support.rpc_process import ROOT, RpcProcess, introduce

LINK = "kith:AQC9Dmb"

WINDOW = """
import asyncio, sys
from pathlib import Path
from app.bootstrap import ProfileGate
from app.config import LaunchOptions

async def main():
    gate = ProfileGate(LaunchOptions(profile=Path(sys.argv[1])))
    await gate.attend(lambda link: print(repr(link), flush=True))
    print("attends", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    await gate.close()

asyncio.run(main())
"""
"""What a window does before it knows the passphrase."""


def kith(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-X", "importtime", "-m", "app", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)


def findings(profile: Path) -> dict[str, Any]:
    completed = kith("doctor", "--json", "--no-lan", "--no-dht", "--listen", "127.0.0.1:0", "--profile", str(profile))
    assert completed.returncode == 0
    return {finding["check"]: finding for finding in json.loads(completed.stdout)["findings"]}


@pytest.mark.parametrize("folder", ["short", "long" * (MAX_SOCKET_PATH_BYTES // 4)], ids=["socket", "port"])
def test_the_doctor_asks_the_running_kith_about_its_contacts(start: Start, folder: str, tmp_path: Path) -> None:
    name = f"{folder}/ann"
    ann, ben = start(name, account="Ann"), start("ben", account="Ben")
    ben_id, _ = introduce(ann, ben)
    assert InstanceFiles(tmp_path / name).may_hold_a_socket is (folder == "short")
    told = findings(tmp_path / name)
    assert told["instance"]["detail"] == "Kith is running on this profile, and finds this."
    assert ann.ready()["listen"][0] in told["listeners"]["detail"]
    assert told["contact"]["contact"] == ben_id
    assert told["contact"]["detail"].startswith("Ben is linked")
    in_words = kith("doctor", "--no-dht", "--no-port-mapping", "--no-stun", "--profile", str(tmp_path / name)).stdout
    assert "ok  Ben is linked" in in_words
    assert ann.close() == 0
    assert "contact" not in findings(tmp_path / name)


def test_after_a_kill_the_doctor_looks_for_itself_and_the_next_start_is_asked_again(
    start: Start, tmp_path: Path
) -> None:
    killed = start("ann", account="Ann")
    killed.ready()
    killed.kill()
    assert "instance" not in findings(tmp_path / "ann")
    start("ann").ready()
    assert "finds this" in findings(tmp_path / "ann")["instance"]["detail"]


def test_a_second_start_hands_its_link_to_the_window_and_exits_0_without_one_of_its_own(tmp_path: Path) -> None:
    profile = tmp_path / "ann"
    command = [sys.executable, "-c", WINDOW, str(profile)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as window:
        assert window.stdout is not None
        assert window.stdin is not None
        assert window.stdout.readline() == "attends\n"
        second = kith(LINK, "--profile", str(profile))
        assert (second.returncode, second.stdout) == (0, "")
        assert "PySide6" not in second.stderr
        assert window.stdout.readline() == f"{LINK!r}\n"
        assert kith("--profile", str(profile)).returncode == 0
        assert window.stdout.readline() == "None\n"
        assert "waits for the passphrase" in findings(profile)["instance"]["detail"]
        with RpcProcess(profile, create="Ann") as third:
            code, error = third.start_failure()
        assert (code, error["kind"]) == (4, "profile_in_use")
        assert not (profile / "vault").exists()
        window.stdin.write("\n")
        window.stdin.flush()
        assert window.wait(30) == 0
    with RpcProcess(profile, create="Ann") as fourth:
        assert fourth.ready()["name"] == "Ann"


@pytest.mark.slow
def test_a_real_window_takes_the_link_of_a_later_start_before_it_is_open(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "app", "--profile", str(tmp_path / "ann"), "--listen", "127.0.0.1:0", "--no-dht"]
    window = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"})
    try:
        deadline = time.monotonic() + 60
        while not InstanceFiles(tmp_path / "ann").socket.exists():
            assert window.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        later = kith(LINK, "--profile", str(tmp_path / "ann"))
        assert later.returncode == 0
        assert "PySide6" not in later.stderr
        window.terminate()
        assert window.wait(60) == 0
    finally:
        window.kill()
