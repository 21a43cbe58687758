"""Here mDNS takes its time as RFC 6762 has it, at a tenth of the scale: what is waited for is the same."""

import pytest
from zeroconf import _core


@pytest.fixture(autouse=True)
def impatient_mdns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Probe for a name, and repeat announcements, after shorter pauses."""
    for pause_ms in ("_CHECK_TIME", "_REGISTER_TIME", "_UNREGISTER_TIME"):
        monkeypatch.setattr(_core, pause_ms, getattr(_core, pause_ms) // 10)
