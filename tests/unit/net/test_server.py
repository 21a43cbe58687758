from pathlib import Path

import pytest

from net.errors import LocalError
from net.server import ServerAddress, TurnServer, TurnTransport


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("stun.example.org:3478", "stun.example.org", 3478),
        ("localhost:1", "localhost", 1),
        ("192.0.2.1:65535", "192.0.2.1", 65_535),
        ("[2001:db8::1]:443", "2001:db8::1", 443),
    ],
)
def test_a_server_address_prints_as_it_was_given(text: str, host: str, port: int) -> None:
    address = ServerAddress.parse(text)
    assert (address.host, address.port) == (host, port)
    assert str(address) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "host",
        ":1",
        "host:",
        "host:0",
        "host:65536",
        "host:+1",
        "host:١",
        "host:" + "9" * 5_000,
        "host name:1",
        "-host:1",
        "host-:1",
        "a..b:1",
        f"{'a' * 64}:1",
        f"{'a.' * 127}aa:1",
        "host\n:1",
        "::1:1",
        "[::1:1",
        "[192.0.2.1]:1",
        "[host]:1",
    ],
)
def test_anything_else_is_no_server_address(text: str) -> None:
    with pytest.raises(LocalError):
        ServerAddress.parse(text)


def test_a_turn_uri_is_taken_apart() -> None:
    server = TurnServer.parse("turn:ann:s3cret@relay.example:5349?transport=tls&cafile=/etc/relay.pem")
    assert server.address == ServerAddress("relay.example", 5349)
    assert server.username == "ann"
    assert server.secret.reveal() == b"s3cret"
    assert server.transport is TurnTransport.TLS
    assert server.ca_file == Path("/etc/relay.pem")


def test_a_turn_uri_without_options_means_udp() -> None:
    server = TurnServer.parse("turn:ann:s3cret@192.0.2.1:3478")
    assert (server.transport, server.ca_file) == (TurnTransport.UDP, None)


def test_turn_credentials_are_percent_decoded() -> None:
    server = TurnServer.parse("turn:1795000000%3Aann:a%40b%3A%C3%A9@[::1]:3478?transport=tcp")
    assert server.username == "1795000000:ann"
    assert server.secret.reveal() == "a@b:é".encode()
    assert server.address == ServerAddress("::1", 3478)


@pytest.mark.parametrize(
    "uri",
    [
        "turn:ann:s3cret@relay.example:3478?transport=udp",
        "turn:1795000000%3Aann:a%40b%3A%C3%A9@[::1]:3478?transport=tcp",
        "turn:ann:s3cret@relay.example:443?transport=tls&cafile=/etc/my%20%26%2B.pem",
    ],
)
def test_a_turn_server_writes_the_uri_that_it_was_read_from_and_prints_it_without_the_secret(uri: str) -> None:
    server = TurnServer.parse(uri)
    assert server.uri() == uri
    credentials, _, rest = uri.rpartition("@")
    assert str(server) == f"{credentials.rpartition(':')[0]}@{rest}"


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "stun:ann:s@host:1",
        "turn:host:1",
        "turn:ann@host:1",
        "turn::s@host:1",
        "turn:ann:@host:1",
        "turn:ann:s@host",
        "turn:ann:s@host:1?transport",
        "turn:ann:s@host:1?transport=sctp",
        "turn:ann:s@host:1?transport=",
        "turn:ann:s@host:1?transport=udp&transport=tcp",
        "turn:ann:s@host:1?transport=udp&cafile=x",
        "turn:ann:s@host:1?colour=red",
        "turn:ann:\udcff@host:1",
        "turn:ann:s@host:1?transport=tls&cafile=\udcff",
    ],
)
def test_anything_else_is_no_turn_uri_and_is_not_quoted(uri: str) -> None:
    with pytest.raises(LocalError) as caught:
        TurnServer.parse(uri)
    assert "ann" not in str(caught.value)


def test_the_secret_does_not_print() -> None:
    assert "s3cret" not in repr(TurnServer.parse("turn:ann:s3cret@host:1"))
