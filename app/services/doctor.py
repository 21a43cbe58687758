"""The doctor: from what was seen to what it means and what to do, in words.  It looks at nothing itself."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from ipaddress import IPv4Address, IPv6Address
from statistics import median

from app.domain.contact import Contact, ContactNotice, ContactProblem, ContactState
from app.domain.duration import in_words
from app.domain.errors import SENTENCES, ErrorKind, StorageError
from app.domain.finding import Finding
from app.services.clock_watch import DAY_S
from net.dial_log import DialOutcome, DialRecord
from net.endpoint import Endpoint
from net.events import LinkStatus, PathClass

LOW_SPACE_BYTES = 100 << 20
"""Below this a disk is as good as full: a snapshot of a large profile does not fit any more."""

_NAMED = 3
"""Contacts named in one sentence at most."""

PATH_CHECKS = frozenset({"listeners", "addresses"})
"""Without these no contact can be reached, whatever else works."""


class LanHealth(Enum):
    """How far the search on the local network is known to work."""

    OFF = "switched off"
    DOWN = "speaks on no interface"
    RUNNING = "speaks"
    PROVEN = "two throw-away participants found each other"
    DEAF = "two throw-away participants did not find each other"


class DhtHealth(Enum):
    """How far the search across the internet is known to work."""

    OFF = "switched off"
    ALONE = "nobody answers"
    RUNNING = "nodes answer"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactView:
    """One contact and the ways to it."""

    contact: Contact
    link: LinkStatus | None
    dials: Sequence[DialRecord]
    link_expiry: float | None = None
    """When the link by which it was added stops to work, in Unix seconds; None once it has answered."""
    stored_bytes: int = 0
    is_over_quota: bool = False


def has_path(findings: Iterable[Finding]) -> bool:
    """Whether there is a way to anybody at all."""
    return all(finding.ok for finding in findings if finding.check in PATH_CHECKS)


# --- This computer

_IF_NOT_FOUND = "If a contact in the same network is not found, its router may hold multicast back or isolate clients."


def check_listeners(bound: Sequence[Endpoint]) -> Finding:
    if not bound:
        return Finding(
            "listeners",
            ok=False,
            detail="Kith listens nowhere, so nobody can connect to this computer.",
            advice="Start Kith without --listen, or name an address of this computer and a free port.",
        )
    return Finding("listeners", ok=True, detail=f"Kith listens on {_listed(bound)}.")


def check_addresses(reachable: Sequence[Endpoint], bound: Sequence[Endpoint]) -> Finding:
    """A computer with nothing but loopback reaches only itself, which is fine where just that was asked for."""
    outside = [endpoint for endpoint in reachable if not endpoint.address.is_loopback]
    if outside:
        addresses = dict.fromkeys(str(endpoint.address) for endpoint in outside)
        return Finding("addresses", ok=True, detail=f"This computer's addresses are {', '.join(addresses)}.")
    if reachable and bound and all(endpoint.address.is_loopback for endpoint in bound):
        detail = f"Only contacts on this very computer can connect, at {_listed(reachable)}, as was asked for."
        return Finding("addresses", ok=True, detail=detail)
    return Finding(
        "addresses",
        ok=False,
        detail="This computer has no network address but its own loopback.",
        advice="Connect it to a network, by cable or Wi-Fi.",
    )


_LAN = {
    LanHealth.OFF: Finding("lan", ok=True, detail="The search for contacts on the local network is switched off."),
    LanHealth.DOWN: Finding(
        "lan",
        ok=False,
        detail="The search for contacts on the local network (mDNS) can use no network interface.",
        advice="Connect this computer to a network, and let Kith use UDP port 5353 in the firewall.",
    ),
    LanHealth.RUNNING: Finding(
        "lan",
        ok=True,
        detail="Contacts on the local network are searched for, and can find this computer (mDNS).",
        advice=_IF_NOT_FOUND,
    ),
    LanHealth.PROVEN: Finding(
        "lan",
        ok=True,
        detail="The search on the local network (mDNS) works on this computer: two trial participants met.",
        advice=_IF_NOT_FOUND,
    ),
    LanHealth.DEAF: Finding(
        "lan",
        ok=False,
        detail="On the local network (mDNS) two trial participants on this computer did not find each other.",
        advice="Let Kith use UDP port 5353, and accept connections, in the firewall.",
    ),
}


def check_lan(health: LanHealth) -> Finding:
    return _LAN[health]


def check_storage(view: StorageView) -> Finding:
    if view.error is not None:
        return Finding("storage", ok=False, detail=view.error.sentence, advice="Make room, or check the disk.")
    if view.free_bytes is None:
        return Finding("storage", ok=True, detail="The profile can be written.")
    room = f"{view.free_bytes / 1e9:,.1f} GB are free"
    if view.free_bytes < LOW_SPACE_BYTES:
        detail = f"The disk is nearly full: {view.free_bytes / 1e6:,.0f} MB are free."
        return Finding("storage", ok=False, detail=detail, advice="Make room, or messages cannot be stored.")
    return Finding("storage", ok=True, detail=f"The profile can be written, and {room}.")


def check_clock(view: ClockView) -> Finding:
    """Compare our clock with files of the past and with what contacts tell."""
    says = f"This computer's clock says {_date(view.now)} (UTC)"
    advice = (
        "Set date, time and time zone of this computer. Messages arrive and keep their order all the same;"
        " only invites may look expired."
    )
    if view.newest_file_at is not None and view.newest_file_at > view.now + DAY_S:
        detail = f"{says}, but there are files of Kith from {_date(view.newest_file_at)}: the clock is behind."
        return Finding("clock", ok=False, detail=detail, advice=advice)
    off = {name: ahead_s for name, ahead_s in view.ahead_s.items() if abs(ahead_s) > DAY_S}
    if not view.ahead_s:
        return Finding("clock", ok=True, detail=f"{says}; nothing was heard to compare it with.")
    if not off:
        return Finding("clock", ok=True, detail=f"{says}; {_counted(len(view.ahead_s), 'contact')} agree.")
    if len(off) * 2 <= len(view.ahead_s):
        return Finding("clock", ok=True, detail=f"{says}; most contacts agree. {_others(off)}")
    if len(view.ahead_s) == 1:
        detail = f"{says}. {_others(off)} One of the two is wrong."
        return Finding("clock", ok=False, detail=detail, advice=advice)
    middle_s = median(off.values())
    detail = (
        f"{says}, but the clocks of {len(off)} of {_counted(len(view.ahead_s), 'contact')}"
        f" are about {in_words(middle_s)} {_side(middle_s)}."
    )
    return Finding("clock", ok=False, detail=detail, advice=advice)


_DHT = {
    DhtHealth.OFF: Finding("dht", ok=True, detail="The search for contacts across the internet is switched off."),
    DhtHealth.ALONE: Finding(
        "dht",
        ok=False,
        detail="The search for contacts across the internet (DHT) gets no answer from anybody.",
        advice="Check the connection to the internet, and let Kith use UDP in the firewall. On a network without"
        " internet nothing is wrong.",
    ),
    DhtHealth.RUNNING: Finding(
        "dht",
        ok=True,
        detail="Contacts are searched for across the internet, and can find this computer (DHT).",
    ),
}


def check_dht(health: DhtHealth, external: Sequence[IPv4Address | IPv6Address] = ()) -> Finding:
    """``external`` is where others see this computer come from, if that is none of its own addresses."""
    finding = _DHT[health]
    if not external:
        return finding
    detail = f"{finding.detail} Others see it come from {', '.join(map(str, external))}, its router's address."
    return replace(finding, detail=detail)


def check_missing() -> tuple[Finding, ...]:
    """What this version has no part for, so that nobody looks for a fault elsewhere."""
    parts = {
        "port_mapping": "Asking the router for an open port (UPnP, NAT-PMP)",
        "stun": "Asking a server for this computer's address on the internet (STUN)",
        "turn": "Relaying through a server (TURN)",
    }
    return tuple(
        Finding(check, ok=False, detail=f"{words} is not part of this version.") for check, words in parts.items()
    )


# --- One contact


_PROBLEMS = {
    ContactProblem.LINK_USED: "Somebody else has used this contact's link already. Ask for a new one.",
    ContactProblem.LINK_REVOKED: "This contact has revoked its link. Ask for a new one.",
    ContactProblem.LINK_EXPIRED: "This contact's link has expired, or a clock is wrong. Ask for a new one.",
}

_WORDS = {
    DialOutcome.LINKED: "reached",
    DialOutcome.REFUSED: "refused, since no program listens there",
    DialOutcome.UNREACHABLE: "there is no way to this address from here",
    DialOutcome.TIMED_OUT: "nobody answers there",
    DialOutcome.SILENT: "something listens there and says nothing to us",
    DialOutcome.CLOSED: "the connection was closed at once",
    DialOutcome.WRONG_ANSWER: "somebody else answers there",
    DialOutcome.NOT_DIALLED: "not tried, since it belongs to a network that this computer is not in",
}

_WAYS = {
    PathClass.LAN: "over the local network",
    PathClass.DIRECT: "directly",
    PathClass.PUNCHED: "directly, through routers",
    PathClass.RELAYED: "through a relay",
}

_ADVICE = {
    DialOutcome.SILENT: "Somebody there does not know this account: the contact may have removed or blocked it.",
    DialOutcome.WRONG_ANSWER: "Another device has the contact's old address. Be in one network once, or meet anew.",
    DialOutcome.UNREACHABLE: "Check that this computer is connected to a network.",
}
"""By the outcome that says most, in this order; where none of these came, the contact is probably away."""

_HELD = (
    "Compare the 60 digits of this contact with those on their screen, and agree."
    " Whoever has a copy of their keys could have made the session."
)

_APART = "Connect both computers to the same network."
_AWAY = (
    "The contact's computer may be off, asleep, without Kith, or behind a firewall."
    " Messages wait and go out by themselves."
)


def check_contact(view: ContactView, now: float) -> Finding:
    """Whether a contact is linked, and if not, what came of each way to it."""
    contact = view.contact
    if contact.blocked:
        return _about(contact, ok=True, detail="is blocked, and gets no answer.")
    if view.is_over_quota:
        return _about(
            contact,
            ok=False,
            detail=f"has written {view.stored_bytes / 1e9:,.1f} GB, and nothing more is taken from it.",
            advice="To make room, remove the contact with its messages, and meet anew.",
        )
    if contact.is_held:
        return _about(contact, ok=False, detail="has a new session, and nothing is sent on it yet.", advice=_HELD)
    if contact.notice is not ContactNotice.NONE:
        return _about(contact, ok=False, detail="has to be looked at.", advice=contact.notice.sentence)
    if view.link is not None:
        return _about(contact, ok=True, detail=f"is linked {_WAYS[view.link.path]}, at {view.link.remote}.")
    if (problem := _PROBLEMS.get(contact.problem)) is not None:
        return _about(contact, ok=False, detail="cannot be met.", advice=problem)
    last_seen = f"; last linked {_ago(contact.last_seen_at, now)}" if contact.last_seen_at is not None else ""
    waiting = "has not answered the link yet" if contact.state is ContactState.PENDING else "is not linked"
    tried = " ".join(f"{_way(record, now)}." for record in view.dials) or "No address of it is known."
    if view.link_expiry is not None and view.link_expiry < now:
        waiting = f"did not answer the link before it expired, {_ago(view.link_expiry, now)}"
        return _about(contact, ok=False, detail=f"{waiting}. {tried}", advice=SENTENCES[ErrorKind.LINK_EXPIRED])
    return _about(contact, ok=False, detail=f"{waiting}{last_seen}. {tried}", advice=_advice(view.dials))


def _about(contact: Contact, *, ok: bool, detail: str, advice: str | None = None) -> Finding:
    return Finding("contact", ok=ok, detail=f"{contact.name} {detail}", advice=advice, contact=contact.contact_id)


def _way(record: DialRecord, now: float) -> str:
    if record.outcome is None:
        words = "not tried yet"
    elif record.count and record.at is not None:
        times = "" if record.count == 1 else f"{record.count:,} times, last "
        words = f"{_WORDS[record.outcome]} ({times}{_ago(record.at, now)})"
    else:
        words = _WORDS[record.outcome]
    return f"{record.endpoint}: {words}{'; tried rarely now' if record.is_held_back else ''}"


def _advice(dials: Sequence[DialRecord]) -> str:
    outcomes = {record.outcome for record in dials}
    if outcomes == {DialOutcome.NOT_DIALLED}:
        return _APART
    return next((words for outcome, words in _ADVICE.items() if outcome in outcomes), _AWAY)


# --- Words


def _listed(endpoints: Iterable[Endpoint]) -> str:
    return ", ".join(map(str, endpoints))


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _others(off: Mapping[str, float]) -> str:
    """A few of those whose clocks differ."""
    named = sorted(off.items())[:_NAMED]
    return " ".join(f"The clock of {name} is {in_words(ahead_s)} {_side(ahead_s)}." for name, ahead_s in named)


def _side(ahead_s: float) -> str:
    return "ahead of this computer's" if ahead_s > 0 else "behind this computer's"


def _ago(at: float, now: float) -> str:
    return f"{in_words(now - at)} ago" if at <= now else "in the future, by this computer's clock"


def _date(at: float) -> str:
    try:
        return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")
    except (OverflowError, ValueError, OSError):
        return "a time that no calendar has"
