import pytest

from app.domain.events import ContactRequested, Event
from app.domain.identifiers import ContactId
from app.services.announcer import MAX_EARLY_EVENTS, Announcer


def event(number: int) -> Event:
    return ContactRequested(ContactId(str(number)), "Ben")


def test_every_subscriber_hears_every_event_in_order_until_it_leaves() -> None:
    announcer, first, second = Announcer(), list[Event](), list[Event]()
    leave = announcer.subscribe(first.append)
    announcer.subscribe(second.append)
    announcer.publish(event(1))
    announcer.publish(event(2))
    leave()
    announcer.publish(event(3))
    assert first == [event(1), event(2)]
    assert second == [event(1), event(2), event(3)]


def test_what_happened_before_anybody_listened_is_told_to_the_first_who_does() -> None:
    announcer, first, second = Announcer(), list[Event](), list[Event]()
    announcer.publish(event(1))
    announcer.publish(event(2))
    announcer.subscribe(first.append)
    announcer.subscribe(second.append)
    announcer.publish(event(3))
    assert first == [event(1), event(2), event(3)]
    assert second == [event(3)]


def test_only_the_newest_early_events_are_kept() -> None:
    announcer, heard = Announcer(), list[Event]()
    for number in range(MAX_EARLY_EVENTS + 1):
        announcer.publish(event(number))
    announcer.subscribe(heard.append)
    assert heard == [event(number) for number in range(1, MAX_EARLY_EVENTS + 1)]


def test_nothing_is_kept_once_somebody_has_listened() -> None:
    announcer, late = Announcer(), list[Event]()
    announcer.subscribe(lambda _: None)()
    announcer.publish(event(1))
    announcer.subscribe(late.append)
    assert late == []


def test_a_failing_subscriber_is_logged_and_harms_nobody(caplog: pytest.LogCaptureFixture) -> None:
    announcer, heard = Announcer(), list[Event]()

    def fail(_: Event) -> None:
        raise ValueError

    announcer.publish(event(1))
    announcer.subscribe(fail)
    announcer.subscribe(heard.append)
    announcer.publish(event(2))
    assert heard == [event(2)]
    assert len(caplog.records) == 2
