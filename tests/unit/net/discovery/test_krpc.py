"""Messages of the DHT's nodes: written as BEP 5 and 44 have them, and read strictly."""

import hashlib
from collections.abc import Mapping
from ipaddress import IPv4Address

import libtorrent
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.primitives import ed25519_verify
from crypto.secret import Secret
from crypto.signal import SignalBox
from net.discovery.krpc import Announcement, CallersAt, Contact, Item, ItemUnder, read_answer
from net.endpoint import Endpoint
from net.errors import RemoteError

ID, TARGET, TRANSACTION = b"i" * 20, b"t" * 20, b"1234"
NODE = b"n" * 20 + IPv4Address("192.0.2.1").packed + b"\x1a\xe1"
BOX = SignalBox.of(Secret(b"k" * 32), 7, from_controlling=True)


def answer(said: Mapping[bytes, bytes | int | list[bytes | int]]) -> bytes:
    arguments: dict[bytes, bytes | int | list[bytes | int]] = {b"id": b"n" * 20, **said}
    message = {b"r": arguments, b"t": TRANSACTION, b"y": b"r"}
    return libtorrent.bencode(message)  # type: ignore[arg-type] # a dict of fewer types than it takes


def test_an_announcement_asks_and_stores_as_bep_5_has_it() -> None:
    announcement = Announcement(TARGET, 4_242)
    assert announcement.search(ID, TRANSACTION) == (
        b"d1:ad2:id20:" + ID + b"9:info_hash20:" + TARGET + b"e1:q9:get_peers2:roi1e1:t4:12341:y1:qe"
    )
    assert announcement.store(ID, TRANSACTION, b"tok", 9) == (
        b"d1:ad2:id20:" + ID + b"12:implied_porti0e9:info_hash20:" + TARGET + b"4:porti4242e5:token3:toke"
        b"1:q13:announce_peer2:roi1e1:t4:12341:y1:qe"
    )


def test_an_item_asks_and_stores_as_bep_44_has_it_with_a_signature_that_verifies() -> None:
    item = Item(BOX.signing_key, BOX.item_key, b"Hello World!")
    assert item.target == hashlib.sha1(BOX.item_key, usedforsecurity=False).digest()
    assert item.search(ID, TRANSACTION) == (
        b"d1:ad2:id20:" + ID + b"6:target20:" + item.target + b"e1:q3:get2:roi1e1:t4:12341:y1:qe"
    )
    stored = item.store(ID, TRANSACTION, b"tok", 4)
    before, after = stored.split(b"3:sig64:")
    assert before == b"d1:ad2:id20:" + ID + b"1:k32:" + BOX.item_key + b"3:seqi4e"
    assert after[64:] == b"5:token3:tok1:v12:Hello World!e1:q3:put2:roi1e1:t4:12341:y1:qe"
    ed25519_verify(BOX.item_key, b"3:seqi4e1:v12:Hello World!", after[:64])


def test_an_answer_tells_nodes_token_and_the_number_of_the_item() -> None:
    read = read_answer(answer({b"nodes": NODE * 2, b"token": b"tok", b"seq": 7}))
    assert (read.transaction, read.node_id, read.token, read.seq) == (TRANSACTION, b"n" * 20, b"tok", 7)
    assert read.nodes == (Contact(b"n" * 20, Endpoint.of("192.0.2.1", 6_881)),) * 2


def test_looking_asks_what_storing_asks() -> None:
    item = Item(BOX.signing_key, BOX.item_key, b"x")
    assert CallersAt(TARGET).search(ID, TRANSACTION) == Announcement(TARGET, 1).search(ID, TRANSACTION)
    assert ItemUnder(BOX.item_key).search(ID, TRANSACTION) == item.search(ID, TRANSACTION)
    assert ItemUnder(BOX.item_key).target == item.target


def test_an_answer_tells_who_has_announced_itself_as_far_as_it_can_be_read() -> None:
    values: list[bytes | int] = [
        b"\xc0\x00\x02\x01\x1a\xe1",
        bytes(15) + b"\1\0\7",
        b"\xc0\x00\x02\x01\0\0",
        b"short",
        5,
    ]
    read = read_answer(answer({b"values": values}))
    assert read.callers == (Endpoint.of("192.0.2.1", 6_881), Endpoint.of("::1", 7))
    assert len(read_answer(answer({b"values": values[:1] * 150})).callers) == 100
    assert read_answer(answer({b"values": b"x"})).callers == ()


def test_the_number_of_an_item_counts_only_with_the_signature_of_whoever_holds_its_key() -> None:
    item = Item(BOX.signing_key, BOX.item_key, b"Hello World!")
    _, stored = item.store(ID, TRANSACTION, b"tok", 4).split(b"3:sig64:")
    ours: dict[bytes, bytes | int] = {b"seq": 4, b"v": item.value, b"sig": stored[:64]}
    assert item.seq_of(read_answer(answer(ours))) == 4
    assert ItemUnder(BOX.item_key).is_in(read_answer(answer(ours)))
    forged: list[dict[bytes, bytes | int]] = [{b"seq": 2**62 - 1}, {b"v": b"Hello World?"}, {b"sig": b"s" * 64}]
    for part in forged:
        assert item.seq_of(read_answer(answer({**ours, **part}))) == 0
        assert not ItemUnder(BOX.item_key).is_in(read_answer(answer({**ours, **part})))
    assert item.seq_of(read_answer(answer({b"seq": 4}))) == 0
    assert Announcement(TARGET, 1).seq_of(read_answer(answer(ours))) == 0


@pytest.mark.parametrize(
    "said",
    [{}, {b"token": b"x" * 65, b"seq": -1, b"nodes": b"short"}, {b"token": 5, b"seq": b"7", b"nodes": 3}],
)
def test_what_is_missing_oversized_or_of_another_kind_is_left_out(said: Mapping[bytes, bytes | int]) -> None:
    read = read_answer(answer(said))
    assert (read.token, read.seq, read.nodes) == (None, 0, ())


def test_nodes_without_a_port_and_too_many_are_left_out() -> None:
    assert read_answer(answer({b"nodes": NODE[:-2] + b"\0\0"})).nodes == ()
    assert len(read_answer(answer({b"nodes": NODE * 70})).nodes) == 32


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"junk",
        b"i5e",
        b"d1:y1:re",
        b"d1:rd2:id20:nnnnnnnnnnnnnnnnnnnne1:t4:12341:y1:ee",
        b"d1:rd2:id19:nnnnnnnnnnnnnnnnnnne1:t4:12341:y1:re",
        b"d1:rd2:id20:nnnnnnnnnnnnnnnnnnnne1:t3:1231:y1:re",
        b"d1:rl2:ide1:t4:12341:y1:re",
        b"d" * 2_049,
    ],
)
def test_anything_else_is_refused(message: bytes) -> None:
    with pytest.raises(RemoteError):
        read_answer(message)


@given(st.binary(max_size=300))
def test_any_bytes_are_an_answer_or_refused(message: bytes) -> None:
    try:
        read = read_answer(message)
    except RemoteError:
        return
    assert len(read.node_id) == 20
