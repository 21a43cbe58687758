"""What a person with a network tool does in a home: asks where the world sees it, and for a port of the router.

python -m tests.lab.probe serve PORT
python -m tests.lab.probe ask HOST PORT FROM_PORT
python -m tests.lab.probe map ROUTER PORT
python -m tests.lab.probe mtu HOST PORT
"""

import socket
import struct
import sys
import time
from contextlib import suppress

TIMEOUT_S = 2.0
NAT_PMP_PORT = 5351
MAP_TCP = 2
LIFETIME_S = 600
IP_MTU_DISCOVER, IP_PMTUDISC_DO, IP_MTU = 10, 2, 14  # Linux
MTU_TRIALS, MTU_PAUSE_S = 5, 0.1
MTU_TRIAL_BYTES = 1_400


def serve(port: int) -> str:
    """Tell everybody who connects where they come from."""
    with socket.create_server(("", port)) as server:
        say("listening")
        while True:
            connection, (host, source_port) = server.accept()
            with connection:
                connection.sendall(f"{host}:{source_port}".encode())


def ask(host: str, port: int, from_port: int) -> str:
    """Where such a server sees us; ``refused`` or ``silence`` if there is none."""
    with socket.socket() as ours:
        # For another question from the same port, soon after.
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        ours.settimeout(TIMEOUT_S)
        ours.bind(("", from_port))
        try:
            ours.connect((host, port))
        except ConnectionRefusedError:
            return "refused"
        except TimeoutError:
            return "silence"
        return ours.recv(64).decode()


def map_port(router: str, port: int) -> str:
    """Ask the router to lead a TCP port to the same one here (NAT-PMP, RFC 6886, section 3.3); the one it gave."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
        ours.settimeout(TIMEOUT_S)
        ours.sendto(struct.pack("!BBHHHI", 0, MAP_TCP, 0, port, port, LIFETIME_S), (router, NAT_PMP_PORT))
        _, _, result, _, _, given, _ = struct.unpack("!BBHIHHI", ours.recv(64))
        return str(given) if result == 0 else "refused"


def mtu(host: str, port: int) -> int:
    """The largest packet that gets there whole, as far as anybody on the way says so (RFC 1191)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ours:
        ours.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO)
        ours.connect((host, port))
        with suppress(OSError):
            for _ in range(MTU_TRIALS):
                ours.send(bytes(MTU_TRIAL_BYTES))
                time.sleep(MTU_PAUSE_S)
        return ours.getsockopt(socket.IPPROTO_IP, IP_MTU)


def say(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve", port]:
            say(serve(int(port)))
        case ["ask", host, port, from_port]:
            say(ask(host, int(port), int(from_port)))
        case ["map", router, port]:
            say(map_port(router, int(port)))
        case ["mtu", host, port]:
            say(str(mtu(host, int(port))))
        case _:
            sys.exit(__doc__)
