"""What is said after a repair."""

from dataclasses import replace

from app.storage.salvage.report import Report

WHOLE = Report(
    messages=1_234, from_snapshot=0, is_missing_some=False, contacts=2, lost_sessions=0, kept_aside="aside-1"
)


def test_a_repair_without_loss_says_so_in_a_line() -> None:
    assert WHOLE.sentence() == (
        "The profile was damaged and has been repaired: 1,234 messages and 2 contacts were saved."
        " The damaged files are kept in “aside-1”. Start Kith again to go on."
    )


def test_everything_that_was_lost_is_said() -> None:
    said = replace(WHOLE, messages=1, from_snapshot=1, is_missing_some=True, contacts=1, lost_sessions=1).sentence()
    assert said == (
        "The profile was damaged and has been repaired: 1 message and 1 contact were saved,"
        " 1 of the messages from a snapshot. Some messages may be missing. The secure session with 1 contact was lost:"
        " Kith makes a new one when they are reached, and asks both of you before anything is sent on it."
        " The damaged files are kept in “aside-1”. Start Kith again to go on."
    )
