import pytest

from app.services.visitors import Visitors
from net.endpoint import Endpoint
from net.events import LinkId, LinkUp, PathClass
from net.peer import LinkKind, PeerId

NOW = 1_800_000_000.0


def link(path: PathClass, *, dialled: bool = False) -> LinkUp:
    remote = Endpoint.parse("192.168.1.7:4000")
    return LinkUp(LinkId(1), PeerId(b"ann"), LinkKind.CONTACT, bytes(32), dialled, path, remote)


def test_who_connected_from_near_and_from_far_is_told_apart() -> None:
    visitors = Visitors()
    visitors.linked(link(PathClass.LAN), NOW)
    visitors.linked(link(PathClass.DIRECT), NOW + 1)
    assert (visitors.near_at, visitors.far_at) == (NOW, NOW + 1)


@pytest.mark.parametrize("path", PathClass)
def test_whom_we_dialled_proves_nothing(path: PathClass) -> None:
    visitors = Visitors()
    visitors.linked(link(path, dialled=True), NOW)
    assert (visitors.near_at, visitors.far_at) == (None, None)


@pytest.mark.parametrize("path", [PathClass.PUNCHED, PathClass.RELAYED])
def test_a_way_that_both_sides_made_proves_nothing(path: PathClass) -> None:
    visitors = Visitors()
    visitors.linked(link(path), NOW)
    assert (visitors.near_at, visitors.far_at) == (None, None)


def test_in_another_network_it_is_open_again() -> None:
    visitors = Visitors()
    visitors.linked(link(PathClass.LAN), NOW)
    visitors.moved()
    assert visitors.near_at is None
