"""What a contact may send in a minute, a day, and in all."""

import pytest

from app.services import quotas as module
from app.services.limits import (
    BYTE_BURST,
    BYTES_PER_DAY,
    MAX_STORED_BYTES,
    MESSAGE_BURST,
    MESSAGES_PER_MINUTE,
    RESUMED_BYTES,
    RESUMED_MESSAGES,
    STORED_MESSAGE_BYTES,
)
from app.services.quotas import Quotas

ANN, BEN = 1, 2
DAY_S = 86_400


def test_who_was_never_heard_of_may_send() -> None:
    assert not Quotas().is_used_up(ANN, 0.0)
    assert Quotas().wait_s(ANN, 0.0) == 0.0


def test_honest_loads_never_reach_a_bound() -> None:
    quotas = Quotas()
    for now in range(5):  # five rounds of the throughput benchmark, then all that an outbox promises to hold
        quotas.charge(ANN, messages=5_000, size_bytes=5_000 * 361, now=float(now))
        assert not quotas.is_used_up(ANN, float(now))
    quotas = Quotas()
    quotas.charge(ANN, messages=99_999, size_bytes=99_999 * 1_000, now=0.0)
    assert not quotas.is_used_up(ANN, 0.0)


def test_a_flood_is_bounded_in_any_minute_and_harms_nobody_else() -> None:
    quotas, sent = Quotas(), []
    for second in range(600):
        while not quotas.is_used_up(ANN, float(second)):
            quotas.charge(ANN, messages=100, now=float(second))
            sent.append(second)
    for start in range(540):
        assert 100 * sum(start <= second < start + 60 for second in sent) <= MESSAGE_BURST + MESSAGES_PER_MINUTE + 100
    assert 100 * sum(second >= 60 for second in sent) == pytest.approx(9 * MESSAGES_PER_MINUTE, rel=0.01)
    assert not quotas.is_used_up(BEN, 600.0)


def test_no_day_takes_more_than_so_many_bytes() -> None:
    quotas, taken, megabyte = Quotas(), 0, 1 << 20
    for now in range(0, DAY_S, 60):
        while not quotas.is_used_up(ANN, float(now)):
            quotas.charge(ANN, size_bytes=megabyte, now=float(now))
            taken += megabyte
    assert taken <= BYTE_BURST + BYTES_PER_DAY + megabyte


@pytest.mark.parametrize(("kind", "burst"), [("messages", MESSAGE_BURST), ("size_bytes", BYTE_BURST)])
def test_a_burst_is_taken_to_its_last_unit(kind: str, burst: int) -> None:
    quotas = Quotas()
    quotas.charge(ANN, **{kind: burst - 1}, now=0.0)
    assert not quotas.is_used_up(ANN, 0.0)
    quotas.charge(ANN, **{kind: 1}, now=0.0)
    assert quotas.is_used_up(ANN, 0.0)


def test_who_used_up_its_bytes_waits_for_a_fair_amount() -> None:
    quotas = Quotas()
    quotas.charge(ANN, size_bytes=BYTE_BURST, now=0.0)
    assert quotas.wait_s(ANN, 0.0) == pytest.approx(RESUMED_BYTES * DAY_S / BYTES_PER_DAY)


def test_a_contact_may_fill_its_part_of_the_disk_to_the_last_byte() -> None:
    quotas = Quotas()
    assert quotas.store(ANN, MAX_STORED_BYTES - 1) == MAX_STORED_BYTES - 1
    assert not quotas.is_full(ANN)
    quotas.store(ANN, 1)
    assert quotas.is_full(ANN)


def test_who_used_a_quota_up_waits_for_a_fair_amount() -> None:
    quotas = Quotas()
    quotas.charge(ANN, messages=MESSAGE_BURST + 1_000, now=0.0)
    wait_s = quotas.wait_s(ANN, 0.0)
    assert wait_s == pytest.approx((1_000 + RESUMED_MESSAGES) * 60 / MESSAGES_PER_MINUTE)
    assert not quotas.is_used_up(ANN, wait_s)
    quotas.charge(ANN, messages=RESUMED_MESSAGES - 1, now=wait_s)
    assert not quotas.is_used_up(ANN, wait_s)


def test_a_contact_that_filled_its_part_of_the_disk_is_not_heard_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_STORED_BYTES", 2 * STORED_MESSAGE_BYTES)
    quotas = Quotas()
    quotas.load({ANN: STORED_MESSAGE_BYTES})
    assert not quotas.is_used_up(ANN, 0.0)
    assert quotas.store(ANN, STORED_MESSAGE_BYTES) == quotas.stored_bytes(ANN) == 2 * STORED_MESSAGE_BYTES
    assert quotas.is_full(ANN)
    assert quotas.is_used_up(ANN, 1e9)
    quotas.forget(ANN)
    assert not quotas.is_used_up(ANN, 0.0)
