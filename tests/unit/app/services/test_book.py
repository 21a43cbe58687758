"""The book: in memory what the store holds, one commit ahead."""

import pytest

from app.domain.errors import ErrorKind, KithError
from app.domain.identifiers import ContactId
from app.ports.records import Attempt
from app.services.book import Book
from net.peer import PeerId
from tests.support import samples
from tests.support.aio import run
from tests.support.memory_store import MemoryStore, MemoryUnit


@pytest.fixture
def book() -> Book:
    return Book(samples.account())


@pytest.fixture
def unit() -> MemoryUnit:
    return MemoryUnit(1)


def attempt(number: int, contact: int = 1) -> Attempt:
    return Attempt(bytes([number]) * 32, contact, b"M3", bytes(32), samples.NOW)


def test_a_contact_is_found_by_number_id_and_peer(book: Book, unit: MemoryUnit) -> None:
    contact = samples.contact(3)
    book.put_contact(contact, unit)
    assert book.numbered(3) is contact
    assert book.contact(contact.contact_id) is contact
    assert book.of_peer(PeerId(contact.identity.fingerprint)) is contact
    assert (book.contact_id(3), book.peer_id(3)) == (contact.contact_id, contact.identity.fingerprint)
    assert book.next_number() == 4


def test_a_removed_contact_takes_along_what_belongs_to_it(book: Book, unit: MemoryUnit) -> None:
    contact = samples.contact(1)
    book.put_contact(contact, unit)
    book.put_session(samples.stored_session(1), unit)
    book.add_attempt(attempt(1), unit)
    book.put_joining(1, samples.invite(), unit)
    book.saw_received(1, 2)
    book.saw_clock(1, 7)
    book.remove_contact(contact, unit)
    assert book.numbered(1) is None
    assert book.of_peer(PeerId(contact.identity.fingerprint)) is None
    assert not any((book.sessions, book.attempts, book.joinings, book.unread, book.clocks))
    with pytest.raises(KithError) as refused:
        book.contact(contact.contact_id)
    assert refused.value.kind is ErrorKind.UNKNOWN_CONTACT


def test_who_was_never_there_is_unknown(book: Book) -> None:
    with pytest.raises(KithError):
        book.contact(ContactId("nobody"))
    assert book.numbered(1) is None
    assert book.of_peer(PeerId(b"nobody")) is None


def test_a_session_keeps_its_place_when_its_state_moves(book: Book, unit: MemoryUnit) -> None:
    first, second = samples.stored_session(1, b"a" * 32), samples.stored_session(1, b"b" * 32)
    moved = samples.stored_session(1, b"a" * 32, confirmed=True)
    for stored in (first, second, moved):
        book.put_session(stored, unit)
    assert book.sessions[1] == [moved, second]
    assert book.session(1, b"a" * 32) is moved
    assert book.session(1, b"c" * 32) is None
    book.remove_session(moved, unit)
    assert book.sessions[1] == [second]


def test_attempts_are_dropped_but_for_one(book: Book, unit: MemoryUnit) -> None:
    for number in range(3):
        book.add_attempt(attempt(number), unit)
    book.remove_attempts(1, unit, keep=bytes([1]) * 32)
    assert [kept.ephemeral[0] for kept in book.attempts[1]] == [1]
    book.remove_attempts(1, unit)
    assert book.attempts[1] == []


def test_unread_messages_never_fall_below_none(book: Book) -> None:
    book.saw_received(1, 2)
    book.saw_read(1, 5)
    book.saw_read(2, 1)
    assert book.unread == {1: 0}


def test_a_clock_only_goes_forward(book: Book) -> None:
    book.saw_clock(1, 7)
    book.saw_clock(1, 3)
    assert book.clocks == {1: 7}


def test_it_is_what_the_store_holds_after_loading(book: Book) -> None:
    async def scenario() -> None:
        store = MemoryStore()
        writing = store.begin()
        account, posted, stored = samples.account("Anna"), samples.posted_invite(), samples.stored_session(1)
        known = Book(account)
        known.put_account(account, writing)
        known.put_contact(samples.contact(1), writing)
        known.put_session(stored, writing)
        known.add_attempt(attempt(1), writing)
        known.put_joining(1, posted.invite, writing)
        known.put_invite(posted, writing)
        writing.add_message(1, samples.message(1, clock=9))
        await store.commit(writing)

        lost = store.begin()
        book.put_contact(samples.contact(2), lost)  # never committed
        await book.load(store)
        assert book.account is account
        assert [contact.number for contact in book.contacts()] == [1]
        assert book.sessions == {1: [stored]}
        assert [kept.ephemeral for kept in book.attempts[1]] == [bytes([1]) * 32]
        assert book.joinings == {1: posted.invite}
        assert book.invites == {PeerId(posted.invite.invite_id): posted}
        assert book.unread == {1: 1}
        assert book.clocks == {1: 9}
        assert book.next_number() == 2

    run(scenario())


def test_loading_lets_the_store_take_units_again(book: Book) -> None:
    async def scenario() -> None:
        store = MemoryStore()
        store.fail_next()
        with pytest.raises(KithError):
            await store.commit(store.begin())
        with pytest.raises(KithError):
            store.begin()
        await book.load(store)
        await store.commit(store.begin())

    run(scenario())
