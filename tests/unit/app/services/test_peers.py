"""What the network is told: whom to listen for and whom to dial, under which keys."""

import pytest

from app.services.peers import Peers
from net.events import LinkId, LinkUp, PathClass
from net.peer import LinkKind, Peer, PeerId
from tests.support.aio import run
from tests.support.copies import lose_sessions
from tests.support.engine import Engine, introduce
from tests.support.pair import friends, known, strangers


def declared(engine: Engine, other: Engine) -> Peer:
    return engine.node.peers[other.peer_id]


def kinds(peer: Peer) -> list[LinkKind]:
    return [key.kind for key in peer.keys]


def test_a_contact_to_be_is_dialled_by_its_invite_where_that_says() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await introduce(pair.ann, pair.ben)
            peer = declared(pair.ben, pair.ann)
            assert kinds(peer) == [LinkKind.INVITE]
            assert peer.wanted
            assert peer.endpoints == pair.ann.node.local_endpoints()

    run(scenario())


def test_a_contact_is_dialled_under_a_key_that_both_hold() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            here, there = declared(pair.ann, pair.ben), declared(pair.ben, pair.ann)
            assert kinds(here)[0] is kinds(there)[0] is LinkKind.CONTACT
            assert any(key.secret.matches(here.keys[0].secret) for key in there.keys)
            assert any(key.secret.matches(there.keys[0].secret) for key in here.keys)
            assert here.wanted
            assert there.wanted

    run(scenario())


def test_exactly_one_side_decides_which_link_survives() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            assert declared(pair.ann, pair.ben).controls != declared(pair.ben, pair.ann).controls
            assert declared(pair.ann, pair.ben).controls == (pair.ann.peer_id < pair.ben.peer_id)

    run(scenario())


def test_a_request_is_listened_for_and_not_dialled() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await pair.meet(reusable=True)
            peer = declared(pair.ann, pair.ben)
            assert LinkKind.CONTACT in kinds(peer)
            assert not peer.wanted

    run(scenario())


def test_an_invite_is_listened_for_and_not_dialled() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            summary = await pair.ann.messenger.create_invite()
            peer = pair.ann.node.peers[PeerId(bytes.fromhex(summary.invite))]
            assert kinds(peer) == [LinkKind.INVITE]
            assert not peer.wanted

    run(scenario())


def test_a_link_used_by_somebody_else_is_dialled_no_more_but_for_a_reset_which_only_a_contact_answers() -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            cid = await pair.third()
            await cid.messenger.add_contact(await pair.meet())
            assert pair.ann.peer_id in cid.node.peers
            await pair.connect()
            peer = declared(cid, pair.ann)
            assert kinds(peer) == [LinkKind.RESET]
            assert peer.wanted
            assert not cid.node.linked(peer.peer_id)
            pair.clock.now_s += 15 * 86_400  # the invite has expired, and a week more
            cid.messenger._peers.declare_all()
            assert not declared(cid, pair.ann).wanted

    run(scenario())


def test_everybody_is_declared_again_after_a_restart() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            before = declared(pair.ann, pair.ben)
            await pair.ann.restart()
            after = declared(pair.ann, pair.ben)
            assert kinds(after) == kinds(before)
            assert all(one.secret.matches(other.secret) for one, other in zip(before.keys, after.keys, strict=True))
            assert (after.wanted, after.controls, after.endpoints) == (before.wanted, before.controls, before.endpoints)

    run(scenario())


def test_a_link_that_is_gone_cannot_be_adopted_and_harms_nobody() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            peers: Peers = pair.ann.messenger._peers
            remote = pair.ben.node.local_endpoints()[0]
            event = LinkUp(LinkId(999), pair.ben.peer_id, LinkKind.INVITE, bytes(32), False, PathClass.LAN, remote)
            peers.adopt(event, known(pair.ann, pair.ben).number)
            peers.adopt(event, 999)
            peers.declare(999)
            assert pair.ann.node.links()

    run(scenario())


def test_a_contact_may_always_come_for_a_reset_and_is_dialled_for_one_only_without_a_session() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            here, there = declared(pair.ann, pair.ben), declared(pair.ben, pair.ann)
            assert kinds(here)[-1] is kinds(there)[-1] is LinkKind.RESET
            assert here.keys[-1].secret.matches(there.keys[-1].secret)
            await lose_sessions(pair.ann)
            assert kinds(declared(pair.ann, pair.ben)) == [LinkKind.RESET]
            assert declared(pair.ann, pair.ben).wanted

    run(scenario())


@pytest.mark.parametrize("reusable", [True, False])
def test_who_is_no_contact_yet_cannot_come_for_a_reset(*, reusable: bool) -> None:
    async def scenario() -> None:
        async with strangers() as pair:
            await introduce(pair.ann, pair.ben, reusable=reusable)
            assert LinkKind.RESET not in kinds(declared(pair.ben, pair.ann))
            await pair.connect()
            assert (LinkKind.RESET in kinds(declared(pair.ann, pair.ben))) is not reusable

    run(scenario())


def test_a_replaced_session_is_still_answered_and_dialled_last() -> None:
    async def scenario() -> None:
        async with friends() as pair:
            old = declared(pair.ben, pair.ann).keys[0]
            await lose_sessions(pair.ann)
            await pair.connect()
            peer = declared(pair.ben, pair.ann)
            assert kinds(peer) == [LinkKind.CONTACT, LinkKind.CONTACT, LinkKind.RESET]
            assert peer.keys[1].secret.matches(old.secret)
            assert peer.keys[0].secret.matches(declared(pair.ann, pair.ben).keys[0].secret)

    run(scenario())
