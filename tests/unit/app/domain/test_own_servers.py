from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import ErrorKind, KithError
from app.domain.own_servers import MAX_CREDENTIAL_BYTES, MAX_SERVERS, OwnServers
from app.domain.settings import Settings
from crypto.secret import Secret
from net.server import ServerAddress, TurnServer, TurnTransport

STUN = ("stun.example.org:3478", "[2001:db8::1]:443")
TURN = ("turn:ann:s3cret@relay.example.org:3478", "turn:a%3Ab:%40@192.0.2.1:443?transport=tls&cafile=/etc/my%20ca.pem")


def relay(username: str = "ann", secret: str = "s3cret") -> TurnServer:
    address = ServerAddress("relay.example.org", 3478)
    return TurnServer(address, username, Secret(secret.encode()), TurnTransport.TCP)


def test_servers_are_read_as_they_were_stored_secrets_included() -> None:
    servers = OwnServers.of(STUN, TURN)
    again = OwnServers.read(servers.stored())
    assert again.stun == servers.stun
    assert again.stored() == servers.stored()
    assert [each.secret.reveal() for each in again.turn] == [b"s3cret", b"@"]
    assert OwnServers.read("") == OwnServers()


@given(st.text(min_size=1), st.text(min_size=1))
def test_whatever_stands_in_credentials_they_are_refused_or_kept_as_they_are(username: str, secret: str) -> None:
    try:
        servers = OwnServers(turn=(relay(username, secret),)).checked()
    except KithError:
        return
    (again,) = OwnServers.read(servers.stored()).turn
    assert (again.username, again.secret.reveal()) == (username, secret.encode())


@given(st.text())
def test_whatever_is_stored_it_is_read_or_refused_as_a_setting(text: str) -> None:
    try:
        OwnServers.read(text).checked()
    except KithError as error:
        assert error.kind is ErrorKind.SETTING_INVALID


@pytest.mark.parametrize(
    ("stun", "turn"),
    [
        (["stun.example.org"], []),
        (["stun.example.org:3478\n"], []),
        (["stun.example.org:3478"] * 2, []),
        ([f"stun{number}.example.org:3478" for number in range(MAX_SERVERS + 1)], []),
        ([], ["turn:relay.example.org:3478"]),
        ([], ["turn:ann:@relay.example.org:3478"]),
        ([], ["turn:ann:s3cret@relay.example.org:3478", "turn:ben:s3cret@relay.example.org:3478?transport=udp"]),
        ([], [f"turn:ann:s3cret@relay.example.org:{port}" for port in range(1, MAX_SERVERS + 2)]),
        ([], [f"turn:ann:{'x' * (MAX_CREDENTIAL_BYTES + 1)}@relay.example.org:3478"]),
        ([], [f"turn:{'x' * (MAX_CREDENTIAL_BYTES + 1)}:s3cret@relay.example.org:3478"]),
        ([], ["turn:a%0Ab:s3cret@relay.example.org:3478"]),
        ([], [f"turn:ann:s3cret@relay.example.org:3478?transport=tls&cafile=/{'x' * 5_000}"]),
    ],
)
def test_what_cannot_be_used_is_refused(stun: list[str], turn: list[str]) -> None:
    with pytest.raises(KithError) as refused:
        OwnServers.of(stun, turn)
    assert refused.value.kind is ErrorKind.SETTING_INVALID


def test_settings_with_such_servers_are_refused_too() -> None:
    with pytest.raises(KithError):
        Settings(servers=OwnServers(turn=(relay(""),))).checked()


def test_one_relay_may_be_named_for_each_way_to_it() -> None:
    both = (relay(), replace(relay(), transport=TurnTransport.TLS))
    assert OwnServers(turn=both).checked().turn == both


def test_a_secret_is_printed_nowhere() -> None:
    settings = Settings(servers=OwnServers.of((), TURN))
    for shown in (repr(settings), str(settings.servers), *map(str, settings.servers.turn)):
        assert "s3cret" not in shown
        assert "%40@" not in shown
