import asyncio

import pytest

from app.domain.errors import ErrorKind, KithError, StorageError
from app.domain.identifiers import InviteId
from app.services import invites
from crypto.invite import Invite, InviteFlag
from net.peer import PeerId
from tests.support.aio import run
from tests.support.engine import Faults
from tests.support.pair import NOW_S, Pair, strangers

DAY_S = 86_400.0


def listened_for(pair: Pair, link: str) -> bool:
    return PeerId(Invite.parse(link).invite_id) in pair.ann.node.peers


def test_an_invite_is_one_in_link_and_qr_code_and_says_where_we_are() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            summary = await pair.ann.messenger.create_invite()
            link, qr_code = Invite.parse(summary.link), Invite.parse(summary.qr_text)
            assert link.invite_id == qr_code.invite_id == bytes.fromhex(summary.invite)
            assert link.inviter == pair.ann.account.identity.public
            assert [(hint.address, hint.port) for hint in link.hints] == [
                (endpoint.address, endpoint.port) for endpoint in pair.ann.node.local_endpoints()
            ]
            assert listened_for(pair, summary.link)

    run(scenario())


@pytest.mark.parametrize(
    ("reusable", "in_person", "flags"),
    [
        (False, False, InviteFlag.NONE),
        (True, False, InviteFlag.REUSABLE),
        (False, True, InviteFlag.IN_PERSON),
        (True, True, InviteFlag.REUSABLE | InviteFlag.IN_PERSON),
    ],
)
def test_an_invite_says_what_it_is_for(*, reusable: bool, in_person: bool, flags: InviteFlag) -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            summary = await pair.ann.messenger.create_invite(reusable=reusable, in_person=in_person)
            assert (summary.reusable, summary.in_person) == (reusable, in_person)
            assert Invite.parse(summary.link).flags == flags

    run(scenario())


@pytest.mark.parametrize(
    ("asked_s", "in_person", "lifetime_s"),
    [
        (3_600.0, False, 3_600.0),
        (7 * DAY_S, True, 600.0),
        (-5.0, False, 0.0),
        (1e12, False, float(invites.MAX_LIFETIME_S)),
    ],
    ids=["as asked", "in person", "in the past", "for ever"],
)
def test_an_invite_lives_as_long_as_asked_within_bounds(asked_s: float, lifetime_s: float, *, in_person: bool) -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            summary = await pair.ann.messenger.create_invite(in_person=in_person, expires_in_s=asked_s)
            assert summary.expires_at == NOW_S + lifetime_s

    run(scenario())


def test_invites_are_listed_newest_first_and_survive_a_restart() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            made = []
            for _ in range(3):
                made.append(await pair.ann.messenger.create_invite())
                pair.clock.now_s += 1
            assert await pair.ann.messenger.invites() == made[::-1]
            await pair.ann.restart()
            assert await pair.ann.messenger.invites() == made[::-1]
            assert all(listened_for(pair, summary.link) for summary in made)

    run(scenario())


def test_a_revoked_invite_stays_to_say_so() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            summary = await pair.ann.messenger.create_invite()
            await pair.ann.messenger.revoke_invite(summary.invite)
            assert [row.revoked for row in await pair.ann.messenger.invites()] == [True]
            assert listened_for(pair, summary.link)

    run(scenario())


@pytest.mark.parametrize("invite", ["", "00" * 32, "not hexadecimal", "00" * 31])
def test_an_unknown_invite_cannot_be_revoked(invite: str) -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await pair.ann.messenger.create_invite()
            with pytest.raises(KithError) as refused:
                await pair.ann.messenger.revoke_invite(InviteId(invite))
            assert refused.value.kind is ErrorKind.UNKNOWN_INVITE

    run(scenario())


def test_an_invite_is_forgotten_a_week_after_it_expired() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            summary = await pair.ann.messenger.create_invite(expires_in_s=DAY_S)
            pair.clock.now_s += 8 * DAY_S
            await pair.ann.restart()
            assert len(await pair.ann.messenger.invites()) == 1
            pair.clock.now_s += 1
            await pair.ann.restart()
            assert await pair.ann.messenger.invites() == []
            assert not listened_for(pair, summary.link)

    run(scenario())


@pytest.mark.expect_log
def test_an_invite_whose_forgetting_was_refused_is_listened_for_again() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            summary = await pair.ann.messenger.create_invite(expires_in_s=DAY_S)
            pair.clock.now_s += 9 * DAY_S
            pair.ann.store.arm(Faults(fail=1))
            with pytest.raises(StorageError):
                await pair.ann.messenger._invites.forget_expired()
            await pair.settle()
            assert len(await pair.ann.messenger.invites()) == 1
            assert listened_for(pair, summary.link)

    run(scenario())


def test_invites_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invites, "MAX_INVITES", 2)

    async def scenario() -> None:
        async with strangers() as pair:
            calls = [pair.ann.messenger.create_invite() for _ in range(3)]
            made = await asyncio.gather(*calls, return_exceptions=True)
            [refused] = [result for result in made if isinstance(result, BaseException)]
            assert isinstance(refused, KithError)
            assert refused.kind is ErrorKind.LIMIT_REACHED

    run(scenario())


def test_an_invite_that_was_not_kept_is_nowhere() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            pair.ann.store.arm(Faults(fail=1))
            with pytest.raises(StorageError):
                await pair.ann.messenger.create_invite()
            await pair.settle()
            assert await pair.ann.messenger.invites() == []
            assert pair.ann.node.peers == {}

    run(scenario())
