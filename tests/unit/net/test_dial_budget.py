"""How often an address is dialled where nobody proved a key."""

from net.dial_budget import DialBudget
from net.endpoint import Endpoint
from net.limits import (
    FIRST_UNPROVEN_DIALS,
    MAX_REMEMBERED_ADDRESSES,
    MAX_UNPROVEN_ADDRESSES,
    UNPROVEN_DIALS_A_DAY,
    UNPROVEN_DIALS_A_MINUTE,
)
from net.peer import PeerId

ALICE, BOB = PeerId(b"alice"), PeerId(b"bob")
VICTIM = Endpoint.parse("5.6.7.8:5000")
DAY_S, MINUTE_S = 86_400, 60


def address(number: int) -> Endpoint:
    return Endpoint.parse(f"5.{number >> 16}.{number >> 8 & 255}.{number & 255}:5000")


def many(count: int) -> list[PeerId]:
    return [PeerId(number.to_bytes(4, "big")) for number in range(count)]


def test_an_address_is_dialled_six_times_in_any_minute_over_all_peers() -> None:
    budget, dialled = DialBudget(), []
    for now in range(600):
        dialled += [now for peer_id in many(100) if budget.take(peer_id, VICTIM, float(now))]
    for start in range(600 - MINUTE_S):
        assert sum(start <= moment < start + MINUTE_S for moment in dialled) <= UNPROVEN_DIALS_A_MINUTE
    assert len(dialled) == 10 * UNPROVEN_DIALS_A_MINUTE


def test_other_ports_of_the_address_count_with_it() -> None:
    budget = DialBudget()
    ports = range(5000, 5100)
    assert sum(budget.take(ALICE, Endpoint(VICTIM.address, port), 0.0) for port in ports) == UNPROVEN_DIALS_A_MINUTE


def test_a_pair_is_tried_twenty_times_in_any_day() -> None:
    budget = DialBudget()
    moments = range(0, 5 * DAY_S, 11)
    dialled = [now for now in moments if budget.take(ALICE, VICTIM, float(now))]
    for start in range(0, 4 * DAY_S, 3_600):
        assert sum(start <= moment < start + DAY_S for moment in dialled) <= UNPROVEN_DIALS_A_DAY
    assert sum(moment < MINUTE_S * 5 for moment in dialled) == FIRST_UNPROVEN_DIALS
    assert sum(moment >= 4 * DAY_S for moment in dialled) == UNPROVEN_DIALS_A_DAY - FIRST_UNPROVEN_DIALS


def test_who_proved_a_key_is_dialled_freely_there_and_nowhere_else() -> None:
    budget = DialBudget()
    budget.proved(ALICE, VICTIM)
    assert all(budget.take(ALICE, VICTIM, 0.0) for _ in range(100))
    assert sum(budget.take(ALICE, address(1), 0.0) for _ in range(100)) == UNPROVEN_DIALS_A_MINUTE


def test_an_address_where_somebody_proved_a_key_is_bounded_for_others_by_the_day_alone() -> None:
    budget = DialBudget()
    budget.proved(ALICE, VICTIM)
    assert sum(budget.take(BOB, VICTIM, 0.0) for _ in range(100)) == FIRST_UNPROVEN_DIALS


def test_a_proof_forgives_what_was_tried_before() -> None:
    budget = DialBudget()
    while budget.take(ALICE, VICTIM, 0.0):
        pass
    budget.proved(ALICE, VICTIM)
    assert budget.take(ALICE, VICTIM, 0.0)


def test_where_a_relay_has_led_to_a_peer_is_known_and_proves_nothing() -> None:
    budget = DialBudget()
    assert not budget.is_relayed(ALICE, VICTIM)
    budget.relayed(ALICE, VICTIM)
    assert budget.is_relayed(ALICE, Endpoint(VICTIM.address, 5_001))
    assert not budget.is_relayed(BOB, VICTIM)
    assert not budget.is_relayed(ALICE, address(1))
    assert sum(budget.take(ALICE, VICTIM, 0.0) for _ in range(100)) == UNPROVEN_DIALS_A_MINUTE
    budget.forget(ALICE)
    assert not budget.is_relayed(ALICE, VICTIM)


def test_loopback_is_ourselves() -> None:
    budget = DialBudget()
    assert all(budget.take(ALICE, Endpoint.parse("127.0.0.1:5000"), 0.0) for _ in range(100))


def test_a_contact_who_names_new_addresses_all_the_time_has_us_dial_few_of_them() -> None:
    budget = DialBudget()
    assert sum(budget.take(ALICE, address(number), 0.0) for number in range(5_000)) == MAX_UNPROVEN_ADDRESSES
    assert budget.take(BOB, address(4_999), 0.0)
    assert budget.take(ALICE, address(4_999), DAY_S / 2)


def test_who_is_forgotten_begins_anew_but_the_address_does_not() -> None:
    budget = DialBudget()
    budget.proved(ALICE, VICTIM)
    budget.forget(ALICE)
    budget.forget(BOB)
    assert sum(budget.take(ALICE, VICTIM, 0.0) for _ in range(100)) == FIRST_UNPROVEN_DIALS


def test_what_is_remembered_is_bounded() -> None:
    budget = DialBudget()
    for number, peer_id in enumerate(many(MAX_REMEMBERED_ADDRESSES + 10)):
        budget.take(peer_id, address(number), 0.0)
        budget.proved(ALICE, address(100_000 + number))
        budget.relayed(ALICE, address(100_000 + number))
    assert len(budget._of_address) == len(budget._proven) == MAX_REMEMBERED_ADDRESSES
    assert len(budget._proven_by[ALICE]) == len(budget._relayed_by[ALICE]) == MAX_REMEMBERED_ADDRESSES
