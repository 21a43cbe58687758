import json
import logging
from ipaddress import ip_address
from pathlib import Path

import pytest

from app import paths
from app.config import Command, LaunchOptions, parse_arguments
from app.logs import LogLevel
from net.endpoint import Endpoint
from net.server import ServerAddress, TurnTransport


def test_nothing_means_the_desktop_with_every_default() -> None:
    options = parse_arguments([])
    assert options == LaunchOptions()
    assert options.command is Command.DESKTOP
    assert options.profile == paths.default_profile()
    assert (options.lan, options.dht, options.port_mapping) == (None, None, None)
    assert (options.listen, options.dht_bootstrap, options.stun, options.turn) == ((), (), (), ())
    assert options.log_level is LogLevel.WARNING


def test_the_desktop_takes_a_link_among_its_flags() -> None:
    options = parse_arguments(["--no-lan", "kith:abc", "--profile", "p"])
    assert (options.command, options.link, options.profile) == (Command.DESKTOP, "kith:abc", Path("p"))


@pytest.mark.parametrize("command", ["rpc", "doctor", "self-test", "version"])
def test_each_command_is_known_by_its_name(command: str) -> None:
    assert parse_arguments([command]) == LaunchOptions(command=Command(command))


def test_rpc_takes_every_flag_of_the_contract() -> None:
    options = parse_arguments(
        [
            "rpc",
            *("--profile", "/p"),
            *("--create", "Ann"),
            *("--passphrase-file", "/pass"),
            *("--listen", "127.0.0.1:0", "--listen", "[::1]:0"),
            *("--no-lan", "--no-dht", "--no-port-mapping", "--no-stun"),
            *("--dht-bootstrap", "dht.example:6881"),
            *("--stun", "stun.example:3478", "--stun", "[::1]:3478"),
            *("--turn", "turn:u:s@relay.example:5349?transport=tls&cafile=/ca"),
            *("--log-level", "debug"),
        ]
    )
    (turn,) = options.turn
    assert (turn.username, turn.transport, turn.ca_file) == ("u", TurnTransport.TLS, Path("/ca"))
    assert options == LaunchOptions(
        command=Command.RPC,
        profile=Path("/p"),
        create="Ann",
        passphrase_file=Path("/pass"),
        listen=(Endpoint(ip_address("127.0.0.1"), 0), Endpoint(ip_address("::1"), 0)),
        lan=False,
        dht=False,
        port_mapping=False,
        asks_stun=False,
        dht_bootstrap=(ServerAddress("dht.example", 6881),),
        stun=(ServerAddress("stun.example", 3478), ServerAddress("::1", 3478)),
        turn=(turn,),
        log_level=LogLevel.DEBUG,
    )


def test_a_switch_given_twice_ends_as_its_last_word() -> None:
    assert parse_arguments(["rpc", "--no-lan", "--lan"]).lan is True


def test_the_doctor_answers_in_json_when_asked() -> None:
    assert parse_arguments(["doctor", "--json"]).json is True
    assert parse_arguments(["doctor"]).json is False


def test_log_levels_are_those_of_the_standard_library() -> None:
    levels = {name: parse_arguments(["rpc", "--log-level", name]).log_level for name in ("error", "warning", "info")}
    assert levels == {"error": logging.ERROR, "warning": logging.WARNING, "info": logging.INFO}


@pytest.mark.parametrize(
    "arguments",
    [
        ["serve"],
        ["rpc", "kith:abc"],
        ["rpc", "--json"],
        ["rpc", "--prof", "p"],
        ["rpc", "--profile"],
        ["rpc", "--listen", "127.0.0.1"],
        ["rpc", "--listen", "::1:0"],
        ["rpc", "--listen", "host:0"],
        ["rpc", "--listen", "127.0.0.1:65536"],
        ["rpc", "--stun", "host"],
        ["rpc", "--turn", "turn:user:hunter2@host"],
        ["rpc", "--log-level", "loud"],
        ["--create", "Ann"],
        ["doctor", "--create", "Ann"],
        ["version", "--profile", "p"],
        ["kith:a", "kith:b"],
    ],
)
def test_wrong_usage_exits_with_2_and_one_json_object(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse_arguments(arguments)
    assert caught.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    error = json.loads(err)["error"]
    assert error["kind"] == "usage"
    assert "--help" in error["message"]
    assert "hunter2" not in err


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse_arguments(["--help"])
    assert caught.value.code == 0
    out = capsys.readouterr().out
    assert all(f"kith {command.value}" in out for command in Command if command is not Command.DESKTOP)


def test_neither_link_nor_name_prints_with_the_options() -> None:
    assert "abc" not in repr(parse_arguments(["kith:abc"]))
    assert "Ann" not in repr(parse_arguments(["rpc", "--create", "Ann"]))
