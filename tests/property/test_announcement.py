"""Announcements on the LAN: every one tells its friends, and no bytes do more than be refused."""

import os
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_interface

from hypothesis import example, given
from hypothesis import strategies as st

from net.discovery.announcement import Announcement, announce
from net.discovery.sightings import Sightings
from net.discovery.vicinity import Vicinity
from net.endpoint import Endpoint
from net.errors import RemoteError
from net.limits import ANNOUNCED_HINTS, MAX_ANNOUNCED_IPV4, MAX_ANNOUNCED_IPV6, MAX_ANNOUNCEMENT_BYTES
from net.peer import PeerId

ports = st.integers(0, 65_535)
ipv4 = st.builds(Endpoint, st.integers(0, 2**32 - 1).map(IPv4Address), ports)
ipv6 = st.builds(Endpoint, st.integers(0, 2**128 - 1).map(IPv6Address), ports)
endpoints = st.tuples(
    st.lists(ipv4, max_size=MAX_ANNOUNCED_IPV4, unique=True), st.lists(ipv6, max_size=MAX_ANNOUNCED_IPV6, unique=True)
).map(lambda families: (*families[0], *families[1]))
keys = st.lists(st.binary(min_size=32, max_size=32), max_size=ANNOUNCED_HINTS, unique=True)
strings = st.lists(
    st.one_of(
        st.sampled_from([b"v=1", b"n=" + bytes(8), b"a4=" + bytes(6), b"a6=" + bytes(18), b"h0=" + bytes(128), b"h1="]),
        st.binary(max_size=255),
    ),
    max_size=9,
).map(lambda some: b"".join(bytes([len(string)]) + string for string in some))


@given(keys, endpoints.filter(bool))
def test_every_announcement_survives_and_tells_each_of_its_keys(some: list[bytes], where: tuple[Endpoint, ...]) -> None:
    text = announce(some, where, os.urandom)
    assert len(text) < MAX_ANNOUNCEMENT_BYTES
    read = Announcement.decode(text)
    assert read.endpoints == where
    assert read.matches(some) == list(range(len(some)))


@given(st.binary(max_size=500) | strings)
@example(b"\x03v=1\x0an=12345678\x09a4=" + bytes(6))
def test_any_bytes_are_an_announcement_or_refused(text: bytes) -> None:
    with suppress(RemoteError):
        read = Announcement.decode(text)
        assert 0 < len(read.endpoints) <= MAX_ANNOUNCED_IPV4 + MAX_ANNOUNCED_IPV6
        assert len(read.hints) <= MAX_ANNOUNCEMENT_BYTES
        read.matches([bytes(32)])


@given(endpoints.filter(bool), st.data())
def test_a_changed_announcement_leads_nobody_to_another_place(where: tuple[Endpoint, ...], data: st.DataObject) -> None:
    """Four bytes may fit by chance, but not once in the lives of all who run this."""
    key = b"k" * 32
    changed = bytearray(announce([key], where, os.urandom))
    position = data.draw(st.integers(0, len(changed) - 1))
    changed[position] ^= data.draw(st.integers(1, 255))
    with suppress(RemoteError):
        read = Announcement.decode(bytes(changed))
        assert not read.matches([key]) or read.endpoints == where


@given(st.lists(st.tuples(st.sampled_from(["one", "two", "three"]), strings | st.none()), max_size=30))
def test_sightings_outlive_whatever_neighbours_say(said: list[tuple[str, bytes | None]]) -> None:
    sightings = Sightings(now=0.0)
    sightings.set_peer(PeerId(b"alice"), (b"a" * 32,))
    for moment, (name, text) in enumerate(said):
        if text is None:
            sightings.forget(name)
            continue
        with suppress(RemoteError):
            assert sightings.hear(name, text, float(moment)) == []
    genuine = announce([b"a" * 32], [Endpoint.parse("10.0.0.1:5000")], os.urandom)
    assert [found.peer for found in sightings.hear("alice", genuine, 1e6)] == [PeerId(b"alice")]


interfaces = st.one_of(
    st.builds(lambda address, length: f"{address}/{length}", st.ip_addresses(v=4), st.integers(0, 32)),
    st.builds(lambda address, length: f"{address}/{length}", st.ip_addresses(v=6), st.integers(0, 128)),
)


@given(st.lists(interfaces, max_size=30), st.lists(endpoints.map(lambda some: some[:1]), max_size=4))
def test_whatever_a_machine_has_its_announcement_can_be_made(
    texts: list[str], bound: list[tuple[Endpoint, ...]]
) -> None:
    everywhere = [Endpoint.parse("0.0.0.0:5000"), Endpoint.parse("[::]:5000")]
    machine = [ip_interface(text) for text in texts]
    vicinity = Vicinity.of([*everywhere, *(endpoint for some in bound for endpoint in some)], machine)
    if vicinity.endpoints:
        assert vicinity.speakers
        assert Announcement.decode(announce([], vicinity.endpoints, os.urandom)).endpoints == vicinity.endpoints
