import pytest

from app.gui.new_passphrase import objection


@pytest.mark.parametrize(
    ("passphrase", "again", "words"),
    [("", "", "several words"), ("", "typed here alone", "several words"), ("one way", "another way", "not the same")],
)
def test_a_passphrase_that_is_none_or_was_typed_two_ways_is_objected_to(
    passphrase: str, again: str, words: str
) -> None:
    assert words in objection(passphrase, again)


def test_one_that_was_typed_twice_alike_is_taken() -> None:
    assert objection("correct horse", "correct horse") == ""
