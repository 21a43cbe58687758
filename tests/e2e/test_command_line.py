"""The command line and its exit codes, and input that no well-meaning client sends."""

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app import VERSION
from app.storage.connection import open_writing
from crypto.vault import Vault
from tests.e2e.conftest import Start
from tests.support.rpc_process import LOOPBACK_ONLY, PASSPHRASE, ROOT, RpcFailureError, introduce


def kith(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments], capture_output=True, text=True, cwd=ROOT, timeout=30, check=False
    )


def error(completed: subprocess.CompletedProcess[str]) -> Any:
    return json.loads(completed.stderr.splitlines()[-1])["error"]


# --- Commands


def test_version_is_printed() -> None:
    completed = kith("version")
    assert (completed.returncode, completed.stdout, completed.stderr) == (0, f"kith {VERSION}\n", "")


def test_the_self_test_finds_every_part_sound() -> None:
    completed = kith("self-test")
    assert completed.returncode == 0, completed.stdout
    assert all(line.startswith("ok  ") for line in completed.stdout.splitlines())
    assert completed.stderr == ""


def test_the_doctor_says_in_words_what_works_and_touches_no_profile(tmp_path: Path) -> None:
    completed = kith("doctor", "--profile", str(tmp_path / "nobody"), "--listen", "127.0.0.1:0", "--no-dht")
    assert completed.returncode == 0
    assert completed.stdout.startswith("ok  Kith listens on 127.0.0.1:")
    assert "two trial participants met" in " ".join(completed.stdout.split())
    assert not (tmp_path / "nobody").exists()


