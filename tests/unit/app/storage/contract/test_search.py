"""What every store finds."""

import pytest

from app.ports.store import Store
from tests.support import samples
from tests.support.samples import message_id
from tests.support.store_contract import WithStore, write


def test_search_finds_all_words_the_last_as_a_prefix_newest_first(with_store: WithStore) -> None:
    texts = ["The quick brown fox", "a QUICK, brown bear", "quicksilver", "Crème brûlée is quick to make", ""]

    async def steps(store: Store) -> None:
        for number, text in enumerate(texts):
            message = samples.message(number, text=text)
            await write(store, lambda unit, message=message: unit.add_message(1, message))  # type: ignore[misc]
        await write(store, lambda unit: unit.add_message(2, samples.message(50, contact=2, text="quick elsewhere")))

        async def found(query: str, contact: int | None = 1, limit: int = 9) -> list[str]:
            return [message.message_id for message in await store.search(query, contact=contact, limit=limit)]

        assert await found("quick") == [message_id(3), message_id(2), message_id(1), message_id(0)]
        assert await found("quick b") == []
        assert await found("quick br") == [message_id(3), message_id(1), message_id(0)]
        assert await found("  brown   quick ") == [message_id(2 - 1), message_id(0)]
        assert await found("creme BRULEE") == [message_id(3)]
        assert await found("silver") == []
        assert await found("quick", contact=None) == [message_id(number) for number in (50, 3, 2, 1, 0)]
        assert await found("quick", contact=None, limit=2) == [message_id(50), message_id(3)]
        assert await found("quick", contact=2) == [message_id(50)]

    with_store(steps)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        '"',
        '""',
        '" OR "1"="1',
        "hello OR nothing",
        "NEAR(hello nothing)",
        "text: hello",
        "-nothing",
        "(",
        ")",
        "*",
        "'",
        "😀",
        "\0",
        "\ud800",
        "^",
        "h" * 10_240,
        "hello " * 1_700,
        "hello*",
    ],
)
def test_odd_queries_find_nothing_or_what_their_words_say(with_store: WithStore, query: str) -> None:
    async def steps(store: Store) -> None:
        await write(store, lambda unit: unit.add_message(1, samples.message(1, text="hello there")))
        found = await store.search(query, contact=None, limit=9)
        assert [message.text for message in found] == (["hello there"] if query == "hello*" else [])

    with_store(steps)
