"""Links to one peer, by kind; which of one kind survives is in ``test_survivor.py``."""

from net.events import CloseReason, LinkId
from net.path_effects import CloseLink, Offline, Online
from net.peer import LinkKind
from net.peer_links import PeerLinks
from net.survivor import Confirm, Nominate
from tests.support.path_scripts import ALICE, DIRECT, L1, L2, LAN

L3 = LinkId(3)


def test_only_contact_links_bring_a_peer_online() -> None:
    links = PeerLinks(ALICE)
    assert links.join(L1, LinkKind.RESET, DIRECT, 0.0, controls=True) == []
    assert links.in_use(LinkKind.RESET) == L1
    assert links.join(L2, LinkKind.CONTACT, DIRECT, 0.0, controls=True) == [Online(ALICE, L2)]
    assert links.leave(L1, LinkKind.RESET, 1.0) == []
    assert links.leave(L2, LinkKind.CONTACT, 1.0) == [Offline(ALICE)]
    assert links.in_use(LinkKind.CONTACT) is None
    assert links.in_use(None) is None


def test_links_of_one_kind_compete_and_others_do_not() -> None:
    links = PeerLinks(ALICE)
    links.join(L1, LinkKind.CONTACT, DIRECT, 0.0, controls=True)
    links.join(L2, LinkKind.CONTACT, LAN, 0.1, controls=True)
    links.join(L3, LinkKind.RESET, LAN, 0.1, controls=False)
    assert links.wake_at() == 0.15
    assert links.handle_timer(0.15) == [Nominate(L2)]
    assert links.confirmed(L2, LinkKind.CONTACT, 0.2) == [Online(ALICE, L2), CloseLink(L1, CloseReason.SUPERSEDED)]
    assert links.nominated(L3, LinkKind.RESET) == [Confirm(L3)]
    assert links.wake_at() is None


def test_what_stands_alone_is_counted_and_nothing_else() -> None:
    links = PeerLinks(ALICE)
    links.add(L2)
    links.add(L1)
    assert links.all() == [L1, L2]
    assert links.in_use(LinkKind.INVITE) is None
    links.remove(L2)
    assert links.all() == [L1]


def test_where_nobody_answers_the_next_that_comes_up_is_nominated() -> None:
    links = PeerLinks(ALICE)
    links.join(L1, LinkKind.CONTACT, DIRECT, 0.0, controls=True)
    links.handle_timer(0.15)
    links.confirmed(L1, LinkKind.CONTACT, 0.2)
    links.doubt(L1, LinkKind.CONTACT, silent=True)
    assert links.join(L2, LinkKind.CONTACT, DIRECT, 9.0, controls=True) == [Nominate(L2)]