def test_the_doctor_exits_1_without_a_path_and_answers_in_json(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        there = f"127.0.0.1:{taken.getsockname()[1]}"
        completed = kith("doctor", "--profile", str(tmp_path), "--json", "--no-lan", "--no-dht", "--listen", there)
    assert completed.returncode == 1
    findings = {finding["check"]: finding for finding in json.loads(completed.stdout)["findings"]}
    assert not findings["listeners"]["ok"]
    assert findings["lan"]["ok"]
    assert all(finding.keys() == {"check", "ok", "detail", "advice"} for finding in findings.values())


@pytest.mark.parametrize("arguments", [["rpc", "--no-such-flag"], ["rpc", "--listen", "nonsense"], ["no-command"]])
def test_wrong_usage_exits_2(arguments: list[str]) -> None:
    completed = kith(*arguments)
    assert completed.returncode == 2
    assert error(completed)["kind"] == "usage"


# --- Exit codes of a start


def test_without_an_account_and_without_create_it_exits_2_and_makes_nothing(start: Start, tmp_path: Path) -> None:
    code, error = start("nobody").start_failure()
    assert (code, error["kind"]) == (2, "profile_missing")
    assert not (tmp_path / "nobody").exists() or not list((tmp_path / "nobody").glob("*.db*"))


def test_a_wrong_or_a_missing_passphrase_exits_3(start: Start) -> None:
    assert start("alice", account="Alice").close() == 0
    code, error = start("alice", passphrase="wrong").start_failure()
    assert (code, error["kind"]) == (3, "wrong_passphrase")
    assert error["message"] == "This passphrase does not open the profile."
    code, error = start("alice", passphrase=None).start_failure()
    assert (code, error["kind"]) == (3, "passphrase_missing")


def test_an_account_cannot_be_made_without_a_way_to_unlock_it(start: Start, tmp_path: Path) -> None:
    code, error = start("alice", create="Alice", passphrase=None).start_failure()
    assert (code, error["kind"]) == (3, "passphrase_missing")
    assert start("alice", create="Alice").ready()["name"] == "Alice"


def test_the_passphrase_may_come_from_a_file_and_the_file_wins(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "passphrase"
    file.write_text(PASSPHRASE + "\n")
    start("alice", "--passphrase-file", str(file), create="Alice", passphrase="not this one").ready()
    code, error = start("bob", "--passphrase-file", str(tmp_path / "absent"), create="Bob").start_failure()
    assert (code, error["kind"]) == (3, "passphrase_missing")


def test_a_profile_in_use_exits_4(start: Start) -> None:
    alice = start("alice", account="Alice")
    alice.ready()
    code, error = start("alice").start_failure()
    assert (code, error["kind"]) == (4, "profile_in_use")
    assert alice.call("account.info")["name"] == "Alice"


def test_a_profile_of_a_newer_kith_exits_5_and_is_left_as_it_was(start: Start, tmp_path: Path) -> None:
    assert start("alice", account="Alice").close() == 0
    vault, database = tmp_path / "alice" / "vault", tmp_path / "alice" / "kith.db"
    connection = open_writing(database, Vault.decode(vault.read_bytes()).open_with_passphrase(PASSPHRASE))
    connection.execute("PRAGMA user_version = 1000")
    connection.close()
    before = vault.read_bytes(), database.read_bytes()
    code, error = start("alice").start_failure()
    assert (code, error["kind"]) == (5, "profile_newer")
    assert (vault.read_bytes(), database.read_bytes()) == before


@pytest.mark.parametrize("name", ["kith.db", "vault"])
def test_a_damaged_profile_exits_5(start: Start, tmp_path: Path, name: str) -> None:
    assert start("alice", account="Alice").close() == 0
    file = tmp_path / "alice" / name
    file.write_bytes(bytes(len(file.read_bytes())))
    code, error = start("alice").start_failure()
    assert (code, error["kind"]) == (5, "profile_damaged")


def test_a_port_that_is_taken_exits_1_and_leaves_no_account(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        network = ("--listen", f"127.0.0.1:{port}", "--no-dht", "--no-lan", "--no-port-mapping")
        code, error = start("alice", create="Alice", network=network).start_failure()
    assert (code, error["kind"]) == (1, "listen_failed")
    assert start("alice").start_failure()[1]["kind"] == "profile_missing"


def test_a_name_that_is_none_exits_2(start: Start) -> None:
    code, error = start("alice", create=" ").start_failure()
    assert (code, error["kind"]) == (2, "name_invalid")


def test_create_opens_what_exists_already(start: Start) -> None:
    start("alice", create="Alice").close()
    assert start("alice", create="Someone Else").ready()["name"] == "Alice"


# --- Listening


def test_port_0_is_picked_once_and_kept_while_it_is_free(start: Start) -> None:
    first = start("alice", create="Alice")
    (endpoint,) = first.ready()["listen"]
    first.close()
    second = start("alice")
    assert second.ready()["listen"] == [endpoint]
    second.close()
    host, _, port = endpoint.rpartition(":")
    with socket.create_server((host, int(port))):
        assert start("alice").ready()["listen"] != [endpoint]


def test_by_default_one_port_is_chosen_for_all_interfaces_and_kept(start: Start) -> None:
    quiet = ("--no-dht", "--no-lan", "--no-port-mapping", "--no-stun")
    first = start("alice", create="Alice", network=quiet)
    endpoints = first.ready()["listen"]
    assert len({endpoint.rpartition(":")[2] for endpoint in endpoints}) == 1
    assert {endpoint.rpartition(":")[0] for endpoint in endpoints} <= {"0.0.0.0", "[::]"}
    first.close()
    assert start("alice", network=quiet).ready()["listen"] == endpoints


# --- Ends


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(start: Start, number: int) -> None:
    alice = start("alice", account="Alice")
    alice.ready()
    alice.process.send_signal(number)
    assert alice.end() == 0
    assert alice.log.read_text() == ""


def test_a_signal_during_the_start_ends_it_cleanly_and_leaves_no_account(start: Start) -> None:
    alice = start("alice", create="Alice")
    while not alice.log.parent.joinpath("alice").exists():
        assert alice.process.poll() is None
    code = alice.terminate()
    assert code in {0, -signal.SIGTERM}
    assert start("alice").start_failure()[1]["kind"] == "profile_missing"


def test_shutdown_and_the_end_of_input_end_it(start: Start) -> None:
    alice = start("alice", account="Alice")
    assert alice.call("shutdown") == {}
    assert alice.end() == 0
    assert start("alice").close() == 0


def test_a_client_that_no_longer_listens_ends_it(tmp_path: Path) -> None:
    arguments = [sys.executable, "-m", "app", "rpc", "--profile", str(tmp_path / "alice"), "--create", "Alice"]
    process = subprocess.Popen(
        [*arguments, *LOOPBACK_ONLY],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=os.environ | {"KITH_PASSPHRASE": PASSPHRASE},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdin:
        assert b"ready" in process.stdout.readline()
        process.stdout.close()
        process.stdin.write(b'{"jsonrpc":"2.0","id":1,"method":"account.info"}\n')
        process.stdin.flush()
        assert process.wait(30) == 0


def test_without_standard_streams_it_ends_at_once_and_writes_to_no_file_of_the_profile(
    start: Start, tmp_path: Path
) -> None:
    assert start("alice", account="Alice").close() == 0
    command = [sys.executable, "-m", "app", "rpc", "--profile", str(tmp_path / "alice"), *LOOPBACK_ONLY]
    shell = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *command]
    environment = os.environ | {"KITH_PASSPHRASE": PASSPHRASE}
    assert subprocess.run(shell, cwd=ROOT, env=environment, timeout=30, check=False).returncode == 0
    assert start("alice").ready()["name"] == "Alice"


# --- Input


def test_malformed_input_is_answered_and_does_no_harm(start: Start) -> None:
    alice = start("alice", account="Alice")
    alice.ready()
    cases = [
        (b"{\n", -32700),
        (b"\xff\xfe\n", -32700),
        (b"[" * 500_000 + b"\n", -32700),
        (b'{"jsonrpc":"2.0","id":null,"method":"account.info","params":{"x":NaN}}\n', -32700),
        (b'[{"jsonrpc":"2.0","id":1,"method":"account.info"}]\n', -32600),
        (b'"text"\n', -32600),
        (b'{"jsonrpc":"2.0","id":null}\n', -32600),
        (b'{"jsonrpc":"2.0","id":null,"method":"' + b"x" * (1 << 20) + b'"}\n', -32600),
        (b'{"jsonrpc":"2.0","id":null,"method":"no.such.method"}\n', -32601),
        (b'{"jsonrpc":"2.0","id":null,"method":"messages.send","params":{}}\n', -32602),
    ]
    for line, code in cases:
        alice.answers.clear()
        alice.write(line)
        assert alice.wait(lambda: alice.answers.get(None))["error"]["code"] == code
    assert alice.call("account.info")["name"] == "Alice"
    assert alice.close() == 0
    assert alice.log.read_text() == ""


def test_what_people_do_wrong_is_told_by_kind(start: Start) -> None:
    alice, bob = start("alice", account="Alice"), start("bob", account="Bob")
    bob_id, _ = introduce(alice, bob)
    own_link = alice.call("contacts.invite")["link"]
    # One letter of the keys that stand in every link, in the other case.
    place = next(place for place in range(20, 80) if own_link[place].isalpha())
    spoilt_link = own_link[:place] + own_link[place].swapcase() + own_link[place + 1 :]
    cases: list[tuple[str, dict[str, object], str]] = [
        ("messages.send", {"contact": bob_id, "text": "x" * 65_537}, "text_too_long"),
        ("messages.send", {"contact": bob_id, "text": "€" * 21_846}, "text_too_long"),
        ("messages.send", {"contact": bob_id, "text": " "}, "text_empty"),
        ("messages.send", {"contact": "nobody", "text": "hi"}, "unknown_contact"),
        ("messages.send", {"contact": bob_id, "text": "hi", "reply_to": "0" * 32}, "unknown_message"),
        ("messages.list", {"contact": "nobody"}, "unknown_contact"),
        ("messages.list", {"contact": bob_id, "before": "no id"}, "unknown_message"),
        ("messages.mark_read", {"contact": bob_id, "up_to": "é"}, "unknown_message"),
        ("contacts.add", {"link": "kith:nonsense"}, "bad_link"),
        ("contacts.add", {"link": own_link[:-1]}, "bad_link"),
        ("contacts.add", {"link": spoilt_link}, "bad_link"),
        ("contacts.add", {"link": own_link}, "own_link"),
        ("contacts.add", {"link": bob.call("contacts.invite")["link"]}, "already_contact"),
        ("contacts.rename", {"contact": bob_id, "name": "\n"}, "name_invalid"),
        ("contacts.revoke", {"invite": "no id"}, "unknown_invite"),
        ("requests.accept", {"request": "nobody"}, "unknown_request"),
        ("account.rename", {"name": "x" * 65}, "name_invalid"),
    ]
    for method, params, kind in cases:
        with pytest.raises(RpcFailureError) as caught:
            alice.call(method, **params)
        assert (method, caught.value.code, caught.value.kind) == (method, -32000, kind)
    assert alice.call("messages.list", contact=bob_id) == []
    longest = alice.call("messages.send", contact=bob_id, text="x" * 65_536)["message"]
    assert bob.notification("message.received", message=longest)["text"] == "x" * 65_536
