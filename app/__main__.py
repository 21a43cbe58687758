"""The ``kith`` command: reads the command line, starts what it names, and turns a failed start into its exit code."""

import json
import logging
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType
from typing import NoReturn

from app import VERSION, logs, memory
from app.config import EXIT_USAGE, Command, LaunchOptions, parse_arguments
from app.domain.errors import ErrorKind, KithError

logger = logging.getLogger(__name__)

STDERR = 2
EXIT_UNEXPECTED = 1

EXIT_CODES = {
    ErrorKind.USAGE: EXIT_USAGE,
    ErrorKind.NAME_INVALID: EXIT_USAGE,
    ErrorKind.PROFILE_MISSING: EXIT_USAGE,
    ErrorKind.WRONG_PASSPHRASE: 3,
    ErrorKind.PASSPHRASE_MISSING: 3,
    ErrorKind.PROFILE_IN_USE: 4,
    ErrorKind.PROFILE_DAMAGED: 5,
    ErrorKind.PROFILE_NEWER: 5,
    ErrorKind.STORAGE_DAMAGED: 5,
    ErrorKind.EXPORT_DAMAGED: 5,
    ErrorKind.EXPORT_NEWER: 5,
}
"""The automation contract's exit codes; whatever is not listed exits with 1."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line after the program's name; returns the exit code."""
    memory.use_one_arena()
    _open_standard_streams()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _exit)
    options = parse_arguments(sys.argv[1:] if arguments is None else arguments)
    logs.start(options.log_level)
    try:
        return _run(options)
    except KithError as error:
        _tell(error)
        return EXIT_CODES.get(error.kind, EXIT_UNEXPECTED)
    except Exception:
        logger.exception("kith ended unexpectedly")
        _tell(KithError(ErrorKind.UNEXPECTED))
        return EXIT_UNEXPECTED


def _run(options: LaunchOptions) -> int:
    """Each front-end is imported only when it is wanted: Qt alone would double the start of ``kith rpc``."""
    match options.command:
        case Command.VERSION:
            sys.stdout.write(f"kith {VERSION}\n")
            return 0
        case Command.SELF_TEST:
            from app import self_test

            return self_test.run()
        case Command.DOCTOR:
            from app import doctor
            from app.inspection import examine

            return doctor.run(examine(options), as_json=options.json)
        case Command.RPC:
            from app.bootstrap import ProfileGate
            from app.rpc import main as headless

            return headless.run(ProfileGate(options), options.create, options.exported)
        case Command.DESKTOP:
            from app.bootstrap import ProfileGate
            from app.instance.client import hand_over

            if hand_over(options.profile, options.link):
                return 0
            from app.gui import main as desktop

            return desktop.run(ProfileGate(options), options.link, options.profile)


def _tell(error: KithError) -> None:
    told = json.dumps({"error": {"kind": error.kind.value, "message": error.sentence}})
    with suppress(OSError):  # nobody listens
        os.write(STDERR, told.encode() + b"\n")


def _open_standard_streams() -> None:
    """Open to nowhere what was closed at the start; the next file opened, a profile's, would become standard output."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= STDERR:
        pass
    os.close(descriptor)


def _exit(_number: int, _frame: FrameType | None) -> NoReturn:
    """A signal before a front-end has its own way to end: there is nothing to put in order yet."""
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main())
