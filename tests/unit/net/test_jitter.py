import pytest

from net.jitter import shortened


@pytest.mark.parametrize(("drawn", "expected"), [(b"\x00" * 4, 10.0), (b"\x00\x00\x00\x80", 9.0), (b"\xff" * 4, 8.0)])
def test_an_interval_loses_up_to_its_part(drawn: bytes, expected: float) -> None:
    assert shortened(10.0, 0.2, lambda size_bytes: drawn[:size_bytes]) == pytest.approx(expected)
