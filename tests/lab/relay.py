"""coturn: STUN and TURN over UDP and TCP on port 3478, TURN over TLS on port 443."""

import time
from pathlib import Path

from tests.lab.certificate import certify
from tests.lab.namespaces import TIMEOUT_S, Namespace

STUN_PORT, TLS_PORT = 3478, 443
USER, PASSWORD = "lab", "secret"
_OPTIONS = (
    "--no-cli --no-dtls --fingerprint --lt-cred-mech --realm=lab --simple-log --log-file=stdout --no-stdout-log "
    # Else one unreachable private candidate of a peer closes the allocation.
    "--denied-peer-ip=10.0.0.0-10.255.255.255 --min-port=50000 --max-port=50999"
)


class Relay:
    """One running server."""

    def __init__(self, namespace: Namespace, address: str, folder: Path) -> None:
        self._namespace = namespace
        self._address = address
        self._folder = folder
        self._certificate = folder / "certificate.pem"

    def start(self) -> None:
        """Run it until its namespace ends."""
        key = self._folder / "key.pem"
        certify(self._address, key, self._certificate)
        self._process = self._namespace.start(
            "turnserver",
            "-n",
            *_OPTIONS.split(),
            f"--user={USER}:{PASSWORD}",
            f"--listening-ip={self._address}",
            f"--relay-ip={self._address}",
            f"--listening-port={STUN_PORT}",
            f"--tls-listening-port={TLS_PORT}",
            f"--cert={self._certificate}",
            f"--pkey={key}",
            f"--pidfile={self._folder / 'pid'}",
            f"--userdb={self._folder / 'users'}",
        )
        deadline = time.monotonic() + TIMEOUT_S
        while not self._listens():
            assert self._process.poll() is None, "coturn ended"
            assert time.monotonic() < deadline, "coturn does not listen"
            time.sleep(0.05)

    def stop(self) -> None:
        """End it at once, as a server that dies does."""
        self._process.kill()
        self._process.wait(TIMEOUT_S)

    @property
    def stun(self) -> str:
        """The option of the command line that names it as a STUN server."""
        return f"--stun={self._address}:{STUN_PORT}"

    def turn(self, transport: str) -> str:
        """The option that names it as a relay by ``udp``, ``tcp`` or ``tls``."""
        port = TLS_PORT if transport == "tls" else STUN_PORT
        trust = f"&cafile={self._certificate}" if transport == "tls" else ""
        return f"--turn=turn:{USER}:{PASSWORD}@{self._address}:{port}?transport={transport}{trust}"

    def _listens(self) -> bool:
        sockets = self._namespace.run("ss", "-Hlntu")
        wanted = (("udp", STUN_PORT), ("tcp", STUN_PORT), ("tcp", TLS_PORT))
        listening = [line.split() for line in sockets.splitlines()]
        return all(any(row[0] == kind and row[4].endswith(f":{port}") for row in listening) for kind, port in wanted)
