"""The trial of QUIC: where it works, and where the two do not come together."""

from unittest import mock

from net.quic_check import _Wire, quic_works
from tests.support.aio import run


def test_two_sides_in_one_process_hear_each_other() -> None:
    assert run(quic_works(timeout_s=20.0))


def test_where_nothing_arrives_the_trial_ends() -> None:
    with mock.patch.object(_Wire, "send"):
        assert not run(quic_works(timeout_s=0.1))


def test_a_side_that_gives_up_ends_the_trial() -> None:
    with mock.patch("net.quic_check.Certificate.hash", bytes(32)):
        assert not run(quic_works(timeout_s=20.0))
