"""What the doctor found, in the language of the window."""

from collections.abc import Sequence

import pytest

from app.domain.contact import Contact, ContactNotice, ContactState
from app.domain.errors import ErrorKind, StorageError
from app.domain.finding import Finding
from app.gui.models.finding_words import seen, todo
from app.services.contact_doctor import ContactView, check_contact
from app.services.doctor import ClockView, StorageView, check_clock, check_storage
from crypto.identity import Identity
from net.dial_log import DialOutcome, DialRecord
from net.endpoint import Endpoint

NOW = 1_800_000_000.0
DAY_S = 86_400.0
HOME = Endpoint.parse("192.168.1.7:4000")


def contact_finding(*dials: DialRecord, name: str = "Ann", notice: ContactNotice = ContactNotice.NONE) -> Finding:
    contact = Contact(
        number=1,
        identity=Identity.generate().public,
        state=ContactState.ESTABLISHED,
        added_at=0.0,
        given_name=name,
        last_seen_at=NOW - 2 * DAY_S,
        notice=notice,
    )
    return check_contact(ContactView(contact=contact, link=None, dials=dials), NOW)


@pytest.mark.usefixtures("german")
def test_a_contact_and_the_ways_to_it_are_told_in_german() -> None:
    finding = contact_finding(DialRecord(HOME, DialOutcome.REFUSED, 1_200, NOW - 90, is_held_back=True))
    assert seen(finding) == (
        "Ann ist nicht verbunden; zuletzt verbunden vor 2 Tagen.\n192.168.1.7:4000: abgelehnt, denn dort nimmt kein"
        " Programm Verbindungen an (1.200-mal, zuletzt vor 2 Minuten); wird jetzt nur noch selten versucht."
    )
    assert todo(finding).startswith("Vielleicht ist der Computer des Kontakts aus")


@pytest.mark.usefixtures("german")
def test_times_spans_and_sizes_are_worded_in_german() -> None:
    clock = check_clock(ClockView(now=NOW, ahead_s={"Ann": -4 * 365.25 * DAY_S}))
    assert seen(clock) == (
        "Die Uhr dieses Computers zeigt 15.01.27 08:00 (UTC). Die Uhr von Ann geht gegenüber diesem Computer 4 Jahre"
        " nach. Eine der beiden geht falsch."
    )
    assert "5,0 GB" in seen(check_storage(StorageView(free_bytes=5_000_000_000)))
    assert "eine Zeit, die kein Kalender kennt" in seen(check_clock(ClockView(now=1e300, ahead_s={})))


@pytest.mark.usefixtures("german")
def test_sentences_of_errors_and_notices_are_told_in_german() -> None:
    failed = check_storage(StorageView(error=StorageError(ErrorKind.STORAGE_FULL)))
    assert seen(failed).startswith("Der Datenträger ist voll")
    assert todo(contact_finding(notice=ContactNotice.TWO_DEVICES)).startswith("Zwei Geräte")


def test_in_english_the_window_says_what_programs_are_told() -> None:
    finding = contact_finding(DialRecord(HOME, DialOutcome.TIMED_OUT, 2, NOW - 120))
    assert (seen(finding).replace("\n", " "), todo(finding)) == (finding.detail, finding.advice)


@pytest.mark.parametrize("name", ["{0}", "{name.x}", "Ann\u202e", "\x07"])
def test_a_name_is_no_place_and_turns_nothing_around(name: str) -> None:
    shown = seen(contact_finding(name=name))
    assert shown.endswith("No address of it is known.")
    assert not harmful(shown)


def harmful(text: str) -> Sequence[str]:
    return [character for character in text if character in "\u202e\x07"]
