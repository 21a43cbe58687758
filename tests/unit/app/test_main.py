import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app import VERSION, __main__, self_test
from app.config import LaunchOptions
from app.domain.errors import ErrorKind, KithError


@pytest.fixture(autouse=True)
def _handlers_are_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.setattr("app.logs.start", lambda _: None)


def failing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def run(_: LaunchOptions) -> int:
        raise error

    monkeypatch.setattr(__main__, "_run", run)


def test_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert __main__.main(["version"]) == 0
    assert capsys.readouterr().out == f"kith {VERSION}\n"


@pytest.mark.parametrize("code", [self_test.EXIT_SOUND, self_test.EXIT_BROKEN])
def test_the_self_test_says_with_its_exit_code_what_it_found(monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    monkeypatch.setattr(self_test, "run", lambda: code)
    assert __main__.main(["self-test"]) == code


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (ErrorKind.USAGE, 2),
        (ErrorKind.PROFILE_MISSING, 2),
        (ErrorKind.NAME_INVALID, 2),
        (ErrorKind.WRONG_PASSPHRASE, 3),
        (ErrorKind.PASSPHRASE_MISSING, 3),
        (ErrorKind.PROFILE_IN_USE, 4),
        (ErrorKind.PROFILE_DAMAGED, 5),
        (ErrorKind.PROFILE_NEWER, 5),
        (ErrorKind.LISTEN_FAILED, 1),
        (ErrorKind.STORAGE_FULL, 1),
    ],
)
def test_a_failed_start_exits_as_the_contract_says_with_one_object_on_stderr(
    kind: ErrorKind, code: int, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch, KithError(kind, "What happened."))
    assert __main__.main(["rpc"]) == code
    assert capfd.readouterr().err == f'{{"error": {{"kind": "{kind}", "message": "What happened."}}}}\n'


@pytest.mark.expect_log
def test_an_unexpected_failure_exits_1_and_tells_nothing_of_itself(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    failing(monkeypatch, ValueError("the secret text"))
    assert __main__.main(["rpc"]) == 1
    told = capfd.readouterr().err
    assert json.loads(told)["error"]["kind"] == "unexpected"
    assert "secret" not in told


def test_a_signal_before_anything_runs_exits_0(monkeypatch: pytest.MonkeyPatch) -> None:
    handlers: dict[int, Callable[[int, None], None]] = {}
    monkeypatch.setattr("signal.signal", handlers.__setitem__)
    __main__.main(["version"])
    assert set(handlers) == {signal.SIGTERM, signal.SIGINT}
    for handler in handlers.values():
        with pytest.raises(SystemExit) as caught:
            handler(0, None)
        assert caught.value.code == 0


def test_a_link_that_a_running_window_takes_needs_no_second_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    handed: list[tuple[Path, str | None]] = []

    def take(profile: Path, link: str | None) -> bool:
        handed.append((profile, link))
        return True

    monkeypatch.setattr("app.instance.client.hand_over", take)
    assert __main__.main(["kith:AQC", "--profile", str(tmp_path)]) == 0
    assert handed == [(tmp_path, "kith:AQC")]


def test_the_command_line_itself_costs_neither_qt_nor_the_engine() -> None:
    source = (Path(__file__).parents[3] / "app" / "__main__.py").read_text()
    top_level = [line for line in source.splitlines() if line.startswith(("import ", "from "))]
    assert not [line for line in top_level if "gui" in line or "bootstrap" in line or "services" in line]
    assert "app.__main__" in sys.modules
