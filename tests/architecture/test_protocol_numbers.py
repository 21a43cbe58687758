"""The numbers in ``docs/protocol.md`` are those that the code goes by."""

import pytest

from app.domain.content import MAX_LISTED_IDS, MAX_LISTED_TRANSCRIPTS
from app.domain.invite import ANSWERED_AFTER_EXPIRY_S
from app.domain.message import MAX_TEXT_BYTES
from app.services.inviter import MAX_BUNDLES_A_SECOND, MAX_HALF_OPENS, MAX_REQUESTS
from app.services.joiner import KEPT_AFTER_EXPIRY_S
from app.services.lane import MAX_IN_FLIGHT, MAX_IN_FLIGHT_BYTES
from app.services.outbox import MAX_RESEALS
from app.services.re_requests import MAX_UNOPENED
from app.services.sessions import KEPT_UNUSED_S, MAX_SESSIONS
from app.storage.store import RECEIVED_KEPT_S
from crypto import labels
from crypto.session import MAX_ENVELOPE_BYTES
from crypto.signal import SIGNAL_ITEM_BYTES
from net.limits import (
    ASKED_AT_ONCE,
    ATTENTIVE_POLL_S,
    FIRST_SEARCH_GAP_S,
    FRESH_POLL_S,
    IDLE_POLL_S,
    MAX_ENDPOINTS,
    MAX_RINGS_A_REPLY,
    MAX_SIGNAL_BYTES,
    MIN_RING_PAUSE_S,
    OWN_RINGS_PER_SECOND,
    PEER_RING_GAP_S,
    REMEMBERED_FLIGHTS,
    RING_BURST,
    RING_SIGNAL_S,
    RINGS_PER_SECOND,
    SIGNAL_POLL_S,
    STORED_COPIES,
)
from tests.support.tree import ROOT

DAY_S, HOUR_S = 24 * 3600, 3600
NUMBERS = {3: "three", 5: "five", 8: "eight"}
TIMES = {1: "once", 2: "twice", 3: "three times"}

PHRASES = {
    f"at most {labels.MAX_SKIPPED_KEYS:,} a session in at most {labels.MAX_SKIPPED_CHAINS} chains",
    f"for {labels.MAX_SKIPPED_AGE_S // DAY_S} days, the oldest evicted first",
    f"A jump of more than {labels.MAX_JUMP:,} is refused",
    f"of a smaller one the last {labels.KEPT_AFTER_JUMP:,} keys are kept",
    f"An epoch is due {labels.EPOCH_AFTER_MESSAGES} envelopes (of one's own) after the last offer or acceptance",
    f"{labels.EPOCH_AFTER_S // HOUR_S} h after it, or {labels.EPOCH_AFTER_ABSENCE_S // HOUR_S} h after it when a link",
    f"has at most 2\u00b2\u2070 \u2212 {2**20 - MAX_ENVELOPE_BYTES} bytes",
    f"Env_ids are remembered for {RECEIVED_KEPT_S / DAY_S:.0f} days",
    f"at most {MAX_SESSIONS} live",
    f"for {KEPT_UNUSED_S // DAY_S} days since its own last use",
    f"{KEPT_AFTER_EXPIRY_S // DAY_S} days after their invite's expiry",
    f"Until expiry + {ANSWERED_AFTER_EXPIRY_S // DAY_S} days R answers the link",
    f"payloads in flight to that very contact and not acknowledged, {TIMES[MAX_RESEALS]} each",
    f"the env_ids of at most {MAX_UNOPENED:,} envelopes",
    f"at most {MAX_IN_FLIGHT:,} ({MAX_IN_FLIGHT_BYTES >> 20} MiB) are sealed and unacknowledged",
    f"of the newest {REMEMBERED_FLIGHTS:,} a key",
    f"at most {MAX_HALF_OPENS} an invite, evicted at random",
    f"at most {MAX_BUNDLES_A_SECOND} bundles (M2) a second",
    f"at most {MAX_REQUESTS} wait, one per `IK`",
    f"env_ids, 16 bytes each, 1 to {MAX_LISTED_IDS:,}",
    f"transcripts `th`, 32 bytes each, 1 to {MAX_LISTED_TRANSCRIPTS}",
    f"count 1, at most {MAX_ENDPOINTS}",
    f"UTF-8, 1 to {MAX_TEXT_BYTES:,} bytes",
    f"size 2 | signal | zeros; item key) {SIGNAL_ITEM_BYTES} bytes",
    f"type and body, at most {MAX_SIGNAL_BYTES} bytes",
    f"every {ATTENTIVE_POLL_S:.0f} s after a start",
    f"up to every {IDLE_POLL_S:.0f} s; that of a new invite every {FRESH_POLL_S} s for a minute",
    f"Searches for one place are {FIRST_SEARCH_GAP_S:.0f} s apart at least",
    f"of the {NUMBERS[STORED_COPIES]} nearest nodes that the search has found {NUMBERS[ASKED_AT_ONCE]} are asked",
    f"not within {MIN_RING_PAUSE_S:.0f} s, when a link ended",
    f"one ring in {NUMBERS[round(1 / OWN_RINGS_PER_SECOND)]} seconds",
    f"and for a signal for {RING_SIGNAL_S:.0f} s",
    f"one peer every {PEER_RING_GAP_S:.0f} s",
    f"{NUMBERS[MAX_RINGS_A_REPLY]} callers of one node's answer",
    f"over all one in {1 / RINGS_PER_SECOND:.0f} s, with a burst of {RING_BURST:.0f}",
    f"every {SIGNAL_POLL_S} s, and every quarter of the time waited",
}


@pytest.mark.parametrize("phrase", sorted(PHRASES))
def test_the_protocol_says(phrase: str) -> None:
    text = " ".join((ROOT / "docs" / "protocol.md").read_text(encoding="utf-8").split())
    assert phrase in text
