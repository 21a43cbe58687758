"""Of several values of an item the last is stored last."""

from crypto.secret import Secret
from net.discovery.item_stores import ItemStores
from net.discovery.krpc import Item
from net.limits import ITEM_STORE_TIMEOUT_S

START = 1000.0


def item(value: bytes, key: bytes = b"k" * 32) -> Item:
    return Item(Secret(b"s" * 64), key, value)


def test_an_item_is_stored_at_once_and_again_when_that_has_ended() -> None:
    stores = ItemStores()
    assert stores.put(item(b"1"), START)
    assert stores.ended(b"k" * 32) is None
    assert stores.put(item(b"2"), START)


def test_the_last_of_the_values_that_came_meanwhile_is_stored_when_the_first_has_ended() -> None:
    stores, last = ItemStores(), item(b"3")
    assert [stores.put(each, START) for each in (item(b"1"), item(b"2"), last)] == [True, False, False]
    assert stores.ended(b"k" * 32) is last
    assert stores.put(last, START + 15.0)
    assert stores.ended(b"k" * 32) is None


def test_items_do_not_wait_for_others() -> None:
    stores = ItemStores()
    assert stores.put(item(b"1"), START)
    assert stores.put(item(b"1", b"K" * 32), START)


def test_a_store_whose_end_nobody_tells_is_waited_for_no_longer_than_libtorrent_takes() -> None:
    stores = ItemStores()
    assert stores.put(item(b"1"), START)
    assert not stores.put(item(b"2"), START + ITEM_STORE_TIMEOUT_S - 1.0)
    assert stores.put(item(b"3"), START + ITEM_STORE_TIMEOUT_S)
    assert stores.ended(b"k" * 32) is None


def test_the_end_of_what_was_never_begun_is_no_news() -> None:
    assert ItemStores().ended(b"k" * 32) is None
