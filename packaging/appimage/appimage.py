"""Makes ``build/Kith-VERSION-ARCH.AppImage`` out of the bundle: one file that runs without being installed.

It holds what the .deb lays out below ``/usr``, and like it uses libraries that every Linux desktop has.  Times and
owners are fixed, as in the .deb.
"""

import os
import platform
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from deb import lay_desktop, lay_program

ENTRY = "im.kith.Kith"
COMPRESSION = "zstd"


def make_appimage(bundle: Path, icons: Path, version: str, time: int, target: Path) -> Path:
    """Lay the folder out, then let ``appimagetool`` pack it; returns the image in the folder ``target``.

    ``APPIMAGE_RUNTIME`` may name the program that goes before the packed folder; without it the tool loads the newest
    from its project.
    """
    tree = lay_app_dir(bundle, icons, version, time, target)
    image = target / f"Kith-{version}-{platform.machine()}.AppImage"
    runtime = os.environ.get("APPIMAGE_RUNTIME")
    command = ["appimagetool", "--comp", COMPRESSION, *(["--runtime-file", runtime] if runtime else [])]
    environment = os.environ | {"ARCH": platform.machine(), "SOURCE_DATE_EPOCH": str(time)}
    subprocess.run([*command, str(tree), str(image)], check=True, env=environment)
    return image


def lay_app_dir(bundle: Path, icons: Path, version: str, time: int, target: Path) -> Path:
    """The folder that the image holds: ``Kith.AppDir`` in ``target``, whose ``AppRun`` starts it unpacked as well."""
    tree = target / "Kith.AppDir"
    shutil.rmtree(tree, ignore_errors=True)
    lay_program(tree, bundle)
    lay_desktop(tree, icons, {"VERSION": version, "DATE": datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d")})
    (tree / f"{ENTRY}.desktop").symlink_to(f"usr/share/applications/{ENTRY}.desktop")
    (tree / f"{ENTRY}.png").symlink_to(f"usr/share/icons/hicolor/256x256/apps/{ENTRY}.png")
    (tree / ".DirIcon").symlink_to(f"{ENTRY}.png")
    (tree / "AppRun").symlink_to("usr/lib/kith/kith")
    for path in [tree, *tree.rglob("*")]:
        os.utime(path, (time, time), follow_symlinks=False)
    return tree
