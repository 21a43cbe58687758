"""Lists of endpoints inside payloads and records."""

import pytest

from crypto.encoding import Reader
from crypto.errors import MalformedError
from net.endpoint import Endpoint
from net.endpoint_list import decode_endpoints, encode_endpoints, read_endpoints

BOTH = (Endpoint.of("1.2.3.4", 5), Endpoint.of("2001:db8::1", 6))


def test_the_bytes_are_those_of_the_protocol() -> None:
    assert encode_endpoints(BOTH) == bytes.fromhex(
        "02 04 01020304 0500 06 20010db8000000000000000000000001 0600",
    )
    assert decode_endpoints(encode_endpoints(BOTH)) == BOTH


def test_a_list_ends_where_it_says() -> None:
    reader = Reader(encode_endpoints(BOTH) + b"rest")
    assert read_endpoints(reader) == BOTH
    assert reader.rest() == b"rest"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x01",
        b"\x01\x05" + bytes(6),  # no such family
        b"\x01\x04" + bytes(5),
        b"\x00\x00",  # something behind it
        b"\x09" + 9 * (b"\x04" + bytes(6)),  # nine
    ],
)
def test_other_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(MalformedError):
        decode_endpoints(content)
