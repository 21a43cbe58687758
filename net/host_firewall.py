"""Which firewall keeps this computer, as far as anybody may see it.  What it lets through only its owner may.

Linux alone tells without asking: by world-readable files of ufw and nftables, and by the control group in which systemd
keeps firewalld.
"""

import re
from collections.abc import Callable
from pathlib import Path

_UFW_CONFIGURATION = "etc/ufw/ufw.conf"
_FIREWALLD_GROUP = "sys/fs/cgroup/system.slice/firewalld.service"
_NFTABLES_RULES = "etc/nftables.conf"
_NFTABLES_ENABLED = "etc/systemd/system/sysinit.target.wants/nftables.service"

_UFW_IS_ON = re.compile(r"^\s*ENABLED\s*=\s*[\"']?yes\b", re.MULTILINE | re.IGNORECASE)
_KEEPS_OUT = re.compile(r"hook\s+input\b[^}]*(?:policy\s+drop|\bdrop\b|\breject\b)", re.DOTALL)
"""A chain for what comes in that drops or refuses anything."""

_MAX_READ_CHARACTERS = 100_000


def running_firewall(root: Path = Path("/")) -> str | None:
    """Its name; None where none is seen."""
    found = (name for name, is_running in _FIREWALLS.items() if is_running(root))
    return next(found, None)


def _runs_ufw(root: Path) -> bool:
    return _UFW_IS_ON.search(_read(root / _UFW_CONFIGURATION)) is not None


def _runs_firewalld(root: Path) -> bool:
    return _is_there(root / _FIREWALLD_GROUP)


def _runs_nftables(root: Path) -> bool:
    return _is_there(root / _NFTABLES_ENABLED) and _KEEPS_OUT.search(_read(root / _NFTABLES_RULES)) is not None


_FIREWALLS: dict[str, Callable[[Path], bool]] = {
    "ufw": _runs_ufw,
    "firewalld": _runs_firewalld,
    "nftables": _runs_nftables,
}


def _read(path: Path) -> str:
    """The beginning of the file; nothing where it is not there or not for us."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(_MAX_READ_CHARACTERS)
    except OSError:
        return ""


def _is_there(path: Path) -> bool:
    try:
        return path.is_symlink() or path.exists()
    except OSError:
        return False
