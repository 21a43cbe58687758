"""The doctor of this computer: from what was seen to what it means and what to do.  It looks at nothing itself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from statistics import median

from app.domain.errors import StorageError
from app.domain.finding import Finding, ToldFinding, bad, good, neutral
from app.domain.remark import Remark
from app.domain.said import ErrorSentence, Moment, Said, Size, Span, listed, say
from app.services.clock_watch import DAY_S
from net.endpoint import Endpoint

LOW_SPACE_BYTES = 100 << 20
"""Below this a disk is as good as full: a snapshot of a large profile does not fit any more."""

_NAMED = 3
"""Contacts whose clocks differ that are named at most."""

PATH_CHECKS = frozenset({"listeners", "addresses"})
"""Without these no contact can be reached, whatever else works."""


class LanHealth(Enum):
    """How far the search on the local network is known to work."""

    OFF = auto()
    DOWN = auto()
    """It can speak on no interface."""
    RUNNING = auto()
    PROVEN = auto()
    """Two throw-away participants found each other."""
    DEAF = auto()
    """Two throw-away participants did not find each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageView:
    """What is known of the disk; ``error`` is what a write came to."""

    error: StorageError | None = None
    free_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockView:
    """``now`` and what it can be compared with, in Unix seconds."""

    now: float
    newest_file_at: float | None = None
    """The latest time of a file that was written before."""
    ahead_s: Mapping[str, float]
    """By name of a contact: how far its clock is ahead of ours."""


def has_path(findings: Iterable[Finding | ToldFinding]) -> bool:
    """Whether there is a way to anybody at all."""
    return all(finding.ok for finding in findings if finding.check in PATH_CHECKS)


# --- This computer


def check_listeners(bound: Sequence[Endpoint]) -> Finding:
    if not bound:
        return bad("listeners", say(Remark.LISTENS_NOWHERE), todo=say(Remark.LISTEN_ELSEWHERE))
    return good("listeners", say(Remark.LISTENS, addresses=listed(bound)))


def check_addresses(reachable: Sequence[Endpoint], bound: Sequence[Endpoint]) -> Finding:
    """A computer with nothing but loopback reaches only itself, which is fine where just that was asked for."""
    outside = [endpoint for endpoint in reachable if not endpoint.address.is_loopback]
    if outside:
        addresses = dict.fromkeys(endpoint.address for endpoint in outside)
        return good("addresses", say(Remark.ADDRESSES, addresses=listed(addresses)))
    if reachable and bound and all(endpoint.address.is_loopback for endpoint in bound):
        return good("addresses", say(Remark.LOOPBACK_AS_ASKED, addresses=listed(reachable)))
    return bad("addresses", say(Remark.LOOPBACK_ONLY), todo=say(Remark.CONNECT_IT))


def check_lan(health: LanHealth) -> Finding:
    match health:
        case LanHealth.OFF:
            return neutral("lan", say(Remark.LAN_OFF))
        case LanHealth.DOWN:
            return bad("lan", say(Remark.LAN_DOWN), todo=say(Remark.LAN_CONNECT))
        case LanHealth.RUNNING:
            return good("lan", say(Remark.LAN_RUNNING), todo=say(Remark.LAN_IF_NOT_FOUND))
        case LanHealth.PROVEN:
            return good("lan", say(Remark.LAN_PROVEN), todo=say(Remark.LAN_IF_NOT_FOUND))
        case LanHealth.DEAF:
            return bad("lan", say(Remark.LAN_DEAF), todo=say(Remark.LAN_LET_THROUGH))


def check_storage(view: StorageView) -> Finding:
    if view.error is not None:
        failure = say(Remark.SENTENCE, sentence=ErrorSentence(view.error.sentence))
        return bad("storage", failure, todo=say(Remark.MAKE_ROOM_OR_CHECK))
    if view.free_bytes is None:
        return good("storage", say(Remark.WRITABLE))
    free = Size(view.free_bytes)
    if view.free_bytes < LOW_SPACE_BYTES:
        return bad("storage", say(Remark.NEARLY_FULL, free=free), todo=say(Remark.MAKE_ROOM))
    return good("storage", say(Remark.WRITABLE_WITH_ROOM, free=free))


def check_clock(view: ClockView) -> Finding:
    """Compare our clock with files of the past and with what contacts tell."""
    now = Moment(view.now)
    if view.newest_file_at is not None and view.newest_file_at > view.now + DAY_S:
        return _wrong_clock(say(Remark.CLOCK_BEHIND_FILES, now=now, then=Moment(view.newest_file_at)))
    off = {name: ahead_s for name, ahead_s in view.ahead_s.items() if abs(ahead_s) > DAY_S}
    count = len(view.ahead_s)
    if not off:
        return good("clock", _agreement(now, count))
    if len(off) * 2 <= count:
        return good("clock", say(Remark.CLOCK_MOST_AGREE, now=now), *_others(off))
    if count == 1:
        return _wrong_clock(say(Remark.CLOCK_SAYS, now=now), *_others(off), say(Remark.CLOCK_ONE_WRONG))
    middle_s = median(off.values())
    differ = Remark.CLOCK_MANY_AHEAD if middle_s > 0 else Remark.CLOCK_MANY_BEHIND
    return _wrong_clock(say(differ, now=now, off=len(off), count=count, span=Span(middle_s)))


def _agreement(now: Moment, count: int) -> Said:
    """So many contacts agree with our clock."""
    match count:
        case 0:
            return say(Remark.CLOCK_ALONE, now=now)
        case 1:
            return say(Remark.CLOCK_ONE_AGREES, now=now)
        case _:
            return say(Remark.CLOCK_ALL_AGREE, now=now, count=count)


def _wrong_clock(*seen: Said) -> Finding:
    return bad("clock", *seen, todo=say(Remark.SET_CLOCK))


def _others(off: Mapping[str, float]) -> Iterable[Said]:
    """A few of those whose clocks differ."""
    for name, ahead_s in sorted(off.items())[:_NAMED]:
        side = Remark.CLOCK_OTHER_AHEAD if ahead_s > 0 else Remark.CLOCK_OTHER_BEHIND
        yield say(side, name=name, span=Span(ahead_s))
