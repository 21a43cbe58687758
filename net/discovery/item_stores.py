"""One store of an item by libtorrent at a time.  Sans-IO.

    put ─▶ libtorrent stores ─▶ told ─▶ over
             │ put: a newer value waits
             └──────────────────▶ told ─▶ libtorrent stores the newer one ─▶ …

libtorrent gives a value the number after the largest that its search has met, up to 15 s after its beginning.  Of two
stores at once the older one may meet the newer one's number, and put the older value over the newer one; and it cannot
be called back.  So the newer one comes last.
"""

from dataclasses import dataclass

from net.discovery.krpc import Item
from net.limits import ITEM_STORE_TIMEOUT_S


@dataclass(slots=True)
class _Store:
    until: float
    newer: Item | None = None


class ItemStores:
    """Of all items that this computer stores."""

    def __init__(self) -> None:
        self._under_way: dict[bytes, _Store] = {}

    def put(self, item: Item, now: float) -> bool:
        """Whether libtorrent is to store this now; else it waits for the end of an older value's store."""
        store = self._under_way.get(item.key)
        if store is not None and now < store.until:
            store.newer = item
            return False
        for key in [key for key, store in self._under_way.items() if now >= store.until]:
            del self._under_way[key]
        self._under_way[item.key] = _Store(now + ITEM_STORE_TIMEOUT_S)
        return True

    def ended(self, key: bytes) -> Item | None:
        """A store of this item has ended: the newer value to :meth:`put` now, if one waits."""
        store = self._under_way.pop(key, None)
        return None if store is None else store.newer
