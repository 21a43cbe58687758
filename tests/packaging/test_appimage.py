"""The folder of the AppImage, made of a small bundle, and what is asked of the tool that packs it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from appimage import lay_app_dir, make_appimage  # type: ignore[import-not-found]

TIME_S = 1_800_000_000

TOOL = """#!{python}
import json, os, pathlib, sys
told = dict(arguments=sys.argv[1:], architecture=os.environ["ARCH"], time=os.environ["SOURCE_DATE_EPOCH"])
pathlib.Path(sys.argv[-1]).write_text(json.dumps(told))
"""


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An ``appimagetool`` that writes down what it was asked for."""
    program = tmp_path / "bin" / "appimagetool"
    program.parent.mkdir()
    program.write_text(TOOL.format(python=sys.executable), encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    monkeypatch.delenv("APPIMAGE_RUNTIME", raising=False)


def test_the_folder_starts_the_program_and_shows_its_entry_and_icon(bundle: Path, icons: Path, tmp_path: Path) -> None:
    tree: Path = lay_app_dir(bundle, icons, "1.2.3", TIME_S, tmp_path)
    link = "kith:abc"
    started = subprocess.run([tree / "AppRun", link], capture_output=True, text=True, check=True)
    assert started.stdout == f"kith {link}\n"
    assert "MimeType=x-scheme-handler/kith;" in (tree / "im.kith.Kith.desktop").read_text("utf-8")
    assert (tree / ".DirIcon").read_bytes() == (icons / "256.png").read_bytes()
    assert 'version="1.2.3"' in (tree / "usr/share/metainfo/im.kith.Kith.metainfo.xml").read_text("utf-8")


def test_all_of_it_has_the_time_of_the_commit_and_stays_inside(bundle: Path, icons: Path, tmp_path: Path) -> None:
    tree: Path = lay_app_dir(bundle, icons, "1.2.3", TIME_S, tmp_path)
    paths = [tree, *tree.rglob("*")]
    assert {path.lstat().st_mtime for path in paths} == {TIME_S}
    assert all(path.resolve().is_relative_to(tree) for path in paths)


@pytest.mark.usefixtures("tool")
def test_the_tool_packs_the_folder_with_the_time_of_the_commit(bundle: Path, icons: Path, tmp_path: Path) -> None:
    image: Path = make_appimage(bundle, icons, "1.2.3", TIME_S, tmp_path)
    told = json.loads(image.read_text("utf-8"))
    assert image.name == f"Kith-1.2.3-{told['architecture']}.AppImage"
    assert told["arguments"][-2:] == [str(tmp_path / "Kith.AppDir"), str(image)]
    assert told["time"] == str(TIME_S)
    assert "--runtime-file" not in told["arguments"]


@pytest.mark.usefixtures("tool")
def test_a_runtime_that_was_checked_is_packed_with_it(
    bundle: Path, icons: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPIMAGE_RUNTIME", "/tools/runtime")
    image: Path = make_appimage(bundle, icons, "1.2.3", TIME_S, tmp_path)
    arguments = json.loads(image.read_text("utf-8"))["arguments"]
    assert arguments[arguments.index("--runtime-file") + 1] == "/tools/runtime"
