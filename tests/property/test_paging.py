"""Pages of a conversation, walked from any end in any step, are the sorted list."""

import tempfile
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.identifiers import MessageId
from app.storage import messages
from app.storage.unit_of_work import RecordedUnit
from app.storage.writer import write_transaction
from tests.support import samples
from tests.support.databases import connection_in

IDS = st.binary(min_size=16, max_size=16)
CLOCKS = st.one_of(st.integers(0, 3), st.integers(0, 2**63 - 1))
PLACES = st.dictionaries(IDS, CLOCKS, max_size=40)
TOP = (2**63 - 1, MessageId("f" * 32))


@settings(max_examples=60)
@given(PLACES, st.integers(1, 7), CLOCKS, IDS)
def test_pages_are_the_sorted_list(places: dict[bytes, int], limit: int, clock: int, identifier: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        connection = connection_in(Path(folder))
        unit = RecordedUnit(1)
        for contact in (1, 2):
            unit.put_contact(samples.contact(contact))
        for number, (message_id, message_clock) in enumerate(places.items()):
            message = samples.message(number, clock=message_clock)
            unit.add_message(1, replace(message, message_id=MessageId(message_id.hex())))
            unit.add_message(2, message)
        write_transaction(connection, [unit])

        wanted = sorted(((value, MessageId(key.hex())) for key, value in places.items()), reverse=True)
        walked: list[tuple[int, MessageId]] = []
        before = None
        while page := messages.page(connection, 1, limit=limit, before=before):
            walked += [(message.clock, message.message_id) for message in page]
            before = walked[-1]
        assert walked == wanted

        cut = (clock, MessageId(identifier.hex()))
        older = messages.page(connection, 1, limit=1_000, before=cut)
        assert [(message.clock, message.message_id) for message in older] == [one for one in wanted if one < cut]
        unread = messages.unread_up_to(connection, 1, cut, limit=1_000)
        assert unread == [message_id for place, message_id in reversed(wanted) if (place, message_id) <= cut]
        connection.close()
