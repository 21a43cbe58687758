"""One run of one scenario, and what was measured."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.lab.couple import Couple, Person
from tests.lab.homes import Homes
from tests.lab.relay import TLS_PORT
from tests.lab.scenarios import Scenario

TEXTS = 100
"""Each way."""

DELAY_MS = 10.0
"""A round trip takes 20 ms to a server and 40 ms to another home."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """``error`` is None if all went as it should."""

    scenario: str
    online_s: float | None = None
    """From the link in Bob's hands, or from the event, to both online."""
    talk_s: float | None = None
    """For a hundred messages each way, delivered."""
    path: str | None = None
    dht_bytes: int | None = None
    """Both sides together, from the starts to the last message."""
    error: str | None = None


def run(scenario: Scenario) -> Trial:
    """Run it in a laboratory of its own."""
    try:
        with Homes(*scenario.nats, computers=2, delay_ms=DELAY_MS) as lab, couple_in(lab, scenario) as couple:
            couple.look_around()
            if scenario.upnp is not None:
                (couple.alice, couple.bob)[scenario.upnp].await_open_port()
            return _measure(scenario, lab, couple)
    except (AssertionError, TimeoutError) as error:
        return Trial(scenario=scenario.name, error=f"{type(error).__name__}: {error}")


def couple_in(lab: Homes, scenario: Scenario) -> Couple:
    """Alice and Bob in their homes, each with a Kith that has just started."""
    network = [f"--dht-bootstrap={node}" for node in lab.public.serve_dht(silent=scenario.silent)]
    if scenario.stun or scenario.relays:
        relay = lab.public.serve_relay()
        network += [relay.stun] if scenario.stun else []
        network += [relay.turn(transport) for transport in scenario.relays]
    if scenario.upnp is not None:
        lab.homes[scenario.upnp].router.serve_upnp()
    there = lab.homes[0].computers[1] if scenario.one_home else lab.homes[1].computers[0]
    alice = Person("Alice", lab.homes[0].computers[0], lab.folder, network)
    bob = Person("Bob", there, lab.folder, network)
    return Couple(alice, bob, _friend_in(lab, network) if scenario.friend else None)


def _friend_in(lab: Homes, network: Sequence[str]) -> Person:
    """Carol, who listens where web servers do, since that is where everybody may connect to."""
    computer = lab.add_public_computer()
    return Person("Carol", computer, lab.folder, [*network, f"--listen={computer.address}:{TLS_PORT}"])


def _measure(scenario: Scenario, lab: Homes, couple: Couple) -> Trial:
    online_s = couple.meet()
    if scenario.friend:
        couple.befriend()
    if scenario.event is not None:
        couple.talk(TEXTS)
        online_s = scenario.event(lab, couple)
    talk_s = couple.talk(TEXTS)
    path = couple.alice.path()
    return Trial(
        scenario=scenario.name,
        online_s=round(online_s, 2),
        talk_s=round(talk_s, 2),
        path=path,
        dht_bytes=sum(home.router.dht_bytes() for home in lab.homes),
        error=None if path in scenario.paths else f"the path is {path}",
    )
