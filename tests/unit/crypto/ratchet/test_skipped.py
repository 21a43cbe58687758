"""Skipped keys wait within their limits, and the oldest go first."""

import pytest

from crypto.encoding import Reader, Writer
from crypto.errors import MalformedError
from crypto.ratchet.skipped import NONE, SkippedKeys

DAY_S = 24 * 3600
NOW_S = 1_800_000_000


def header_key(index: int) -> bytes:
    return index.to_bytes(32, "big")


def keys(*numbers: int) -> dict[int, bytes]:
    return {number: number.to_bytes(32, "big") for number in numbers}


def stored(skipped: SkippedKeys) -> bytes:
    writer = Writer()
    skipped.write(writer)
    return writer.finish()


def test_a_key_is_found_by_chain_and_number_until_it_is_used() -> None:
    skipped = NONE.adding(header_key(1), keys(3, 4), now_s=NOW_S)
    assert skipped.find(header_key(1), 3) == keys(3)[3]
    assert skipped.find(header_key(1), 5) is None
    assert skipped.find(header_key(2), 3) is None
    assert skipped.without(header_key(1), 3).find(header_key(1), 3) is None


def test_a_chain_without_keys_is_forgotten() -> None:
    skipped = NONE.adding(header_key(1), keys(3), now_s=NOW_S).adding(header_key(2), keys(0), now_s=NOW_S)
    assert list(skipped.without(header_key(1), 3).header_keys) == [header_key(2)]


def test_the_value_before_a_change_stands() -> None:
    before = NONE.adding(header_key(1), keys(3, 4), now_s=NOW_S)
    image = stored(before)
    before.adding(header_key(1), keys(9), now_s=NOW_S)
    before.adding(header_key(2), keys(*range(2000)), now_s=NOW_S)
    before.without(header_key(1), 3)
    before.expire(now_s=NOW_S + 30 * DAY_S)
    assert stored(before) == image
    assert not NONE.chains


def test_two_thousand_keys_stay_and_one_more_evicts_the_oldest() -> None:
    full = NONE.adding(header_key(1), keys(*range(1000)), now_s=NOW_S)
    full = full.adding(header_key(2), keys(*range(1000)), now_s=NOW_S)
    assert full.find(header_key(1), 0) is not None
    over = full.adding(header_key(2), keys(1000), now_s=NOW_S)
    assert over.find(header_key(1), 0) is None
    assert over.find(header_key(1), 1) is not None
    assert over.find(header_key(2), 1000) is not None


def test_eviction_goes_across_chains() -> None:
    skipped = NONE.adding(header_key(1), keys(0, 1), now_s=NOW_S).adding(header_key(2), keys(0, 1), now_s=NOW_S)
    skipped = skipped.adding(header_key(3), keys(*range(1999)), now_s=NOW_S)
    assert list(skipped.header_keys) == [header_key(2), header_key(3)]
    assert skipped.find(header_key(2), 0) is None
    assert skipped.find(header_key(2), 1) is not None


def test_64_chains_stay_and_one_more_evicts_the_oldest() -> None:
    skipped = NONE
    for index in range(64):
        skipped = skipped.adding(header_key(index), keys(0), now_s=NOW_S)
    assert len(skipped.header_keys) == 64
    skipped = skipped.adding(header_key(64), keys(0), now_s=NOW_S)
    assert list(skipped.header_keys) == [header_key(index) for index in range(1, 65)]


def test_a_key_lives_14_days_to_the_second() -> None:
    skipped = NONE.adding(header_key(1), keys(0), now_s=NOW_S)
    for days in (0, 1, 14):
        assert skipped.expire(now_s=NOW_S + days * DAY_S) is skipped
    assert not skipped.expire(now_s=NOW_S + 14 * DAY_S + 1).header_keys


def test_keys_of_one_chain_expire_each_at_its_time() -> None:
    skipped = NONE.adding(header_key(1), keys(0), now_s=NOW_S)
    skipped = skipped.adding(header_key(1), keys(5), now_s=NOW_S + 10 * DAY_S)
    skipped = skipped.expire(now_s=NOW_S + 15 * DAY_S)
    assert skipped.find(header_key(1), 0) is None
    assert skipped.find(header_key(1), 5) is not None
    assert skipped.expire(now_s=NOW_S + 24 * DAY_S) is skipped
    assert not skipped.expire(now_s=NOW_S + 24 * DAY_S + 1).header_keys


def test_a_clock_set_back_neither_loses_nor_pins_keys() -> None:
    skipped = NONE.adding(header_key(1), keys(0), now_s=NOW_S)
    skipped = skipped.adding(header_key(1), keys(1), now_s=NOW_S - DAY_S)
    skipped = skipped.expire(now_s=NOW_S + 14 * DAY_S)
    assert skipped.find(header_key(1), 0) is not None
    assert skipped.find(header_key(1), 1) is None


def test_storage_keeps_keys_times_and_order() -> None:
    skipped = NONE.adding(header_key(2), keys(8, 9), now_s=NOW_S).adding(header_key(1), keys(0), now_s=NOW_S + 5)
    reader = Reader(stored(skipped))
    again = SkippedKeys.read(reader)
    reader.finish()
    assert stored(again) == stored(skipped)
    assert list(again.header_keys) == [header_key(2), header_key(1)]
    assert again.oldest_s == NOW_S


@pytest.mark.parametrize(("chains", "keys_each"), [(64, 1), (1, 2000), (64, 31)])
def test_as_much_as_is_kept_can_be_stored(chains: int, keys_each: int) -> None:
    full = NONE
    for index in range(chains):
        full = full.adding(header_key(index), keys(*range(keys_each)), now_s=NOW_S)
    assert stored(SkippedKeys.read(Reader(stored(full)))) == stored(full)


@pytest.mark.parametrize(
    "data",
    [
        (1).to_bytes(2, "little") + bytes(32) + bytes(2),
        (2).to_bytes(2, "little") + 2 * (bytes(32) + b"\x01\0" + bytes(44)),
        (1).to_bytes(2, "little") + bytes(32) + b"\x02\0" + bytes(88),
        (1).to_bytes(2, "little") + bytes(32) + b"\x01\0" + bytes(43),
        (65).to_bytes(2, "little") + b"".join(header_key(i) + b"\x01\0" + bytes(44) for i in range(65)),
        b"\x01\0"
        + bytes(32)
        + (2001).to_bytes(2, "little")
        + b"".join(i.to_bytes(4, "little") + bytes(40) for i in range(2001)),
    ],
    ids=["chain without keys", "chain twice", "message twice", "truncated", "65 chains", "2,001 keys"],
)
def test_what_could_not_have_been_stored_is_refused(data: bytes) -> None:
    with pytest.raises(MalformedError):
        SkippedKeys.read(Reader(data))
