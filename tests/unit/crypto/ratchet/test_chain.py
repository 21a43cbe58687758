"""A chain gives each message its key, in order or by a jump."""

import hmac

import pytest

from crypto.encoding import Reader, Writer
from crypto.errors import MalformedError
from crypto.ratchet.chain import Chain, read_count

START = Chain(header_key=b"\x01" * 32, chain_key=b"\x02" * 32, number=7)


def test_a_step_follows_the_specification() -> None:
    after, message_key = START.step()
    assert message_key == hmac.digest(START.chain_key, b"\x01", "sha256")
    assert after.chain_key == hmac.digest(START.chain_key, b"\x02", "sha256")
    assert (after.number, after.header_key) == (8, START.header_key)


def test_a_jump_ends_where_steps_end_and_keeps_their_keys() -> None:
    stepped, keys = START, {}
    for number in range(7, 12):
        stepped, keys[number] = stepped.step()
    jumped, kept = START.skip_to(12, keep=1000)
    assert (jumped.chain_key, jumped.number) == (stepped.chain_key, 12)
    assert kept == keys


def test_a_long_jump_keeps_its_last_keys() -> None:
    _, all_keys = START.skip_to(57, keep=50)
    jumped, kept = START.skip_to(57, keep=3)
    assert list(kept) == [54, 55, 56]
    assert kept.items() <= all_keys.items()
    assert jumped.step()[1] == START.skip_to(58, keep=1)[1][57]


def test_storage_gives_back_the_same_chain() -> None:
    stored = Writer()
    START.write(stored)
    again = Chain.read(Reader(stored.finish()))
    assert len(stored.finish()) == 72
    assert (again.header_key, again.chain_key, again.number) == (START.header_key, START.chain_key, START.number)


def test_a_truncated_chain_is_refused() -> None:
    with pytest.raises(MalformedError):
        Chain.read(Reader(bytes(71)))


def stored_at(number: int) -> Reader:
    return Reader(Writer().raw(bytes(64)).u64(number).finish())


def test_a_number_that_no_chain_comes_to_is_refused() -> None:
    assert Chain.read(stored_at(2**32)).number == 2**32
    for number in (2**32 + 1, 2**64 - 1):
        with pytest.raises(MalformedError):
            Chain.read(stored_at(number))


@pytest.mark.parametrize("count", [2**32, 2**64 - 1])
def test_a_count_that_no_header_holds_is_refused(count: int) -> None:
    assert read_count(Reader(Writer().u64(2**32 - 1).finish())) == 2**32 - 1
    with pytest.raises(MalformedError):
        read_count(Reader(Writer().u64(count).finish()))
