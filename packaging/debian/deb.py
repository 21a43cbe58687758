"""Makes ``build/kith-messenger_VERSION_ARCH.deb`` out of the bundle.

Installed under /usr/lib/kith: programs of one package with libraries of their own.  Two builds of one commit are equal
to the byte: order, owners and times are fixed.
"""

import gzip
import hashlib
import os
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

FOLDER = Path(__file__).parent
ICON_SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)


def make_deb(bundle: Path, icons: Path, version: str, time: int, target: Path) -> Path:
    """Lay the tree out, then pack it; returns the package in the folder ``target``."""
    tree = target / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    architecture = _said("dpkg", "--print-architecture")
    date = datetime.fromtimestamp(time, UTC)
    values = {"VERSION": version, "ARCHITECTURE": architecture, "DATE": date.strftime("%Y-%m-%d")}
    lay_program(tree, bundle)
    lay_desktop(tree, icons, values)
    _lay_documents(tree, values, date)
    _lay_control(tree, values)
    _fix(tree, time)
    package = target / f"kith-messenger_{version}_{architecture}.deb"
    command = ["dpkg-deb", "--root-owner-group", "-Zxz", "-z9", "--build", str(tree), str(package)]
    subprocess.run(command, check=True, env=os.environ | {"SOURCE_DATE_EPOCH": str(time)})
    return package


def lay_program(tree: Path, bundle: Path) -> None:
    """The bundle, and the command that is a link into it."""
    home = tree / "usr/lib/kith"
    shutil.copytree(bundle, home, symlinks=True)
    command = tree / "usr/bin/kith"
    command.parent.mkdir(parents=True)
    command.symlink_to("../lib/kith/kith")


def lay_desktop(tree: Path, icons: Path, values: dict[str, str]) -> None:
    """What desktops look for: entry, metadata, icons."""
    share = tree / "usr/share"
    _put(share / "applications/im.kith.Kith.desktop", (FOLDER / "im.kith.Kith.desktop").read_text("utf-8"))
    _put(share / "metainfo/im.kith.Kith.metainfo.xml", _filled("im.kith.Kith.metainfo.xml", values))
    for size in ICON_SIZES:
        _copy(icons / f"{size}.png", share / f"icons/hicolor/{size}x{size}/apps/im.kith.Kith.png")
    _copy(FOLDER.parent / "icons/kith.svg", share / "icons/hicolor/scalable/apps/im.kith.Kith.svg")


def _lay_documents(tree: Path, values: dict[str, str], date: datetime) -> None:
    documents = tree / "usr/share/doc/kith-messenger"
    _put(documents / "copyright", (FOLDER / "copyright").read_text("utf-8"))
    stamp = date.strftime("%a, %d %b %Y %H:%M:%S +0000")
    changes = (
        f"kith-messenger ({values['VERSION']}) unstable; urgency=medium\n\n"
        "  * See CHANGELOG.md of the source.\n\n"
        f" -- Kith developers <kith@users.noreply.example>  {stamp}\n"
    )
    _put_zipped(documents / "changelog.gz", changes)
    _put_zipped(tree / "usr/share/man/man1/kith.1.gz", _filled("kith.1", values))
    _put(tree / "usr/share/lintian/overrides/kith-messenger", (FOLDER / "lintian-overrides").read_text("utf-8"))


def _lay_control(tree: Path, values: dict[str, str]) -> None:
    files = sorted(path for path in tree.rglob("*") if path.is_file() and not path.is_symlink())
    size_kib = sum(-(-path.stat().st_size // 1024) for path in files)
    sums = "".join(f"{_md5(path)}  {path.relative_to(tree)}\n" for path in files)
    _put(tree / "DEBIAN/control", _filled("control.in", values | {"SIZE": str(size_kib)}))
    _put(tree / "DEBIAN/md5sums", sums)


def _fix(tree: Path, time: int) -> None:
    """One owner, the usual rights, and the time of the commit."""
    for path in sorted(tree.rglob("*"), reverse=True):
        if not path.is_symlink():
            is_program = path.is_dir() or path == tree / "usr/lib/kith/kith"
            path.chmod(0o755 if is_program else 0o644)
        os.utime(path, (time, time), follow_symlinks=False)
    tree.chmod(0o755)
    os.utime(tree, (time, time))


def _filled(name: str, values: dict[str, str]) -> str:
    text = (FOLDER / name).read_text("utf-8")
    for key, value in values.items():
        text = text.replace(f"@{key}@", value)
    return text


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _put_zipped(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
