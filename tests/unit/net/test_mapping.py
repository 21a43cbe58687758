"""How a router's answers by two protocols add up."""

import pytest

from net.mapping import Answers, Asking, MappingState, PortMapping


def test_until_somebody_answers_we_wait_and_then_do_no_more() -> None:
    answers = Answers()
    assert answers.mapping(is_late=False) == PortMapping(MappingState.ASKING)
    assert answers.mapping(is_late=True) == PortMapping(MappingState.UNANSWERED)


def test_one_open_port_is_enough_and_what_else_failed_is_told() -> None:
    answers = Answers()
    answers.failed(Asking.UPNP, "no")
    assert answers.mapping(is_late=False) == PortMapping(MappingState.REFUSED, error="no")
    answers.opened(Asking.NAT_PMP, 5000)
    assert answers.mapping(is_late=True) == PortMapping(MappingState.OPEN, 5000, "no")
    answers.opened(Asking.UPNP, 5001)
    assert answers.mapping(is_late=True) == PortMapping(MappingState.OPEN, 5000)


def test_a_port_that_is_not_renewed_is_closed() -> None:
    answers = Answers()
    answers.opened(Asking.NAT_PMP, 5000)
    answers.failed(Asking.NAT_PMP, "gone")
    assert answers.mapping(is_late=True) == PortMapping(MappingState.REFUSED, error="gone")


@pytest.mark.parametrize("port", [-1, 0, 65_536])
def test_a_port_that_is_none_is_not_believed(port: int) -> None:
    answers = Answers()
    answers.opened(Asking.UPNP, port)
    assert answers.mapping(is_late=False).state is MappingState.ASKING
