"""A computer on a switch: one network namespace with one network card."""

from tests.lab.namespaces import Card, Namespace, connect

BRIDGE = "switch"
CARD = "eth0"


class Computer:
    """``subnets`` tells its addresses: patterns such as ``10.77.0.{}/24``, in which its number goes."""

    def __init__(self, namespace: Namespace, switch: Namespace, number: int, subnets: tuple[str, ...]) -> None:
        self.namespace = namespace
        self._switch = switch
        self._port = f"port{number}"
        self._subnets = subnets
        self._number = number

    @property
    def launcher(self) -> tuple[str, ...]:
        """What to put before a command line to run it on this computer."""
        return self.namespace.launcher

    @property
    def card(self) -> Card:
        """Its network card."""
        return Card(self.namespace, CARD)

    @property
    def address(self) -> str:
        """The first of its addresses."""
        return self._subnets[0].format(self._number).partition("/")[0]

    def start(self) -> None:
        """Plug it into the switch."""
        connect(self._switch, self._port, self.namespace, CARD)
        self._switch.ip("link", "set", self._port, "master", BRIDGE)
        self._assign("add")

    def carry(self, switch: Namespace, number: int, subnets: tuple[str, ...]) -> None:
        """Take the computer away to another switch, where it gets other addresses."""
        port = f"port{number}"
        self.unplug()
        self._assign("del")
        self._switch.ip("link", "set", self._port, "netns", switch.name, "name", port)
        self._switch, self._port, self._number, self._subnets = switch, port, number, subnets
        switch.ip("link", "set", port, "master", BRIDGE)
        self.plug()
        self._assign("add")

    def unplug(self) -> None:
        """Take the cable out; the computer keeps its addresses."""
        self._switch.ip("link", "set", self._port, "down")

    def plug(self) -> None:
        """Put the cable back."""
        self._switch.ip("link", "set", self._port, "up")

    def renumber(self, number: int) -> None:
        """Give the computer other addresses instead of the ones it has."""
        self._assign("del")
        self._number = number
        self._assign("add")

    def _assign(self, action: str) -> None:
        for subnet in self._subnets:
            # Nobody else has the address: no need to wait until that is found out.
            trust = ["nodad"] if ":" in subnet and action == "add" else []
            self.namespace.ip("addr", action, subnet.format(self._number), "dev", CARD, *trust)
