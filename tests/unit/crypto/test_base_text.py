"""Base32 and base64url without padding: one spelling for each value."""

import base64

import pytest

from crypto.base_text import from_base32, from_base64url, to_base32, to_base64url
from crypto.errors import MalformedError

SAMPLES = [bytes(range(200, 200 + size_bytes)) for size_bytes in range(12)]


@pytest.mark.parametrize("data", SAMPLES)
def test_bytes_survive_both_texts(data: bytes) -> None:
    assert from_base32(to_base32(data)) == data
    assert from_base64url(to_base64url(data)) == data


def test_the_texts_are_those_of_rfc_4648_without_padding() -> None:
    assert to_base32(b"foob") == "MZXW6YQ"
    assert to_base64url(b"foob") == "Zm9vYg"
    assert to_base64url(b"\xfb\xff") == "-_8"


@pytest.mark.parametrize(
    "text", ["A", "AAA", "AAAAAA", "mzxw6yq", "MZXW6YQ=", "MZXW6Y1", "MZ XW6YQ", "MZXW6YÄ", "MZXW6YR"]
)
def test_other_base32_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        from_base32(text)


@pytest.mark.parametrize("text", ["Z", "Zm9vY", "Zm9vYg==", "Zm9v+g", "Zm9v Yg", "Zm9vYg\n", "Zm9vYä", "Zm9vYh", "!"])
def test_other_base64url_is_refused(text: str) -> None:
    with pytest.raises(MalformedError):
        from_base64url(text)


def test_standard_base64_is_not_url_safe() -> None:
    text = base64.b64encode(b"\xfb\xff\xfe").decode()
    with pytest.raises(MalformedError):
        from_base64url(text)
