"""The trial of the DHT, against one of our own and against nobody."""

from net.dht_check import dht_answers
from net.discovery.dht_settings import DhtSettings
from net.endpoint import Endpoint
from tests.support.aio import run
from tests.support.private_dht import private_dht

HERE = (Endpoint.of("127.216.1.1", 4000),)


def test_a_node_that_answers_is_noticed() -> None:
    with private_dht() as nodes:
        assert run(dht_answers(DhtSettings(bootstrap=(), nodes=nodes), HERE, timeout_s=25.0))


def test_where_nobody_answers_the_trial_ends() -> None:
    assert not run(dht_answers(DhtSettings(bootstrap=()), HERE, timeout_s=0.3))
