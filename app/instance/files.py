"""The files in a profile folder by which later starts find the running instance.

    instance.lock   held by the instance; whoever holds it may write the others, and what it finds of them is stale
    instance.sock   its socket, where the system has such and the path is short enough
    instance.port   else: the TCP port on 127.0.0.1 and the token that proves either side to the other

Only the owner of the profile may read them: the folder is 0700, the files are 0600.
"""

import os
import re
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

PRIVATE_FILE = 0o600
TOKEN_BYTES = 32

MAX_SOCKET_PATH_BYTES = 100
"""The address of a Unix socket has 104 bytes on macOS and 108 on Linux, its end included."""

HAS_UNIX_SOCKETS = sys.platform != "win32"

_MAX_PORT_FILE_BYTES = 128
_PORT_FILE = re.compile(rb"([0-9]{1,5}) ([0-9a-f]{64})\n")


@dataclass(frozen=True, slots=True)
class LoopbackDoor:
    """A TCP port on 127.0.0.1, where anybody may knock."""

    port: int
    token: bytes = field(repr=False)

    def encode(self) -> bytes:
        return b"%d %s\n" % (self.port, self.token.hex().encode("ascii"))

    @classmethod
    def parse(cls, content: bytes) -> "LoopbackDoor | None":
        """What a port file says; None when it is none."""
        match = _PORT_FILE.fullmatch(content)
        if match is None or not 0 < int(match[1]) < 1 << 16:
            return None
        return cls(int(match[1]), bytes.fromhex(match[2].decode("ascii")))


class InstanceFiles:
    """The three files of one profile folder."""

    def __init__(self, folder: Path) -> None:
        self.lock = folder / "instance.lock"
        self.socket = folder / "instance.sock"
        self._port = folder / "instance.port"

    @property
    def may_hold_a_socket(self) -> bool:
        return HAS_UNIX_SOCKETS and len(os.fsencode(self.socket)) <= MAX_SOCKET_PATH_BYTES

    def bind(self) -> socket.socket | None:
        """A socket in the folder that nobody else may connect to; None where there can be none."""
        if not self.may_hold_a_socket:
            return None
        bound = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            bound.bind(os.fspath(self.socket))
            self.socket.chmod(PRIVATE_FILE)  # nobody has connected: it does not listen yet
        except OSError:  # a file system without sockets
            bound.close()
            return None
        return bound

    def put_door(self, door: LoopbackDoor) -> None:
        """Write the port file, wholly or not at all.

        Raises:
            OSError: it cannot be written.
        """
        new = self._port.with_name(self._port.name + ".new")
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE), "wb") as file:
            file.write(door.encode())
        new.replace(self._port)

    def door(self) -> LoopbackDoor | None:
        """What the port file says; None when there is none."""
        with suppress(OSError), self._port.open("rb") as file:
            return LoopbackDoor.parse(file.read(_MAX_PORT_FILE_BYTES))
        return None

    def remove(self) -> None:
        """Remove what an instance leaves; only whoever holds the lock may do it."""
        for path in (self.socket, self._port):
            with suppress(OSError):
                path.unlink(missing_ok=True)
