from pathlib import Path

import pytest

from net.host_firewall import running_firewall

DROPPING = """
table inet filter {
    chain input {
        type filter hook input priority filter; policy drop;
        ct state established accept
    }
}
"""
OPEN = DROPPING.replace("policy drop", "policy accept")


def write(root: Path, name: str, text: str = "") -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({}, None),
        ({"etc/ufw/ufw.conf": "# comment\nENABLED=yes\nLOGLEVEL=low\n"}, "ufw"),
        ({"etc/ufw/ufw.conf": "ENABLED=no\n#ENABLED=yes\n"}, None),
        ({"sys/fs/cgroup/system.slice/firewalld.service/cgroup.procs": "1"}, "firewalld"),
        (
            {"etc/nftables.conf": DROPPING, "etc/systemd/system/sysinit.target.wants/nftables.service": ""},
            "nftables",
        ),
        ({"etc/nftables.conf": OPEN, "etc/systemd/system/sysinit.target.wants/nftables.service": ""}, None),
        ({"etc/nftables.conf": DROPPING}, None),
    ],
)
def test_a_firewall_is_known_by_what_anybody_may_see(tmp_path: Path, files: dict[str, str], found: str | None) -> None:
    for name, text in files.items():
        write(tmp_path, name, text)
    assert running_firewall(tmp_path) == found


def test_what_cannot_be_read_tells_nothing(tmp_path: Path) -> None:
    (tmp_path / "etc" / "ufw" / "ufw.conf").mkdir(parents=True)
    assert running_firewall(tmp_path) is None


def test_a_file_of_any_bytes_is_survived(tmp_path: Path) -> None:
    write(tmp_path, "etc/ufw/ufw.conf", "hook input " * 50_000)
    (tmp_path / "etc" / "nftables.conf").write_bytes(bytes(range(256)) * 9_000)
    write(tmp_path, "etc/systemd/system/sysinit.target.wants/nftables.service")
    assert running_firewall(tmp_path) is None
