"""First contact, what a stranger's or a hostile contact's envelope can cost at most, and sizes.

Processor time, medians over repeats.  Junk is as long as the envelope of a short text and opens under no key.  The
worst junk comes to a receiver with four sessions, each of which keeps skipped keys of 64 chains: it is held against
every header key there is.  The worst jump is a new chain 25,000 messages in, after a chain whose last 25,000 are
missing too; only a contact's own keys can make it.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from crypto import handshake
from crypto.errors import RemoteError
from crypto.identity import Identity
from crypto.labels import MAX_JUMP, MAX_SKIPPED_CHAINS
from crypto.session import ACCEPT, OFFER, Session, dated, decrypt, encrypt, offer, offer_due, reply
from crypto.stored_session import encode
from tests.bench.figure import Figure, figure
from tests.support.handshakes import HELLO, invite_terms
from tests.support.sessions import MESSAGE_ID, NOW_S, session_ends

REPEATS = 25
SESSIONS = 4
FRAME_BYTES = 20
"""What a link adds to an envelope: length 3, type 1, tag 16."""

TEXT_BYTES = range(1, 1_001)


def figures() -> Iterator[Figure]:
    contact = costs_s(first_contact(), times=20)
    yield figure("first contact, both sides", [1e3 * cost for cost in contact], "ms", at_most=2)
    fresh, holed = [turned()], [holed_session(number) for number in range(SESSIONS)]
    yield junk("junk envelope", fresh, 512 - 15, at_most=15)
    yield junk("junk envelope of 1 MiB", fresh, 2**20 - 64)
    yield junk("junk envelope, 64 chains with skipped keys", holed[:1], 512 - 15)
    yield junk("junk envelope, 64 chains in each of 4 sessions", holed, 512 - 15)
    for name, previous in (("a jump of 25,000 messages", 0), ("two jumps of 25,000 messages at once", MAX_JUMP)):
        receiver, envelope = jump(previous)
        costs = costs_s(lambda: decrypt(receiver, envelope, now_s=NOW_S), times=1)  # noqa: B023 - used up before the next
        yield figure(f"envelope after {name}", [1e3 * cost for cost in costs], "ms")
    yield from sizes()


def costs_s(task: Callable[[], object], *, times: int) -> list[float]:
    """Processor time of one call, a sample for each repeat of ``times`` calls."""
    task()
    samples: list[float] = []
    for _ in range(REPEATS):
        started = time.process_time()
        for _ in range(times):
            task()
        samples.append((time.process_time() - started) / times)
    return samples


# --- First contact


def first_contact() -> Callable[[], None]:
    """From the invite's terms to a session at both ends and the responder's first envelope; links not included."""
    ann, ben = Identity.generate(), Identity.generate()

    def shake_hands() -> None:
        terms = invite_terms(ben.public)
        half_open = handshake.offer(terms, ben)
        attempt = handshake.answer(terms, ann, half_open.message, HELLO)
        accepted = handshake.accept(half_open, ben, attempt.message, now_s=NOW_S)
        _, envelope = encrypt(accepted.session, 1, MESSAGE_ID, b"profile")
        decrypt(attempt.session, envelope, now_s=NOW_S)

    return shake_hands


# --- Hostile envelopes


def junk(name: str, sessions: list[Session], size_bytes: int, *, at_most: float | None = None) -> Figure:
    """What it costs to find out that an envelope belongs to none of ``sessions``."""
    envelope = b"\x01" + bytes(size_bytes - 1)

    def refuse() -> None:
        for session in sessions:
            with suppress(RemoteError):
                decrypt(session, envelope, now_s=NOW_S)

    costs = costs_s(refuse, times=200)
    detail: dict[str, object] = {"envelope_bytes": size_bytes, "sessions": len(sessions)}
    return figure(name, [1e6 * cost for cost in costs], "µs", at_most=at_most, detail=detail)


def turned() -> Session:
    """A session in which both have chains: two header keys may come."""
    ends = list(session_ends())
    for sender in (0, 1, 0, 1):
        deliver(ends, sender)
    return ends[1]


def holed_session(seed: int) -> Session:
    """One with a skipped message in as many chains as are kept."""
    ends = list(session_ends(seed))
    for _ in range(MAX_SKIPPED_CHAINS + 2):
        ends[0], _ = encrypt(ends[0], 1, MESSAGE_ID, b"lost")
        deliver(ends, 0)
        deliver(ends, 1)
    assert len(ends[1].ratchet.skipped.header_keys) == MAX_SKIPPED_CHAINS
    return ends[1]


def deliver(ends: list[Session], sender: int) -> None:
    ends[sender], envelope = encrypt(ends[sender], 1, MESSAGE_ID, b"")
    ends[1 - sender], _ = decrypt(ends[1 - sender], envelope, now_s=NOW_S)


def jump(previous: int) -> tuple[Session, bytes]:
    """A receiver, and an envelope 25,000 messages into a new chain; ``previous`` are missing at the old one's end."""
    ends = list(session_ends())
    deliver(ends, 0)
    for _ in range(previous):
        ends[0], _ = encrypt(ends[0], 1, MESSAGE_ID, b"lost")
    deliver(ends, 1)
    for _ in range(MAX_JUMP):
        ends[0], _ = encrypt(ends[0], 1, MESSAGE_ID, b"lost")
    _, envelope = encrypt(ends[0], 1, MESSAGE_ID, b"")
    return ends[1], envelope


# --- Sizes


def sizes() -> Iterator[Figure]:
    """Of envelopes and stored sessions, which do not vary from run to run."""
    overheads, largest = overheads_and_largest()
    detail: dict[str, object] = {"texts": "1 to 1,000 bytes, once each", "with": "epochs and the link's frames"}
    yield figure("wire overhead of a text, average", [sum(overheads) / len(overheads)], "bytes", detail=detail)
    yield figure("stored session at its largest, no skipped keys", [largest], "bytes", at_most=8192)
    alice, bob = session_ends()
    for _ in range(1_000):
        alice, _ = encrypt(alice, 1, MESSAGE_ID, b"lost")
    alice, envelope = encrypt(alice, 1, MESSAGE_ID, b"")
    bob, _ = decrypt(bob, envelope, now_s=NOW_S)
    yield figure("stored session, 1,000 skipped keys", [len(encode(bob))], "bytes")


def overheads_and_largest() -> tuple[list[int], int]:
    """What each text of a conversation costs beyond itself, and the largest that a session was stored with."""
    ends = [dated(end, now_s=NOW_S) for end in session_ends()]
    largest = 0

    def send(sender: int, payload_type: int, content: bytes) -> int:
        nonlocal largest
        ends[sender], envelope = encrypt(ends[sender], payload_type, MESSAGE_ID, content)
        ends[1 - sender], payload = decrypt(ends[1 - sender], envelope, now_s=NOW_S)
        accepted = reply(ends[1 - sender], payload)
        largest = max(largest, *(len(encode(end)) for end in ends))
        answer_bytes = 0 if accepted is None else send(1 - sender, ACCEPT, accepted)
        return len(envelope) + FRAME_BYTES + answer_bytes

    def offered(side: int) -> int:
        if not offer_due(ends[side], now_s=NOW_S):
            return 0
        ends[side], content = offer(ends[side], now_s=NOW_S)
        return send(side, OFFER, content)

    overheads: list[int] = []
    for text_bytes in TEXT_BYTES:
        sent_bytes = send((text_bytes + 1) % 2, 1, bytes(text_bytes)) + offered(0) + offered(1)
        overheads.append(sent_bytes - text_bytes)
    return overheads, largest
