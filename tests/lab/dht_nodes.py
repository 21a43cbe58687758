"""A DHT of real libtorrent nodes at the addresses of the command line, until it is killed.

    python -m tests.lab.dht_nodes 51.1.1.1:6881 51.1.2.1:6881 ...

Prints ``ready`` when the nodes know each other.
"""

import signal
import sys

from net.endpoint import Endpoint
from tests.support.private_dht import nodes_at, wait_until_acquainted


def main(endpoints: list[Endpoint]) -> None:
    sessions = nodes_at(endpoints)
    wait_until_acquainted(sessions)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    signal.pause()


if __name__ == "__main__":
    main([Endpoint.parse(argument) for argument in sys.argv[1:]])
