"""What every store keeps of invites, handshakes and sessions."""

from dataclasses import replace

from app.ports.records import Answer, Attempt, Joining, Purpose
from app.ports.store import Store
from crypto.stored_session import encode
from tests.support import samples
from tests.support.samples import NOW
from tests.support.store_contract import WithStore, write


def test_invites_are_kept_changed_and_removed(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        posted, other = samples.posted_invite(), samples.posted_invite()
        await write(store, lambda unit: unit.put_invite(posted), lambda unit: unit.put_invite(other))
        await write(store, lambda unit: unit.put_invite(replace(posted, revoked=True, used_by=b"h" * 32)))
        first, second = await store.invites()
        assert (first.invite_id, first.revoked, first.used_by) == (posted.invite_id, True, b"h" * 32)
        assert first.invite.encode() == posted.invite.encode()
        assert first.rendezvous_key.matches(posted.rendezvous_key)
        assert (second.invite_id, second.revoked, second.used_by) == (other.invite_id, False, None)
        await write(store, lambda unit: unit.remove_invite(posted))
        assert [invite.invite_id for invite in await store.invites()] == [other.invite_id]

    with_store(steps)


def test_a_joining_is_kept_until_it_is_removed(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        first, second = samples.invite(), samples.invite()
        await write(store, lambda unit: unit.put_joining(Joining(1, first)))
        await write(store, lambda unit: unit.put_joining(Joining(1, second)))
        (kept,) = await store.joinings()
        assert (kept.contact, kept.invite.encode()) == (1, second.encode())
        await write(store, lambda unit: unit.remove_joining(1))
        assert await store.joinings() == []

    with_store(steps)


def test_attempts_are_removed_but_the_one_that_succeeded(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        for ephemeral, contact in ((b"a", 1), (b"b", 1), (b"c", 2)):
            attempt = Attempt(ephemeral, contact, b"M3 " + ephemeral, b"th", NOW)
            await write(store, lambda unit, attempt=attempt: unit.add_attempt(attempt))  # type: ignore[misc]
        await write(store, lambda unit: unit.remove_attempts(1, keep=b"b"))
        kept = await store.attempts()
        assert [(one.ephemeral, one.contact, one.message) for one in kept] == [(b"b", 1, b"M3 b"), (b"c", 2, b"M3 c")]
        await write(store, lambda unit: unit.remove_attempts(1))
        assert [one.ephemeral for one in await store.attempts()] == [b"c"]

    with_store(steps)


def test_an_attempt_says_what_it_is_for(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        for purpose in Purpose:
            attempt = Attempt(b"%d" % purpose, 1, b"M3", b"th", NOW, purpose)
            await write(store, lambda unit, attempt=attempt: unit.add_attempt(attempt))  # type: ignore[misc]
        assert [one.purpose for one in await store.attempts()] == list(Purpose)

    with_store(steps)


def test_a_retired_session_stays_retired(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        retired = replace(samples.stored_session(1), retired=True)
        await write(store, lambda unit: unit.put_session(retired), lambda unit: unit.put_session(retired))
        assert [stored.retired for stored in await store.sessions()] == [True]

    with_store(steps)


def test_a_session_remembers_its_last_use(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        stored = samples.stored_session(1)
        for used_at in (NOW, NOW + 5.5):
            used = replace(stored, used_at=used_at)
            await write(store, lambda unit, used=used: unit.put_session(used))  # type: ignore[misc]
            assert [one.used_at for one in await store.sessions()] == [used_at]

    with_store(steps)


def test_an_answer_is_found_by_its_key(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        answer = Answer(b"e" * 32, 2, b"M4", NOW)
        await write(store, lambda unit: unit.add_answer(answer))
        assert await store.answer(b"e" * 32) == answer
        assert await store.answer(b"f" * 32) is None

    with_store(steps)


def test_the_answers_to_a_contact_can_be_removed(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        unit = store.begin()
        for contact, key in ((1, b"a"), (1, b"b"), (2, b"c")):
            unit.add_answer(Answer(key * 32, contact, b"M4", NOW))
        await store.commit(unit)
        await write(store, lambda unit: unit.remove_answers(1))
        assert [await store.answer(key * 32) is None for key in (b"a", b"b", b"c")] == [True, True, False]

    with_store(steps)


def test_the_last_state_of_a_session_counts(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        transcript = b"t" * 32
        first, last = samples.stored_session(1, transcript), samples.stored_session(1, transcript, confirmed=True)
        other = samples.stored_session(2)
        await write(store, *(lambda unit, one=one: unit.put_session(one) for one in (first, other, last)))
        kept, kept_other = await store.sessions()
        assert (kept.contact, kept.confirmed, encode(kept.session)) == (1, True, encode(last.session))
        assert (kept_other.contact, kept_other.confirmed) == (2, False)
        await write(store, lambda unit: unit.remove_session(transcript))
        assert [one.contact for one in await store.sessions()] == [2]

    with_store(steps)


def test_a_session_removed_and_put_in_one_unit_is_there(with_store: WithStore) -> None:
    async def steps(store: Store) -> None:
        one = samples.stored_session(1)
        transcript = one.session.transcript
        await write(
            store,
            lambda unit: unit.put_session(one),
            lambda unit: unit.remove_session(transcript),
            lambda unit: unit.put_session(one),
        )
        assert len(await store.sessions()) == 1

    with_store(steps)
