"""Whom we dial, and when."""

import itertools
from ipaddress import ip_network

import pytest

from net.dialling import DialId, Dialling, OwnEndpoints, Target, Way, dialable, is_punchable, nearby, pair_aside
from net.endpoint import Endpoint
from net.limits import MAX_BACKOFF_S, MAX_ENDPOINTS, PUNCH_DELAY_S

HERE, THERE, ELSEWHERE = (Endpoint.parse(text) for text in ("5.6.7.8:4000", "5.6.7.8:5000", "[2600::1]:5000"))
TO_THERE, TO_ELSEWHERE = Target(Way.DIRECT, THERE), Target(Way.DIRECT, ELSEWHERE)
PUNCHED = Target(Way.PUNCH, THERE)


def longest_wait(size_bytes: int) -> bytes:
    return bytes(size_bytes)


def dialling() -> Dialling:
    ids = map(DialId, itertools.count(1))
    return Dialling(longest_wait, lambda: next(ids))


def wanting(*targets: Target) -> Dialling:
    made = dialling()
    made.set_wanted(targets, 0.0, wanted=True)
    return made


def fail_all(machine: Dialling, now: float) -> None:
    for dial, _ in machine.handle_timer(now):
        machine.failed(dial, now)


@pytest.mark.parametrize(
    "text",
    [
        "0.0.0.0:5000",
        "[::]:5000",
        "224.0.0.251:5353",
        "[ff02::fb]:5353",
        "169.254.1.1:5000",
        "[fe80::1]:5000",
        "255.255.255.255:5000",
        "240.0.0.1:5000",
        "127.0.0.1:5000",
        "127.9.9.9:5000",
        "[::1]:5000",
        "[::ffff:127.0.0.1]:5000",
        "[::ffff:169.254.1.1]:5000",
        "5.6.7.8:0",
        "5.6.7.8:25",
        "5.6.7.8:1023",
        "5.6.7.8:4000",
        "192.168.1.5:5000",
        "10.1.2.3:5000",
        "172.16.0.1:5000",
        "[fd00::1]:5000",
        "[::ffff:192.168.1.5]:5000",
        "[64:ff9b::c0a8:101]:5000",  # 192.168.1.1 by NAT64
        "[64:ff9b:1::c0a8:101]:5000",
        "[2002:c0a8:101::1]:5000",  # by 6to4
        "[2002:7f00:1::1]:5000",
        "[2002:506:708::1]:5000",
        "[fec0::1]:5000",
        "[::c0a8:101]:5000",
    ],
)
def test_nobody_makes_us_dial_there(text: str) -> None:
    own = OwnEndpoints(endpoints=frozenset({HERE}))
    assert dialable([Endpoint.parse(text)], own) == ()


def test_what_is_announced_near_by_is_dialled_in_our_own_networks_alone() -> None:
    own = OwnEndpoints(
        endpoints=frozenset({Endpoint.parse("192.168.1.7:4000")}),
        networks=frozenset({ip_network("192.168.1.0/24"), ip_network("169.254.0.0/16"), ip_network("2600::/64")}),
    )
    near = [Endpoint.parse(text) for text in ("192.168.1.8:5000", "169.254.7.7:5000", "[2600::8]:443")]
    others = [
        "192.168.1.7:4000",
        "192.168.2.8:5000",
        "127.0.0.1:5000",
        "5.6.7.8:5000",
        "192.168.1.8:25",
        "[fe80::8]:5000",
    ]
    assert nearby([*near, *(Endpoint.parse(text) for text in others)], own) == tuple(near)


@pytest.mark.parametrize("text", ["5.6.7.8:443", "5.6.7.8:1024", "100.64.0.1:5000", "[2600::1]:65535"])
def test_there_we_dial(text: str) -> None:
    assert dialable([Endpoint.parse(text)], OwnEndpoints()) == (Endpoint.parse(text),)


def test_private_addresses_are_dialled_in_our_own_networks_alone() -> None:
    own = OwnEndpoints(
        endpoints=frozenset({Endpoint.parse("192.168.1.7:4000")}),
        networks=frozenset({ip_network("192.168.1.0/24"), ip_network("fd00::/64")}),
    )
    near = [Endpoint.parse("192.168.1.8:5000"), Endpoint.parse("[fd00::8]:5000")]
    others = [
        Endpoint.parse(text) for text in ("192.168.1.7:4000", "192.168.2.8:5000", "10.0.0.1:5000", "[fd01::8]:5000")
    ]
    assert dialable([*near, *others], own) == tuple(near)


@pytest.mark.parametrize(
    ("text", "is_dialled"), [("5.6.7.8:5000", False), ("192.168.7.9:5000", True), ("10.1.2.3:5000", False)]
)
def test_whoever_stays_near_dials_in_our_own_networks_alone(text: str, *, is_dialled: bool) -> None:
    own = OwnEndpoints(networks=frozenset({ip_network("192.168.7.0/24")}), stays_near=True)
    assert bool(dialable([Endpoint.parse(text)], own)) == is_dialled


