import pytest

from net.endpoint import Endpoint
from net.errors import LocalError


@pytest.mark.parametrize("text", ["1.2.3.4:5", "0.0.0.0:0", "[::1]:5", "[2001:db8::1]:65535"])
def test_an_endpoint_prints_as_it_was_given(text: str) -> None:
    assert str(Endpoint.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":",
        "1.2.3.4",
        "1.2.3.4:",
        "host:1",
        "::1:5",
        "[1.2.3.4]:5",
        "[::1]5",
        "1.2.3.4:65536",
        "1.2.3.4:-1",
        "1.2.3.4:٣",
        "1.2.3.4: 1",
        "1.2.3.4:1\n",
        "1.2.3.4:" + "9" * 5_000,
    ],
)
def test_anything_else_is_no_endpoint(text: str) -> None:
    with pytest.raises(LocalError):
        Endpoint.parse(text)


def test_what_the_socket_module_gives_loses_zone_and_mapping() -> None:
    assert str(Endpoint.of("fe80::1%eth0", 1)) == "[fe80::1]:1"
    assert str(Endpoint.of("::ffff:192.0.2.1", 1)) == "192.0.2.1:1"
