"""Where people meet on the DHT: which records are kept, and where contacts are looked for."""

from dataclasses import replace

from app.services.rendezvous import ACCOUNT, of_contact, of_invite, own_records
from crypto.invite import Invite
from net.limits import MAX_PUBLISHED
from net.peer import PeerId
from tests.support.aio import run
from tests.support.engine import introduce
from tests.support.pair import NOW_S, Pair, friends, known, strangers


def published(pair: Pair) -> set[PeerId]:
    return set(pair.ann.node.published)


def invite_id(link: str) -> PeerId:
    return PeerId(Invite.parse(link).invite_id)


def test_the_account_and_its_open_invites_have_records() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            assert published(pair) == {ACCOUNT}
            link = (await pair.ann.messenger.create_invite()).link
            assert published(pair) == {ACCOUNT, invite_id(link)}
            await pair.ann.restart()
            assert published(pair) == {ACCOUNT, invite_id(link)}

    run(scenario())


def test_what_is_published_for_an_invite_is_found_and_opened_by_whoever_holds_it() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            invite = Invite.parse((await pair.ann.messenger.create_invite()).link)
            own = pair.ann.node.published[PeerId(invite.invite_id)]
            assert of_invite(invite).matches(own.shared)
            assert of_invite(invite).open(7, own.shared.seal(7, b"here")) == b"here"

    run(scenario())


def test_a_revoked_invite_leads_to_nobody_and_an_expired_one_neither() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            revoked, short = [await pair.ann.messenger.create_invite(expires_in_s=60) for _ in range(2)]
            await pair.ann.messenger.revoke_invite(revoked.invite)
            assert published(pair) == {ACCOUNT, invite_id(short.link)}
            pair.clock.now_s += 120
            await pair.ann.messenger._upkeep.once()
            assert published(pair) == {ACCOUNT}

    run(scenario())


def test_of_many_invites_the_newest_have_records() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            posted = []
            for _ in range(MAX_PUBLISHED + 3):
                pair.clock.now_s += 1
                posted.append(invite_id((await pair.ann.messenger.create_invite()).link))
            assert published(pair) == {ACCOUNT, *posted[-MAX_PUBLISHED + 1 :]}

    run(scenario())


def test_a_used_invite_has_a_record_until_it_expires_for_whoever_lacks_our_answer() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            link = await pair.meet()
            assert invite_id(link) in published(pair)

    run(scenario())


def test_a_contact_is_looked_for_by_its_invite_and_then_by_what_it_told() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            link = await introduce(pair.ann, pair.ben)
            [peer] = pair.ben.node.peers.values()
            assert of_invite(Invite.parse(link)).matches(peer.rendezvous)
            await pair.connect()
            own = pair.ann.node.published[ACCOUNT].shared
            for each, other, found in ((pair.ben, pair.ann, own), (pair.ann, pair.ben, None)):
                contact = known(each, other)
                rendezvous = each.node.peers[other.peer_id].rendezvous
                assert rendezvous is not None
                assert rendezvous.matches(of_contact(contact, None))
                assert found is None or rendezvous.matches(found)

    run(scenario())


def test_a_contact_that_told_nothing_and_left_no_link_is_looked_for_nowhere() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            assert of_contact(replace(known(pair.ann, pair.ben), discovery=b""), None) is None
            records = own_records(pair.ann.account, [], NOW_S)
            assert set(records) == {ACCOUNT}

    run(scenario())