def test_loopback_is_dialled_by_who_listens_there() -> None:
    own = OwnEndpoints(listens_on_loopback=True)
    assert dialable([Endpoint.parse("127.0.0.1:5000")], own) == (Endpoint.parse("127.0.0.1:5000"),)


def test_at_most_eight_endpoints_each_once() -> None:
    many = [Endpoint.parse(f"5.6.7.{number}:5000") for number in range(20)]
    assert dialable(many + many, OwnEndpoints()) == tuple(many[:MAX_ENDPOINTS])
    assert dialable([THERE, THERE], OwnEndpoints()) == (THERE,)


def test_a_wanted_peer_is_dialled_everywhere_at_once() -> None:
    machine = wanting(TO_THERE, TO_ELSEWHERE)
    assert machine.wake_at() == 0.0
    assert [target for _, target in machine.handle_timer(0.0)] == [TO_THERE, TO_ELSEWHERE]
    assert machine.wake_at() is None


def test_waits_double_up_to_five_minutes() -> None:
    machine = wanting(TO_THERE)
    now, waits = 0.0, []
    for _ in range(12):
        fail_all(machine, now)
        waits.append((machine.wake_at() or 0.0) - now)
        now = machine.wake_at() or 0.0
    assert waits[:4] == [1.0, 2.0, 4.0, 8.0]
    assert waits[-1] == MAX_BACKOFF_S


def test_waits_are_shortened_at_random() -> None:
    machine = Dialling(lambda size_bytes: b"\xff" * size_bytes, lambda: DialId(1))
    machine.set_wanted((TO_THERE,), 0.0, wanted=True)
    fail_all(machine, 0.0)
    assert machine.wake_at() == pytest.approx(0.5)


def test_an_attempt_that_hangs_does_not_hold_up_the_others() -> None:
    machine = wanting(TO_THERE, TO_ELSEWHERE)
    (first, _), (_, _) = machine.handle_timer(0.0)
    machine.failed(first, 0.1)
    assert machine.wake_at() == pytest.approx(1.1)
    assert [target for _, target in machine.handle_timer(1.1)] == [TO_THERE]


def test_new_endpoints_are_tried_at_once() -> None:
    machine = wanting(TO_THERE)
    fail_all(machine, 0.0)
    machine.set_wanted((TO_THERE, TO_ELSEWHERE), 0.5, wanted=True)
    assert machine.wake_at() == 0.5


def test_the_same_endpoints_again_change_nothing() -> None:
    machine = wanting(TO_THERE)
    fail_all(machine, 0.0)
    machine.set_wanted((TO_THERE,), 0.5, wanted=True)
    assert machine.wake_at() == 1.0


def test_a_nudge_forgets_the_waiting() -> None:
    machine = wanting(TO_THERE)
    for now in (0.0, 1.0, 3.0):
        fail_all(machine, now)
    machine.nudge(4.0)
    fail_all(machine, 4.0)
    assert machine.wake_at() == 5.0


def test_where_nobody_may_be_dialled_now_is_asked_again_later() -> None:
    machine = wanting(TO_THERE, TO_ELSEWHERE)
    assert machine.handle_timer(0.0, lambda _: False) == []
    assert machine.wake_at() == 1.0
    assert machine.handle_timer(1.0, lambda _: False) == []
    assert machine.wake_at() == 3.0
    assert [target for _, target in machine.handle_timer(3.0, lambda target: target == TO_THERE)] == [TO_THERE]
    assert machine.wake_at() is None


def test_nobody_is_dialled_who_is_connected_unwanted_or_nowhere() -> None:
    connected, unwanted, nowhere = wanting(TO_THERE), wanting(TO_THERE), wanting()
    connected.connected()
    unwanted.set_wanted((TO_THERE,), 0.0, wanted=False)
    for machine in (connected, unwanted, nowhere):
        machine.nudge(1.0)
        assert machine.wake_at() is None
        assert machine.handle_timer(1.0) == []


def test_after_a_loss_the_first_retry_comes_soon() -> None:
    machine = wanting(TO_THERE)
    machine.handle_timer(0.0)
    machine.connected()
    machine.disconnected(100.0)
    assert machine.wake_at() == 101.0


def test_attempts_can_be_abandoned() -> None:
    machine = wanting(TO_THERE, TO_ELSEWHERE)
    (first, _), (second, _) = machine.handle_timer(0.0)
    assert machine.abandon(lambda target: target == TO_THERE) == [first]
    machine.failed(first, 0.5)
    assert machine.wake_at() is None
    machine.failed(second, 0.5)
    assert machine.wake_at() == 1.5


