import pytest

from app.domain.content import MOMENTARY, ContentType, is_conversation
from app.domain.passing_content import PassContent, decode_passed
from crypto.errors import MalformedError

VALUE, FINGERPRINT, NONCE = bytes(range(256)) * 3, bytes(range(32)), bytes(range(16))


def test_it_names_one_account_and_no_other() -> None:
    asked = PassContent.decode(PassContent.naming(FINGERPRINT, VALUE, nonce=NONCE).encode())
    assert (asked.nonce, asked.value) == (NONCE, VALUE)
    assert asked.names(FINGERPRINT)
    assert not asked.names(FINGERPRINT[:-1] + b"\0")


def test_two_for_the_same_account_have_nothing_in_common() -> None:
    one, other = (PassContent.naming(FINGERPRINT, VALUE, nonce=nonce) for nonce in (NONCE, bytes(16)))
    assert one.tag != other.tag
    assert not PassContent(other.nonce, one.tag, VALUE).names(FINGERPRINT)


@pytest.mark.parametrize("size_bytes", [0, 31, 32, 799, 801])
def test_another_size_is_malformed(size_bytes: int) -> None:
    with pytest.raises(MalformedError):
        PassContent.decode(bytes(size_bytes))


@pytest.mark.parametrize("size_bytes", [0, 767, 769])
def test_a_value_of_another_size_is_malformed(size_bytes: int) -> None:
    with pytest.raises(MalformedError):
        decode_passed(bytes(size_bytes))


def test_older_versions_ignore_both() -> None:
    assert not any(is_conversation(each) for each in MOMENTARY)
    assert {ContentType.PASS, ContentType.PASSED} < MOMENTARY
