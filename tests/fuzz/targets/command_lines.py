"""The command line of ``kith``."""

import io
import json
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout

from app.config import EXIT_USAGE, LaunchOptions, parse_arguments
from tests.fuzz.target import Target, always

_FLAGS = [
    "--profile",
    "--create",
    "--passphrase-file",
    "--listen",
    "--no-lan",
    "--dht",
    "--no-port-mapping",
    "--no-stun",
    "--dht-bootstrap",
    "--stun",
    "--turn",
    "--log-level",
    "--json",
    "--help",
]


def lines() -> Sequence[bytes]:
    made = [
        "rpc --profile p --create Ann --passphrase-file f --listen 127.0.0.1:0 --listen [::1]:5 --log-level debug",
        "rpc --no-lan --no-dht --no-port-mapping --dht-bootstrap a.example:1 --stun b.example:2",
        "rpc --turn turn:u:s@h.example:3478?transport=tls&cafile=c",
        "kith:AQA",
        "doctor --json --profile=p",
        "version",
        "self-test",
        "--help",
        "rpc --help",
    ]
    return [line.encode().replace(b" ", b"\0") for line in made]


def check(data: bytes) -> None:
    """Arguments, each ended by NUL, are options; or the exit code is that of wrong usage, told in JSON and no more."""
    arguments = [argument.decode("utf-8", "surrogateescape") for argument in data.split(b"\0")]
    out, err = io.StringIO(), io.StringIO()
    try:
        with redirect_stdout(out), redirect_stderr(err):
            assert isinstance(parse_arguments(arguments), LaunchOptions)
    except SystemExit as end:
        if end.code == 0:
            assert out.getvalue().startswith("usage: kith")
            assert not err.getvalue()
        else:
            assert end.code == EXIT_USAGE
            assert not out.getvalue()
            assert json.loads(err.getvalue())["error"].keys() == {"kind", "message"}


TARGETS = [
    Target(
        "command-line",
        lines,
        always(check),
        words=[*(flag.encode() + b"\0" for flag in _FLAGS), b"\0", b"--\0", b"=", b"@f", b"%", b"\xff", b"-"],
        max_bytes=2_048,
    )
]
