"""Builds what is handed to people, for the system it runs on: ``python3 dev.py package``.

    bundle      build/dist/kith, and it tests itself
    Linux       build/kith-messenger_VERSION_ARCH.deb
                build/Kith-VERSION-ARCH.AppImage, where appimagetool is installed
    Windows     build/Kith-VERSION-setup.exe, where makensis is installed
    macOS       build/Kith-VERSION.dmg

``--verify`` (Linux, root) then builds the .deb once more and compares (``packaging/verify``), installs it in a fresh
Debian 12 and lets two copies talk there (``packaging/debian/try``).
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parent
sys.path[:0] = [str(ROOT), str(FOLDER), str(FOLDER / "debian"), str(FOLDER / "appimage")]

from appimage import make_appimage
from bundle import BUILD, check_bundle, commit_time, make_bundle
from deb import make_deb

from app import VERSION


def main() -> int:
    parser = argparse.ArgumentParser(prog="dev.py package", description=__doc__)
    parser.add_argument("--verify", action="store_true", help="install and try the result in a fresh Debian 12")
    parser.add_argument("--into", type=Path, default=BUILD, help="where the result goes; build/ by default")
    options = parser.parse_args()
    icons = options.into / "icons"
    subprocess.run([sys.executable, str(FOLDER / "draw_icons.py"), str(icons)], check=True)
    bundle = make_bundle(options.into)
    check_bundle(bundle)
    made = _packed(bundle, icons, options.into)
    for path in made:
        print(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}")
    if not options.verify:
        return 0
    tries = ([sys.executable, str(FOLDER / "verify"), str(made[0])], [str(FOLDER / "debian" / "try"), str(made[0])])
    return max(subprocess.call(command) for command in tries)


def _packed(bundle: Path, icons: Path, into: Path) -> list[Path]:
    if sys.platform == "linux":
        makers = [make_deb, make_appimage] if shutil.which("appimagetool") else [make_deb]
        return [make(bundle, icons, VERSION, commit_time(), into) for make in makers]
    if sys.platform == "win32":
        subprocess.run(["makensis", f"-DVERSION={VERSION}", str(FOLDER / "windows" / "kith.nsi")], check=True)
        return [BUILD / f"Kith-{VERSION}-setup.exe"]
    subprocess.run([str(FOLDER / "macos" / "dmg.sh"), VERSION], check=True)
    return [BUILD / f"Kith-{VERSION}.dmg"]


if __name__ == "__main__":
    sys.exit(main())