def test_punching_begins_a_moment_after_the_ordinary_dials() -> None:
    machine = wanting(TO_THERE, PUNCHED)
    assert [target for _, target in machine.handle_timer(0.0)] == [TO_THERE]
    assert machine.wake_at() == PUNCH_DELAY_S
    assert machine.is_due(PUNCH_DELAY_S)
    assert [target for _, target in machine.handle_timer(PUNCH_DELAY_S)] == [PUNCHED]
    assert machine.wake_at() is None


def test_an_early_failure_does_not_keep_the_rest_of_the_round_from_starting() -> None:
    machine = wanting(TO_THERE, PUNCHED)
    fail_all(machine, 0.0)
    assert machine.wake_at() == PUNCH_DELAY_S
    assert [target for _, target in machine.handle_timer(PUNCH_DELAY_S)] == [PUNCHED]
    assert machine.wake_at() == 1.0


def test_what_is_held_is_not_dialled_again_whatever_the_news() -> None:
    machine = wanting(TO_THERE, PUNCHED)
    fail_all(machine, 0.0)
    ((held, _),) = machine.handle_timer(PUNCH_DELAY_S)
    machine.nudge(0.5)
    fail_all(machine, 0.5)
    assert machine.handle_timer(0.5 + PUNCH_DELAY_S) == []
    machine.failed(held, 60.0)
    assert machine.abandon(lambda _: True) == []


def test_what_has_to_rest_is_asked_for_when_it_has_and_disturbs_no_round() -> None:
    machine = wanting(TO_THERE, PUNCHED)
    fail_all(machine, 0.0)
    assert machine.wake_at() == PUNCH_DELAY_S

    def may_dial(_: Target) -> bool:
        machine.rest(PUNCHED, 0.7)
        return False

    assert machine.handle_timer(PUNCH_DELAY_S, may_dial) == []
    assert machine.wake_at() == 0.7
    assert [target for _, target in machine.handle_timer(0.7)] == [PUNCHED]
    assert machine.wake_at() == 1.0


def test_nothing_rests_that_is_no_target_or_not_sought() -> None:
    machine = wanting(PUNCHED)
    machine.handle_timer(0.0)
    machine.rest(TO_THERE, 0.1)
    assert machine.wake_at() == PUNCH_DELAY_S
    machine.connected()
    machine.rest(PUNCHED, 5.0)
    assert machine.wake_at() is None


@pytest.mark.parametrize("unix_s", [0.0, 29.9, 30.0, 1_000.0, 1_234_567.8])
def test_a_pair_beside_our_ports_is_the_same_for_both_sides(unix_s: float) -> None:
    ours, theirs = pair_aside(HERE, THERE, unix_s, controls=True)
    assert pair_aside(THERE, HERE, unix_s, controls=False) == (theirs, ours)
    assert ours.port - HERE.port == 1 + unix_s // 30 % 8
    assert theirs == THERE


def test_a_pair_beside_our_ports_is_another_each_half_minute_and_exists() -> None:
    for port in (5000, 65_535, 65_530):
        local = Endpoint.of("5.6.7.8", port)
        pairs = [pair_aside(local, THERE, 30.0 * period, controls=True)[0].port for period in range(8)]
        assert len(set(pairs)) == 8
        assert all(1_024 <= beside <= 65_535 and beside != port for beside in pairs)


def test_a_link_ends_the_round() -> None:
    machine = wanting(TO_THERE, PUNCHED)
    machine.handle_timer(0.0)
    machine.connected()
    assert machine.wake_at() is None
    assert machine.handle_timer(PUNCH_DELAY_S) == []


def test_what_is_no_target_any_more_is_not_started() -> None:
    machine = wanting(TO_THERE, PUNCHED)
    machine.handle_timer(0.0)
    machine.set_wanted((TO_THERE,), 0.1, wanted=True)
    assert machine.handle_timer(PUNCH_DELAY_S) == []


@pytest.mark.parametrize(
    ("text", "own", "expected"),
    [
        ("5.6.7.8:5000", OwnEndpoints(shared_versions=frozenset({4})), True),
        ("[2600::1]:5000", OwnEndpoints(shared_versions=frozenset({4, 6})), True),
        ("[2600::1]:5000", OwnEndpoints(shared_versions=frozenset({4})), False),
        ("5.6.7.8:5000", OwnEndpoints(shared_versions=frozenset({4}), is_symmetric=True), False),
        ("192.168.1.8:5000", OwnEndpoints(shared_versions=frozenset({4})), False),
        ("127.0.0.1:5000", OwnEndpoints(shared_versions=frozenset({4})), False),
        (
            "5.6.7.8:5000",
            OwnEndpoints(shared_versions=frozenset({4}), networks=frozenset({ip_network("5.6.7.0/24")})),
            False,
        ),
    ],
)
def test_only_what_is_far_is_punched_through_a_nat_that_could_let_us(
    text: str, own: OwnEndpoints, *, expected: bool
) -> None:
    assert is_punchable(Endpoint.parse(text), own) is expected
