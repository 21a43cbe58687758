"""Who is called where no node of the DHT is left, on a clock of the test's own."""

import itertools

from net.discovery.company import Company
from net.discovery.dht_settings import DhtSettings
from net.endpoint import Endpoint
from net.limits import FIRST_CALL_BACK_S, MAX_CALL_BACK_S
from net.server import ServerAddress

NODE, OTHER = Endpoint.parse("5.6.7.8:6881"), Endpoint.parse("5.6.7.9:6881")
BEGIN = ServerAddress("begin.example", 6881)
SETTINGS = DhtSettings((), (BEGIN,), (NODE,))
HOUR_S = 3_600


def in_company() -> Company:
    company = Company(SETTINGS, 0.0)
    assert company.see((OTHER,), 1.0)
    return company


def test_nobody_is_called_while_there_are_nodes() -> None:
    company = in_company()
    assert not company.see((OTHER,), 2.0)
    assert company.calls(1_000.0) == ()


def test_who_has_lost_all_nodes_calls_those_it_knew_at_once_and_then_those_to_begin_with() -> None:
    company = in_company()
    assert not company.see((), 5.0)
    assert company.calls(5.0) == (("5.6.7.9", 6881),)
    assert company.calls(5.0) == ()
    assert company.calls(5.0 + FIRST_CALL_BACK_S) == (("5.6.7.9", 6881), ("begin.example", 6881))
    assert company.see((NODE,), 30.0)
    assert not company.is_alone


def test_the_first_calls_are_left_to_the_start() -> None:
    company = Company(SETTINGS, 0.0)
    assert company.calls(FIRST_CALL_BACK_S - 1) == ()
    assert company.calls(FIRST_CALL_BACK_S) == (("5.6.7.8", 6881), ("begin.example", 6881))


def test_pauses_grow_to_a_bound_and_a_move_ends_them() -> None:
    company = Company(SETTINGS, 0.0)
    called = [now for now in range(HOUR_S) if company.calls(float(now))]
    pauses = [later - earlier for earlier, later in itertools.pairwise(called)]
    assert pauses == sorted(pauses)
    assert pauses[0] == FIRST_CALL_BACK_S
    assert pauses[-1] == MAX_CALL_BACK_S
    company.hurry(float(HOUR_S))
    assert company.calls(float(HOUR_S))
    assert company.calls(HOUR_S + FIRST_CALL_BACK_S)


def test_who_knows_nobody_asks_those_to_begin_with() -> None:
    company = Company(DhtSettings((), (BEGIN,)), 0.0)
    assert company.calls(FIRST_CALL_BACK_S) == (("begin.example", 6881),)
