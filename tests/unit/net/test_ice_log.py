from net.ice_log import IceLog, IceOutcome, IceRecord
from net.peer import PeerId

ALICE, BOB = PeerId(b"alice"), PeerId(b"bob")


def test_each_peer_has_its_last_outcome_and_how_often_it_was_the_same() -> None:
    log = IceLog()
    for at in (1.0, 2.0):
        log.note(ALICE, IceOutcome.UNANSWERED, at)
    log.note(BOB, IceOutcome.NO_PAIR, 3.0)
    assert log.of(ALICE) == IceRecord(IceOutcome.UNANSWERED, 2, 2.0)
    log.note(ALICE, IceOutcome.LINKED, 4.0)
    assert log.of(ALICE) == IceRecord(IceOutcome.LINKED, 1, 4.0)
    assert log.of(BOB) == IceRecord(IceOutcome.NO_PAIR, 1, 3.0)


def test_who_is_forgotten_leaves_nothing() -> None:
    log = IceLog()
    log.note(ALICE, IceOutcome.BROKEN, 1.0)
    log.forget(ALICE)
    log.forget(BOB)
    assert log.of(ALICE) is None
