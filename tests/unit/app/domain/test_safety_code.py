import pytest

from app.domain.safety_code import digits_of, safety_code

DIGITS = "0123456789" * 6


def test_the_digits_come_back_out_of_the_code() -> None:
    assert digits_of(safety_code(DIGITS)) == DIGITS
    assert digits_of(safety_code(DIGITS).lower()) == DIGITS


@pytest.mark.parametrize(
    "code",
    ["", DIGITS, "KITH:" + DIGITS, safety_code(DIGITS[:-1]), safety_code(DIGITS + "0"), safety_code("٣" * 60)],
)
def test_anything_else_holds_none(code: str) -> None:
    assert digits_of(code) is None
