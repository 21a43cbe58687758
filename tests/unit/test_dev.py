import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from unittest.mock import Mock

import pytest

import dev


@pytest.fixture
def venv(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setattr(dev, "VENV", tmp_path)
    return tmp_path


@pytest.fixture
def lacking(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Linux that lacks one library and the program ip."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(dev, "loads", lambda library: library != "libEGL.so.1")
    monkeypatch.setattr(dev, "on_path", lambda program: False)


def test_what_follows_the_command_is_passed_on_untouched() -> None:
    options, rest = dev.parse(["run", "rpc", "--profile", "p", "--help"])
    assert (options.command, rest) == ("run", ["rpc", "--profile", "p", "--help"])


@pytest.mark.parametrize("arguments", [[], ["fly"]])
def test_wrong_usage_exits_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        dev.main(arguments)
    assert caught.value.code == 2


def test_an_installation_is_done_once_until_its_source_changes(venv: Path, tmp_path: Path) -> None:
    lock, done = tmp_path / "lock.txt", []
    lock.write_text("one")
    for _ in range(2):
        dev.once(lock, lambda: done.append(lock.read_text()))
    lock.write_text("two")
    dev.once(lock, lambda: done.append(lock.read_text()))
    assert done == ["one", "two"]


def test_an_installation_that_failed_is_tried_again(venv: Path, tmp_path: Path) -> None:
    lock, done = tmp_path / "lock.txt", []
    lock.write_text("one")

    def fail() -> None:
        raise subprocess.CalledProcessError(1, ["pip"])

    with pytest.raises(subprocess.CalledProcessError):
        dev.once(lock, fail)
    dev.once(lock, lambda: done.append("done"))
    assert done == ["done"]


@pytest.mark.usefixtures("lacking")
def test_missing_libraries_and_tools_are_named_as_debian_packages() -> None:
    assert dev.missing_system_packages([]) == ["libegl1"]
    assert dev.missing_system_packages(["ip", "nft", "strip"]) == ["libegl1", "iproute2", "nftables", "binutils"]


@pytest.mark.usefixtures("lacking")
def test_other_systems_are_not_asked_for_debian_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert dev.missing_system_packages(["ip"]) == []


def test_a_library_that_is_not_there_does_not_load() -> None:
    assert not dev.loads("libkith-does-not-exist.so.1")


def programs(*names: str) -> Callable[..., str | None]:
    """A ``shutil.which`` of a computer that has just these."""

    def which(name: str, **_: object) -> str | None:
        return f"/usr/bin/{name}" if name in names else None

    return which


def test_who_may_not_use_apt_is_told_the_names_and_exits_with_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "missing_system_packages", lambda tools: ["libegl1", "libgl1"])
    monkeypatch.setattr(shutil, "which", programs("apt-get"))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert dev.main(["setup"]) == 2
    assert "apt-get install libegl1 libgl1" in capsys.readouterr().err


def test_root_installs_without_sudo_and_without_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = Mock()
    monkeypatch.setattr(shutil, "which", programs("apt-get"))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(dev, "call", calls)
    dev.install_system_packages(["libegl1"])
    assert [call.args[0] for call in calls.mock_calls] == [
        ["apt-get", "-q", "-y", "update"],
        ["apt-get", "-q", "-y", "install", "--no-install-recommends", "libegl1"],
    ]
    assert all(call.args[1]["DEBIAN_FRONTEND"] == "noninteractive" for call in calls.mock_calls)


def test_sudo_is_used_only_where_it_asks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(shutil, "which", programs("sudo"))
    for answer, prefix in ((0, ["sudo", "-n"]), (1, None)):
        monkeypatch.setattr(subprocess, "call", Mock(return_value=answer))
        assert dev.privilege() == prefix


def test_a_system_without_apt_is_told_and_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(shutil, "which", programs())
    dev.install_system_packages(["libegl1"])
    assert "libegl1" in capsys.readouterr().err


def test_a_failing_program_is_named_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: list[str]) -> int:
        raise subprocess.CalledProcessError(7, ["/usr/bin/uv", "pip"])

    monkeypatch.setitem(dev.COMMANDS, "lock", fail)
    assert dev.main(["lock"]) == 1
    assert "uv ended with 7" in capsys.readouterr().err


def test_an_old_python_is_refused_in_words(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 9))
    assert dev.main(["setup"]) == 2
    assert "Python 3.11" in capsys.readouterr().err


@pytest.fixture
def become(monkeypatch: pytest.MonkeyPatch) -> Mock:
    """Stands for the program that a command would end in."""
    program = Mock(return_value=0)
    monkeypatch.setattr(dev, "become", program)
    monkeypatch.setattr(dev, "ensure_tests", lambda: None)
    monkeypatch.chdir(dev.ROOT)
    return program


def test_the_slow_suite_is_what_the_whole_run_leaves_out(become: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KITH_SLOW", "0")
    assert dev.main(["slow", "tests/e2e"]) == 0
    command = become.call_args.args[0]
    assert command[command.index("-m", 2) + 1] == "endurance or thorough"
    assert command[-1] == "tests/e2e"
    assert os.environ["KITH_SLOW"] == "1"


@pytest.mark.parametrize(("platform", "is_guided"), [("linux", True), ("darwin", False)])
def test_fuzzing_is_guided_where_atheris_runs(
    become: Mock, venv: Path, monkeypatch: pytest.MonkeyPatch, platform: str, *, is_guided: bool
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(dev, "FUZZ_VENV", venv / "fuzz")
    monkeypatch.setattr(dev, "once", lambda source, install, *, venv: None)
    assert dev.main(["fuzz", "vault", "--count", "5"]) == 0
    command = become.call_args.args[0]
    assert command[-3:] == ["vault", "--count", "5"]
    assert (str(venv / "fuzz" / "bin" / "python") in command) == is_guided


def test_mutation_runs_beside_the_tests(become: Mock, venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "MUTATION_VENV", venv / "mutation")
    monkeypatch.setattr(dev, "once", lambda source, install, *, venv: None)
    assert dev.main(["mutate", "crypto.ratchet"]) == 0
    assert become.call_args.args[0] == [
        str(venv / "mutation" / "bin" / "python"),
        "-m",
        "tests.mutation",
        "crypto.ratchet",
    ]


@pytest.mark.parametrize(("user", "programs_before"), [(0, []), (1000, ["/usr/bin/unshare"])])
def test_the_laboratory_needs_no_root(
    become: Mock, monkeypatch: pytest.MonkeyPatch, user: int, programs_before: list[str]
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert dev.main(["lab", "lan", "--runs", "1"]) == 0
    command = become.call_args.args[0]
    assert command[: len(programs_before)] == programs_before
    assert command[-6:] == [str(dev.PYTHON), "-m", "tests.lab", "lan", "--runs", "1"]


def test_the_laboratory_is_of_linux(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert dev.main(["lab"]) == 2
    assert "Linux" in capsys.readouterr().err


def test_make_knows_every_command() -> None:
    targets = (dev.ROOT / "Makefile").read_text(encoding="utf-8").partition(".PHONY:")[2].split("\n", 1)[0].split()
    assert targets == list(dev.COMMANDS)
