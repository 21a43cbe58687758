"""What a start loads: the budgets of time and memory leave no room for what most people need later or never."""

import subprocess
import sys

import pytest

LATE = frozenset(
    {
        "aioice",
        "aioquic",
        "dns",
        "email",
        "emoji",
        "libtorrent",
        "OpenSSL",
        "segno",
        "service_identity",
        "xml",
        "zxingcpp",
    }
)
"""Of ICE, QUIC, the DHT, port mapping, codes, the names of emoji, versions and macOS."""

HEADLESS = "import app.bootstrap, app.rpc.main"
WINDOW = "import app.bootstrap, app.gui.main"


@pytest.mark.parametrize(
    ("start", "late"), [(HEADLESS, LATE | {"PySide6", "qasync"}), (WINDOW, LATE)], ids=["headless", "window"]
)
def test_a_start_loads_nothing_that_can_wait(start: str, late: frozenset[str]) -> None:
    told = subprocess.run(
        [sys.executable, "-c", f"{start}; import sys; print(*sys.modules)"], check=True, capture_output=True, text=True
    )
    loaded = {name.partition(".")[0] for name in told.stdout.split()}
    assert "net" in loaded
    assert not loaded & late
