"""Whatever liars say, as long as they are one to whom it matters: nobody is aimed at who is not us."""

from ipaddress import ip_address

from hypothesis import given
from hypothesis import strategies as st

from net.endpoint import Endpoint
from net.events import LinkId
from net.limits import MAX_ENDPOINTS
from net.nat_kind import NatKind
from net.observation import Observation, Observer, Transport
from net.own_addresses import OwnAddresses

HERE = Endpoint.parse("192.168.1.2:4000")
ROUTER = ip_address("8.8.4.4")
PORTS = st.integers(1, 65_535)

addresses = st.one_of(
    st.ip_addresses(v=4), st.ip_addresses(v=6), st.sampled_from(["8.8.4.4", "9.9.9.9", "127.0.0.1"]).map(ip_address)
)
endpoints = st.builds(Endpoint, addresses, PORTS)
transports = st.sampled_from(Transport)

one_from_everywhere = st.builds(Observer, st.just(b"eve"), addresses)
"""One contact that turns up wherever it likes."""

many_in_one_network = st.builds(
    Observer, st.binary(min_size=1, max_size=2), st.integers(0, 65_535).map(lambda host: ip_address(0x4D030000 + host))
)
"""Any number of contacts in 77.3.0.0/16."""


def words(observers: st.SearchStrategy[Observer]) -> st.SearchStrategy[list[Observation]]:
    word = st.builds(Observation, observers, transports, st.just(HERE) | endpoints, endpoints, st.booleans())
    return st.lists(word, max_size=12)


lies = words(one_from_everywhere) | words(many_in_one_network)


def heard(lies: list[Observation], truths: list[Observation], order: list[int]) -> OwnAddresses:
    """Each word comes on a link of its own, in an order of chance."""
    own = OwnAddresses()
    own.listen([HERE])
    said = [*lies, *truths]
    for place, number in enumerate(sorted(range(len(said)), key=lambda number: order[number % len(order)])):
        own.observed(LinkId(place), said[number], by_contact=True)
    return own


orders = st.lists(st.integers(0, 9), min_size=1, max_size=12)


@given(lies, orders)
def test_liars_by_themselves_change_nothing_that_we_tell(lies: list[Observation], order: list[int]) -> None:
    own = heard(lies, [], order)
    assert own.external(0.0) == ()
    assert own.published(0.0) == (HERE,)
    assert own.nat(0.0) is NatKind.UNKNOWN


def honest(port: int) -> list[Observation]:
    return [
        Observation(Observer(name, ip_address(address)), Transport.TCP, HERE, Endpoint(ROUTER, port))
        for name, address in ((b"ann", "52.1.0.1"), (b"ben", "93.2.0.2"))
    ]


@given(lies, orders, PORTS)
def test_among_two_who_agree_liars_change_neither_address_nor_nat(
    lies: list[Observation], order: list[int], port: int
) -> None:
    own = heard([lie for lie in lies if lie.seen.address != ROUTER], honest(port), order)
    assert own.external(0.0) == (ROUTER,)
    assert own.nat(0.0) is NatKind.CONE
    assert set(own.published(0.0)) == {Endpoint(ROUTER, port), Endpoint(ROUTER, 4000), HERE}


@given(st.lists(endpoints, max_size=12), lies, orders)
def test_of_whatever_is_listened_at_and_said_eight_endpoints_are_told(
    listening: list[Endpoint], lies: list[Observation], order: list[int]
) -> None:
    own = heard(lies, honest(4000), order)
    own.listen(listening)
    assert len(own.published(0.0)) <= MAX_ENDPOINTS
    assert own.nat(0.0) in NatKind
    own.moved([])
    assert own.external(0.0) == own.published(0.0) == ()
