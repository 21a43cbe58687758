"""Values of ``net`` are slotted, and do not change but for the few that say so; who holds keys is not compared."""

import pytest

import net
from net.link import machine
from tests.support.values import name_of, values_of

CHANGING = {
    "net.discovery.beacon",
    "net.discovery.calls._Callee",
    "net.discovery.inquiries",
    "net.discovery.wishes._Wish",
    "net.discovery.publication",
    "net.discovery.item_stores._Store",
    "net.discovery.neighbourhoods._Neighbourhood",
    "net.discovery.rings._Heard",
    "net.discovery.search._Node",
    "net.link.machine.Open",
    "net.counterpart",
    "net.paths",
    "net.ice_schedule._Prospect",
}
"""Modules and classes with state that is counted up in place."""

BY_IDENTITY = (
    machine.Party,
    machine.Answer,
    machine.AwaitingFirstFlight,
    machine.AwaitingSecondFlight,
    machine.AwaitingFirstFrame,
    machine.Open,
)


VALUES = values_of(net)
FROZEN = [value for value in VALUES if CHANGING.isdisjoint({name_of(value), value.__module__})]


def test_the_values_of_the_package_are_found() -> None:
    assert {"Frame", "Closed", "Discarding", "Over", "Endpoint"} <= {value.__name__ for value in VALUES}


@pytest.mark.parametrize("value", FROZEN, ids=name_of)
def test_a_value_is_frozen(value: type) -> None:
    assert vars(value)["__dataclass_params__"].frozen


@pytest.mark.parametrize("value", VALUES, ids=name_of)
def test_a_value_has_no_dictionary(value: type) -> None:
    with pytest.raises(TypeError):
        vars(object.__new__(value))


@pytest.mark.parametrize("value", BY_IDENTITY, ids=name_of)
def test_what_holds_keys_is_compared_by_identity(value: type) -> None:
    compares: object = value.__eq__
    assert compares is object.__eq__
