import plistlib
import re
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings

from app.gui.desktop.autostart import (
    Autostart,
    DesktopEntry,
    LaunchAgent,
    RunKey,
    of_this_system,
    start_command,
)

COMMAND = ["/opt/my programs/kith", "--profile", '/home/ada/100% "mine" $HOME']


def means(folder: Path) -> list[Autostart]:
    registry = QSettings(str(folder / "registry.ini"), QSettings.Format.IniFormat)
    return [DesktopEntry(folder / "config"), LaunchAgent(folder), RunKey(registry)]


@pytest.mark.parametrize("number", range(3), ids=["Linux", "macOS", "Windows"])
def test_it_is_off_until_it_is_switched_on_and_leaves_nothing_behind(tmp_path: Path, number: int) -> None:
    autostart = means(tmp_path)[number]
    assert not autostart.is_on()
    autostart.switch_off()
    autostart.switch_on(COMMAND)
    autostart.switch_on(COMMAND)
    assert means(tmp_path)[number].is_on()
    autostart.switch_off()
    assert not means(tmp_path)[number].is_on()


def test_a_desktop_entry_quotes_its_command(tmp_path: Path) -> None:
    entry = DesktopEntry(tmp_path)
    entry.switch_on(COMMAND)
    lines = dict(line.split("=", 1) for line in entry.path.read_text().splitlines() if "=" in line)
    assert entry.path.name == "im.kith.Kith.desktop"
    assert lines["Type"] == "Application"
    # The specification's two steps backwards: string escapes, then the double quotes; field codes last.
    quoted = re.findall(r'"((?:\\.|[^"\\])*)"', lines["Exec"].replace("\\\\", "\\"))
    assert [re.sub(r"\\(.)", r"\1", part).replace("%%", "%") for part in quoted] == COMMAND


def test_a_launch_agent_holds_the_command_as_it_is(tmp_path: Path) -> None:
    agent = LaunchAgent(tmp_path)
    agent.switch_on(COMMAND)
    assert plistlib.loads(agent.path.read_bytes())["ProgramArguments"] == COMMAND


def test_a_run_key_holds_a_command_line(tmp_path: Path) -> None:
    registry = QSettings(str(tmp_path / "registry.ini"), QSettings.Format.IniFormat)
    RunKey(registry).switch_on(["C:\\Program Files\\kith.exe", "--profile", "C:\\p"])
    assert registry.value("im.kith.Kith") == '"C:\\Program Files\\kith.exe" --profile C:\\p'


def test_on_linux_it_is_the_folder_of_the_desktop_specification(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    of_this_system().switch_on(start_command(tmp_path / "profile"))
    text = (tmp_path / "autostart" / "im.kith.Kith.desktop").read_text()
    assert f'"{sys.executable}" "-m" "app" "--profile" "{tmp_path / "profile"}"' in text


def test_a_packaged_kith_starts_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert start_command(None) == [sys.executable]
