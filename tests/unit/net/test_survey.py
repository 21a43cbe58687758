"""A round of questions: who is asked how often, and which answers count."""

from ipaddress import ip_address

import pytest

from net import stun
from net.endpoint import Endpoint
from net.limits import SURVEY_MOMENTS_S, SURVEY_TIMEOUT_S
from net.observation import Observation, Observer, ObserverKind, Transport
from net.survey import Dialect, Survey, Target
from tests.support.links import counted
from tests.unit.net.test_stun import PLAIN

HERE = Endpoint.parse("0.0.0.0:9000")
SEEN = Endpoint.parse("1.2.3.4:4660")
STUN = Dialect(stun.TRANSACTION_BYTES, stun.question, stun.answer)
ONE, TWO, STRANGER = (Endpoint.parse(f"104.1.0.{number}:3478") for number in (1, 2, 3))


def target(endpoint: Endpoint) -> Target:
    return Target(Observer(b"server", endpoint.address, ObserverKind.STUN), endpoint, STUN)


def answer_to(question: bytes) -> bytes:
    return PLAIN[:8] + question[8:] + PLAIN[20:]


@pytest.fixture
def survey() -> Survey:
    return Survey([target(ONE), target(TWO)], counted(1), 100.0)


def asked(survey: Survey, now: float = 100.0) -> dict[Endpoint, bytes]:
    return dict(survey.handle_timer(now))


def test_everybody_is_asked_at_once_under_a_transaction_of_its_own(survey: Survey) -> None:
    assert survey.wake_at() == 100.0
    questions = asked(survey)
    assert list(questions) == [ONE, TWO]
    assert questions[ONE][8:] != questions[TWO][8:]
    assert asked(survey, 100.1) == {}


def test_who_is_silent_is_asked_three_times_with_the_same_question(survey: Survey) -> None:
    first = asked(survey)
    assert survey.received(TWO, answer_to(first[TWO]), HERE) is not None
    for moment_s in SURVEY_MOMENTS_S[1:]:
        assert survey.wake_at() == 100.0 + moment_s
        assert asked(survey, survey.wake_at()) == {ONE: first[ONE]}
    assert survey.wake_at() == 100.0 + SURVEY_TIMEOUT_S
    assert not survey.is_over(survey.wake_at() - 0.01)
    assert survey.is_over(survey.wake_at())
    assert asked(survey, survey.wake_at()) == {}


def test_an_answer_tells_where_we_were_seen_and_counts_once(survey: Survey) -> None:
    answer = answer_to(asked(survey)[ONE])
    observer = Observer(b"server", ip_address("104.1.0.1"), ObserverKind.STUN)
    assert survey.received(ONE, answer, HERE) == Observation(observer, Transport.UDP, HERE, SEEN)
    assert survey.received(ONE, answer, HERE) is None


def test_when_all_have_answered_it_is_over(survey: Survey) -> None:
    for endpoint, question in asked(survey).items():
        assert not survey.is_over(100.0)
        survey.received(endpoint, answer_to(question), HERE)
    assert survey.is_over(100.0)


def test_replies_that_are_not_ours_are_nothing(survey: Survey) -> None:
    questions = asked(survey)
    assert survey.received(STRANGER, answer_to(questions[ONE]), HERE) is None
    assert survey.received(TWO, answer_to(questions[ONE]), HERE) is None  # the other's
    assert survey.received(ONE, answer_to(bytes(20)), HERE) is None
    assert survey.received(ONE, b"", HERE) is None
    assert survey.received(ONE, questions[ONE], HERE) is None  # our own question
    assert survey.received(ONE, answer_to(questions[ONE]), HERE) is not None


def test_where_there_is_nobody_to_ask_it_is_over_at_once() -> None:
    assert Survey([], counted(1), 0.0).is_over(0.0)
