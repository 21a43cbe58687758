"""The Debian package, made of a small bundle: the real one takes minutes (``dev.py package --verify``)."""

import io
import subprocess
import tarfile
from pathlib import Path

from deb import make_deb  # type: ignore[import-not-found]

import dev
from tests.support.tree import ROOT

TIME_S = 1_800_000_000


def made(bundle: Path, icons: Path, folder: Path) -> Path:
    package: Path = make_deb(bundle, icons, "1.2.3", TIME_S, folder)
    return package


def told(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_two_builds_are_equal_to_the_byte(bundle: Path, icons: Path, tmp_path: Path) -> None:
    one, other = (made(bundle, icons, tmp_path / name) for name in ("one", "other"))
    assert one.name.startswith("kith-messenger_1.2.3_")
    assert one.read_bytes() == other.read_bytes()


def test_all_of_it_has_the_time_of_the_commit(bundle: Path, icons: Path, tmp_path: Path) -> None:
    package = made(bundle, icons, tmp_path)
    packed = subprocess.run(["dpkg-deb", "--fsys-tarfile", str(package)], capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        members = archive.getmembers()
    assert len(members) > 10
    assert [member.name for member in members if member.mtime != TIME_S] == []


def test_it_holds_what_a_desktop_looks_for(bundle: Path, icons: Path, tmp_path: Path) -> None:
    package = made(bundle, icons, tmp_path)
    names = {line.split()[5].removeprefix("./") for line in told("dpkg-deb", "--contents", str(package)).splitlines()}
    assert {
        "usr/bin/kith",
        "usr/lib/kith/kith",
        "usr/lib/kith/_internal/library.so",
        "usr/share/applications/im.kith.Kith.desktop",
        "usr/share/metainfo/im.kith.Kith.metainfo.xml",
        "usr/share/man/man1/kith.1.gz",
        "usr/share/doc/kith-messenger/copyright",
        "usr/share/icons/hicolor/16x16/apps/im.kith.Kith.png",
        "usr/share/icons/hicolor/512x512/apps/im.kith.Kith.png",
        "usr/share/icons/hicolor/scalable/apps/im.kith.Kith.svg",
    } <= names
    assert not any(name.startswith(("opt/", "usr/local/")) for name in names)


def test_it_names_every_library_that_qt_loads_from_the_system() -> None:
    control = (ROOT / "packaging" / "debian" / "control.in").read_text("utf-8")
    (depends,) = [line for line in control.splitlines() if line.startswith("Depends:")]
    for package in set(dev.QT_LIBRARIES.values()) - {"libbrotli1"}:  # which comes with libfontconfig1
        assert package in depends, package


def test_links_lead_to_the_program(bundle: Path, icons: Path, tmp_path: Path) -> None:
    package = made(bundle, icons, tmp_path)
    told("dpkg-deb", "--extract", str(package), str(tmp_path / "system"))
    entry = (tmp_path / "system/usr/share/applications/im.kith.Kith.desktop").read_text("utf-8")
    assert "MimeType=x-scheme-handler/kith;" in entry
    assert "Exec=kith %u" in entry
    assert "StartupWMClass=Kith\n" in entry  # what Qt gives windows on X11; on Wayland they carry the entry's name
    assert told(str(tmp_path / "system/usr/bin/kith")) == "kith\n"
