"""coturn on loopback: STUN and TURN over UDP and TCP on one port, TURN over TLS on another."""

import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from net.server import ServerAddress, TurnServer
from tests.lab.certificate import certify

USER, PASSWORD = "user", "secret"
RELAY_PORTS = range(61_000, 65_000)
"""What it grants: above what Linux gives to whoever asks for any port."""

_TIMEOUT_S = 20.0


class Coturn:
    """One running server."""

    def __init__(self, folder: Path, port: int, tls_port: int) -> None:
        self._port = port
        self._tls_port = tls_port
        self._certificate, key = folder / "certificate.pem", folder / "key.pem"
        certify("127.0.0.1", key, self._certificate)
        self._process = subprocess.Popen(
            [
                "turnserver",
                "-n",
                *["--no-cli", "--no-dtls", "--fingerprint", "--lt-cred-mech", "--realm=test", "--allow-loopback-peers"],
                *["--log-file=stdout", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1"],
                f"--min-port={RELAY_PORTS.start}",
                f"--max-port={RELAY_PORTS.stop - 1}",
                f"--user={USER}:{PASSWORD}",
                f"--listening-port={port}",
                f"--tls-listening-port={tls_port}",
                f"--cert={self._certificate}",
                f"--pkey={key}",
                f"--pidfile={folder / 'pid'}",
                f"--userdb={folder / 'users'}",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + _TIMEOUT_S
        while not (_answers(port) and _answers(tls_port)):
            assert self._process.poll() is None, "coturn ended"
            assert time.monotonic() < deadline, "coturn does not listen"
            time.sleep(0.02)

    @property
    def stun(self) -> ServerAddress:
        return ServerAddress("127.0.0.1", self._port)

    def turn(self, transport: str, *, password: str = PASSWORD) -> TurnServer:
        """It as a relay by ``udp``, ``tcp`` or ``tls``."""
        port = self._tls_port if transport == "tls" else self._port
        trust = f"&cafile={self._certificate}" if transport == "tls" else ""
        return TurnServer.parse(f"turn:{USER}:{password}@127.0.0.1:{port}?transport={transport}{trust}")

    def freeze(self) -> None:
        """From now on it reads and says nothing; what is sent to it still arrives."""
        self._process.send_signal(signal.SIGSTOP)

    def die(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait(_TIMEOUT_S)


@contextmanager
def coturn(folder: Path) -> Iterator[Coturn]:
    server = Coturn(folder, _free_port(), _free_port())
    try:
        yield server
    finally:
        server.die()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
