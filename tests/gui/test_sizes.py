import pytest

from app.gui.sizes import size


@pytest.mark.parametrize(
    ("size_bytes", "words"),
    [(0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1_000, "1.0 kB"), (67_154_000_000, "67.2 GB")],
)
def test_sizes_are_said_in_units_of_powers_of_ten(size_bytes: int, words: str) -> None:
    assert size(size_bytes) == words


@pytest.mark.usefixtures("german")
def test_bytes_have_no_plural_in_german() -> None:
    assert [size(size_bytes) for size_bytes in (1, 60, 1_000)] == ["1 Byte", "60 Byte", "1,0 kB"]
