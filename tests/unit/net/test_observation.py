"""Whose words can hardly be one liar's."""

from ipaddress import ip_address

from hypothesis import given
from hypothesis import strategies as st

from net.observation import Observer, provider_of, two_unrelated


def observer(name: str, address: str) -> Observer:
    return Observer(name.encode(), ip_address(address))


def test_providers_are_told_apart_by_the_first_bits() -> None:
    assert provider_of(ip_address("1.2.3.4")) == bytes([1, 2])
    assert provider_of(ip_address("2a00:1:2:3::4")) == bytes.fromhex("2a00 0001 0002")


def test_two_with_other_names_in_other_networks_are_unrelated() -> None:
    assert two_unrelated([observer("ann", "1.2.3.4"), observer("ben", "5.6.7.8")])


def test_one_from_two_places_is_one() -> None:
    assert not two_unrelated([observer("ann", "1.2.3.4"), observer("ann", "5.6.7.8")])


def test_many_in_one_network_are_one() -> None:
    assert not two_unrelated(observer(f"liar {number}", f"1.2.{number}.4") for number in range(200))
    assert not two_unrelated(observer(f"liar {number}", f"2a00:1:2:{number}::4") for number in range(200))


def test_one_or_nobody_is_not_two() -> None:
    assert not two_unrelated([])
    assert not two_unrelated([observer("ann", "1.2.3.4")] * 2)


observers = st.builds(
    observer, st.sampled_from(["ann", "ben", "eve"]), st.sampled_from(["1.2.3.4", "1.2.9.9", "5.6.7.8", "2a00::1"])
)


@given(st.lists(observers, max_size=6))
def test_it_is_enough_that_any_pair_differs_in_both(several: list[Observer]) -> None:
    pairs = [(first, second) for first in several for second in several]
    differing = [pair for pair in pairs if pair[0].name != pair[1].name and pair[0].provider != pair[1].provider]
    assert two_unrelated(several) == bool(differing)
