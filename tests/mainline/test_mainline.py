"""The large DHT is what it says it is, so that what is measured in it means something."""

from collections.abc import Iterator
from ipaddress import IPv4Address
from itertools import pairwise
from random import Random  # noqa: TID251 - a run comes again from its seed

import pytest

from crypto.rendezvous import RECORD_BYTES
from crypto.secret import Secret
from crypto.signal import SignalBox
from net.discovery.krpc import Announcement, Answer, CallersAt, Item, ItemUnder, read_answer
from net.endpoint import Endpoint
from tests.mainline.answers import answer, read_question
from tests.mainline.id_tree import ID_BITS, WHOLE, IdTree, subtree_of
from tests.mainline.measure import measure, why_not
from tests.mainline.nodes import DhtNode, DhtNodes, K
from tests.mainline.verified_ids import BOUND_BITS, bound_bits, verified_address
from tests.sim.lookups import mean_questions

SIZE = 5_000
ID, TRANSACTION = b"i" * 20, b"1234"
ASKER = Endpoint.parse("51.0.0.1:7000")
IN_THE_STANDARD = (
    ("124.31.75.21", 1, 0x5FBFBF),
    ("21.75.31.124", 86, 0x5A3CE9),
    ("65.23.51.170", 22, 0xA5D432),
    ("84.124.73.14", 65, 0x1B0321),
    ("43.213.53.83", 90, 0xE56F6C),
)
"""BEP 42: address, last byte, and the id's first bytes, of which the last three bits are free."""


def below(tree: IdTree, subtree: int) -> Iterator[int]:
    """All ids of a subtree, by its halves."""
    if tree.count(subtree) and subtree.bit_length() <= ID_BITS:
        yield from below(tree, 2 * subtree)
        yield from below(tree, 2 * subtree + 1)
    elif tree.count(subtree):
        yield subtree - (1 << ID_BITS)


def test_every_id_is_where_it_is_counted() -> None:
    tree = IdTree(500, seed=1)
    ids = list(below(tree, WHOLE))
    assert len(set(ids)) == 500
    assert ids == sorted(ids)
    assert set(tree.sample(WHOLE, 500, Random(1))) == set(ids)


def test_ids_are_the_same_in_whatever_order_they_are_looked_at() -> None:
    one, other = IdTree(10_000_000, seed=1), IdTree(10_000_000, seed=1)
    drawn = one.sample(WHOLE, 50, Random(1))
    for node_id in reversed(drawn):
        assert other.count(subtree_of(node_id, ID_BITS)) == 1
    assert other.sample(WHOLE, 50, Random(1)) == drawn


@pytest.mark.parametrize(("address", "last_byte", "first_bytes"), IN_THE_STANDARD)
def test_ids_are_bound_to_addresses_as_in_the_standard(address: str, last_byte: int, first_bytes: int) -> None:
    assert bound_bits(int(IPv4Address(address)), last_byte % 8) == first_bytes >> 3


def test_there_is_a_public_address_for_every_id() -> None:
    random = Random(1)
    for _ in range(200):
        first_bits = random.getrandbits(BOUND_BITS)
        address, number = verified_address(first_bits, random)
        assert address.is_global
        assert bound_bits(int(address), number) == first_bits


def test_a_node_names_the_nearest_of_those_that_it_knows() -> None:
    nodes, random = DhtNodes(SIZE), Random(1)
    for node in nodes.sample(20, random):
        target = random.getrandbits(ID_BITS)
        named = nodes.nearest(node, target)
        distances = [each.node_id ^ target for each in named]
        assert len(set(named)) == K
        assert distances == sorted(distances)
        assert node not in named
        assert nodes.nearest(node, target) == named


def test_asking_whom_each_names_leads_to_the_nearest_of_all() -> None:
    nodes, random = DhtNodes(SIZE), Random(1)
    every = nodes.sample(SIZE, random)
    for _ in range(10):
        target = random.getrandbits(ID_BITS)
        (node,) = nodes.sample(1, random)
        path = [node]
        while (nearer := nodes.nearest(path[-1], target)[0]).node_id ^ target < path[-1].node_id ^ target:
            path.append(nearer)
        assert all(one.node_id ^ target > other.node_id ^ target for one, other in pairwise(path))
        assert path[-1] in sorted(every, key=lambda each: each.node_id ^ target)[:3]


def test_as_many_are_silent_as_are_to_be() -> None:
    silent = sum(node.is_silent for node in DhtNodes(SIZE, silent=0.3).sample(2_000, Random(1)))
    assert 500 < silent < 700


def test_what_is_stored_with_a_node_is_found_there_and_nowhere_else() -> None:
    nodes = DhtNodes(SIZE)
    node, other = nodes.sample(2, Random(1))
    box = SignalBox.of(Secret(b"k" * 32), 7, from_controlling=True)

    def told(of: DhtNode, question: bytes) -> Answer:
        read = read_question(question)
        assert read is not None
        return read_answer(answer(nodes, of, read, ASKER))

    item, bell = Item(box.signing_key, box.item_key, b"value"), Announcement(b"b" * 20, 4_000)
    for stored in (item, bell):
        token = told(node, stored.search(ID, TRANSACTION)).token
        assert token is not None
        told(node, stored.store(ID, TRANSACTION, token, 3))
    found = told(node, ItemUnder(box.item_key).search(ID, TRANSACTION))
    assert (found.value, found.seq, len(found.nodes)) == (b"value", 3, K)
    assert ItemUnder(box.item_key).is_in(found)
    assert told(node, CallersAt(b"b" * 20).search(ID, TRANSACTION)).callers == (Endpoint(ASKER.address, 4_000),)
    assert told(other, ItemUnder(box.item_key).search(ID, TRANSACTION)).value == b""
    assert told(other, CallersAt(b"b" * 20).search(ID, TRANSACTION)).callers == ()


@pytest.mark.skipif(why_not() is not None, reason=f"{why_not()}")
def test_the_real_client_asks_as_many_nodes_as_the_model_says() -> None:
    measured = measure(SIZE, silent=0.0, brief=True)
    assert measured["get"].questions == pytest.approx(mean_questions(SIZE, silent=0.0, searches=50), rel=0.3)
    assert measured["get"].answers == measured["get"].questions
    assert measured["ask_again"].questions == 3.0
    assert measured["put"].bytes > measured["get"].bytes + 2 * K * RECORD_BYTES
