"""A local network of one's own: computers on one bridge, and nothing that leads out.

Whatever runs on it can multicast as it likes and reaches nobody else.
"""

from tests.lab.computer import BRIDGE, Computer
from tests.lab.namespaces import Namespaces

SUBNETS = ("10.77.0.{}/24", "fd77::{:x}/64")


class Lan(Namespaces):
    """The bridge, in a namespace of its own, and as many computers as are asked for."""

    def __init__(self, computers: int) -> None:
        super().__init__()
        self._size = computers
        self.computers: tuple[Computer, ...] = ()

    def build(self) -> None:
        """See the base."""
        switch = self.add("switch")
        switch.add_bridge(BRIDGE)
        numbers = range(1, self._size + 1)
        self.computers = tuple(Computer(self.add(str(number)), switch, number, SUBNETS) for number in numbers)
        for computer in self.computers:
            computer.start()
