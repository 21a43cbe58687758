"""The command line: what a person or a script asked for, checked and typed (``docs/automation.md``, The process).

Reading it touches nothing: no folder is made, no name resolved, no file opened.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import NoReturn, TypeVar

from app import paths
from app.logs import LogLevel
from net.endpoint import Endpoint
from net.errors import LocalError
from net.server import ServerAddress, TurnServer

T = TypeVar("T")

EXIT_USAGE = 2
LINK_SCHEME = "kith:"

_SUMMARY = """\
kith [LINK]       open the desktop application, and add the contact that LINK invites to
kith rpc          serve JSON-RPC 2.0 on stdin and stdout
kith doctor       check the network and say in words what works
kith self-test    exercise every bundled native part
kith version      print the version

kith COMMAND --help tells the options of each."""


class Command(Enum):
    """What to run; the desktop application where no command is named."""

    DESKTOP = "desktop"
    RPC = "rpc"
    DOCTOR = "doctor"
    SELF_TEST = "self-test"
    VERSION = "version"


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchOptions:
    """One command line, with the defaults filled in."""

    command: Command = Command.DESKTOP
    link: str | None = field(default=None, repr=False)
    """A contact link to open; it holds the invite's secret."""
    json: bool = False
    """``doctor`` answers in JSON."""
    profile: Path = field(default_factory=paths.default_profile)
    create: str | None = field(default=None, repr=False)
    """The name of the account to make if the profile has none."""
    exported: Path | None = None
    """A file to make the account out of if the profile has none."""
    passphrase_file: Path | None = None
    listen: tuple[Endpoint, ...] = ()
    """Where to listen; empty: all interfaces and both families, on the profile's own port."""
    lan: bool | None = None
    """Find contacts on the local network; None leaves it to the setting of the profile."""
    dht: bool | None = None
    port_mapping: bool | None = None
    dht_bootstrap: tuple[ServerAddress, ...] = ()
    """Replaces the built-in list unless empty."""
    stun: tuple[ServerAddress, ...] = ()
    """Replaces the built-in list unless empty, and switches STUN on for this run."""
    asks_stun: bool | None = None
    """False: ask no STUN server in this run, named or not."""
    turn: tuple[TurnServer, ...] = ()
    log_level: LogLevel = LogLevel.WARNING


def parse_arguments(arguments: Sequence[str]) -> LaunchOptions:
    """Read the command line after the program's name.

    Raises:
        SystemExit: with 2 for wrong usage, after one JSON object on stderr; with 0 after ``--help``.
    """
    named = Command(arguments[0]) if arguments and arguments[0] in _NAMED_COMMANDS else None
    command = named or Command.DESKTOP
    values = vars(_parser_of(command).parse_args(arguments[1:] if named else arguments))
    lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return LaunchOptions(command=command, **(values | lists))


_NAMED_COMMANDS = frozenset(command.value for command in Command if command is not Command.DESKTOP)


class _Parser(argparse.ArgumentParser):
    """Tells wrong usage in the form of every failed start (``docs/automation.md``, The process)."""

    def error(self, message: str) -> NoReturn:
        sentence = f"{message}; see {self.prog} --help"
        sys.stderr.write(json.dumps({"error": {"kind": "usage", "message": sentence}}) + "\n")
        raise SystemExit(EXIT_USAGE)


def _parser_of(command: Command) -> _Parser:
    """The parser of one command; what the command line leaves out is absent, so that defaults stand in one place."""
    is_desktop = command is Command.DESKTOP
    parser = _Parser(
        prog="kith" if is_desktop else f"kith {command.value}",
        usage=None if not is_desktop else "kith [LINK] [options]\n       kith COMMAND [options]",
        epilog=_SUMMARY if is_desktop else None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        argument_default=argparse.SUPPRESS,
        allow_abbrev=False,
    )
    if command in {Command.DESKTOP, Command.RPC, Command.DOCTOR}:
        _add_profile_options(parser)
        _add_network_options(parser)
    if command is Command.DESKTOP:
        parser.add_argument("link", nargs="?", default=None, metavar="LINK", type=_link, help="a contact link, kith:…")
    if command is Command.RPC:
        making = parser.add_mutually_exclusive_group()
        making.add_argument("--create", metavar="NAME", help="make an account of that name if the profile has none")
        about = "make the account out of an exported file if the profile has none"
        making.add_argument("--import", dest="exported", metavar="FILE", type=Path, help=about)
    if command is Command.DOCTOR:
        parser.add_argument("--json", action="store_true", help="answer in JSON")
    return parser


def _add_profile_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--profile", metavar="DIR", type=Path, help="the profile folder")
    add("--passphrase-file", metavar="F", type=Path, help="holds the passphrase; else $KITH_PASSPHRASE or the keyring")
    levels = ", ".join(level.name.lower() for level in LogLevel)
    add("--log-level", metavar="LEVEL", type=_log_level, help=f"{levels}; warning by default")


def _add_network_options(parser: argparse.ArgumentParser) -> None:
    def several(flag: str, parse: Callable[[str], T], metavar: str, about: str) -> None:
        parser.add_argument(flag, action="append", type=_checked(parse), metavar=metavar, help=f"{about}; repeatable")

    def switch(flag: str, about: str) -> None:
        parser.add_argument(flag, action=argparse.BooleanOptionalAction, help=f"{about}; on by default")

    several("--listen", Endpoint.parse, "HOST:PORT", "address to listen on, port 0 picks one")
    switch("--lan", "find contacts on the local network")
    switch("--dht", "find contacts across the internet")
    switch("--port-mapping", "ask the router for an open port (UPnP, NAT-PMP)")
    several("--dht-bootstrap", ServerAddress.parse, "HOST:PORT", "DHT node to start from, instead of the built-in ones")
    several("--stun", ServerAddress.parse, "HOST:PORT", "STUN server to ask, instead of the built-in ones")
    about = "ask no STUN server for this computer's address"
    parser.add_argument("--no-stun", action="store_const", const=False, dest="asks_stun", help=about)
    several(
        "--turn", TurnServer.parse, "URI", "relay, turn:USER:SECRET@HOST:PORT?transport=udp, tcp or tls (&cafile=F)"
    )


def _checked(parse: Callable[[str], T]) -> Callable[[str], T]:
    """``parse`` with its LocalError in argparse's terms; the value is not repeated, it may hold a password."""

    def checked(text: str) -> T:
        try:
            return parse(text)
        except LocalError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return checked


def _link(text: str) -> str:
    if not text.startswith(LINK_SCHEME):
        raise argparse.ArgumentTypeError(f"neither a command nor a link that starts with {LINK_SCHEME}")
    return text


def _log_level(text: str) -> LogLevel:
    try:
        return LogLevel[text.upper()]
    except KeyError as error:
        raise argparse.ArgumentTypeError("not one of error, warning, info, debug") from error
