"""The doctor of one contact: whether it is linked, and if not, what came of each way to it, and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.contact import Contact, ContactNotice, ContactProblem, ContactState
from app.domain.errors import SENTENCES, ErrorKind
from app.domain.finding import Finding
from app.domain.remark import Remark
from app.domain.said import ErrorSentence, Said, Size, Value, say, since
from net.dial_log import DialOutcome, DialRecord
from net.dialling import Way
from net.events import LinkStatus, PathClass
from net.ice_log import IceOutcome, IceRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactView:
    """One contact and the ways to it."""

    contact: Contact
    link: LinkStatus | None
    dials: Sequence[DialRecord]
    ice: IceRecord | None = None
    """What came of the last attempt to meet by UDP."""
    link_expiry: float | None = None
    """When the link by which it was added stops to work, in Unix seconds; None once it has answered."""
    stored_bytes: int = 0
    is_over_quota: bool = False


_PROBLEMS = {
    ContactProblem.LINK_USED: Remark.LINK_USED,
    ContactProblem.LINK_REVOKED: Remark.LINK_REVOKED,
    ContactProblem.LINK_EXPIRED: Remark.LINK_EXPIRED,
}

_LINKED = {
    PathClass.LAN: Remark.LINKED_LAN,
    PathClass.DIRECT: Remark.LINKED_DIRECT,
    PathClass.PUNCHED: Remark.LINKED_PUNCHED,
    PathClass.RELAYED: Remark.LINKED_RELAYED,
}

_OUTCOMES = {
    None: Remark.UNTRIED,
    DialOutcome.LINKED: Remark.LINKED,
    DialOutcome.REFUSED: Remark.REFUSED,
    DialOutcome.UNREACHABLE: Remark.UNREACHABLE,
    DialOutcome.TIMED_OUT: Remark.TIMED_OUT,
    DialOutcome.SILENT: Remark.SILENT,
    DialOutcome.CLOSED: Remark.CLOSED,
    DialOutcome.WRONG_ANSWER: Remark.WRONG_ANSWER,
    DialOutcome.NOT_DIALLED: Remark.NOT_DIALLED,
}

_ICE_OUTCOMES = {
    IceOutcome.LINKED: Remark.LINKED,
    IceOutcome.UNANSWERED: Remark.ICE_UNANSWERED,
    IceOutcome.NO_PAIR: Remark.ICE_NO_PAIR,
    IceOutcome.BROKEN: Remark.ICE_BROKEN,
}

_ADVICE = {
    DialOutcome.SILENT: Remark.MAYBE_REMOVED,
    DialOutcome.WRONG_ANSWER: Remark.ADDRESS_TAKEN,
}
"""By the outcome that says most, in this order; where none of these came, the contact is probably away."""

_NO_WAY = frozenset({DialOutcome.UNREACHABLE, DialOutcome.NOT_DIALLED})
"""One such says little: who has no IPv6 finds no way to many addresses."""


def check_contact(view: ContactView, now: float) -> Finding:
    contact = view.contact
    if contact.blocked:
        return _about(contact, Remark.BLOCKED, ok=True, is_neutral=True)
    if view.is_over_quota:
        return _about(contact, Remark.OVER_QUOTA, size=Size(view.stored_bytes), todo=say(Remark.MEET_ANEW))
    if contact.is_held:
        return _about(contact, Remark.HELD, todo=say(Remark.COMPARE_DIGITS))
    if contact.notice is not ContactNotice.NONE:
        return _about(contact, Remark.NOTICED, todo=say(Remark.SENTENCE, sentence=contact.notice))
    if view.link is not None:
        return _about(contact, _LINKED[view.link.path], address=str(view.link.remote), ok=True)
    if (problem := _PROBLEMS.get(contact.problem)) is not None:
        return _about(contact, Remark.UNMET, todo=say(problem))
    return _check_unlinked(view, now)


def _check_unlinked(view: ContactView, now: float) -> Finding:
    ways = [_way(record, now) for record in view.dials] or [say(Remark.NO_ADDRESS)]
    if view.ice is not None:
        outcome = _repeated(say(_ICE_OUTCOMES[view.ice.outcome]), view.ice.count, view.ice.at, now)
        ways.append(say(Remark.ICE_WAY, outcome=outcome))
    if view.link_expiry is not None and view.link_expiry < now:
        expired = say(Remark.SENTENCE, sentence=ErrorSentence(SENTENCES[ErrorKind.LINK_EXPIRED]))
        return _about(view.contact, Remark.EXPIRED_UNANSWERED, *ways, ago=since(view.link_expiry, now), todo=expired)
    is_pending, seen_at = view.contact.state is ContactState.PENDING, view.contact.last_seen_at
    advice = _advice(view.dials)
    is_neutral = advice is Remark.PROBABLY_AWAY
    if seen_at is None:
        remark = Remark.UNANSWERED if is_pending else Remark.UNLINKED
        return _about(view.contact, remark, *ways, todo=say(advice), is_neutral=is_neutral)
    remark = Remark.UNANSWERED_SINCE if is_pending else Remark.UNLINKED_SINCE
    return _about(view.contact, remark, *ways, ago=since(seen_at, now), todo=say(advice), is_neutral=is_neutral)


def _about(
    contact: Contact,
    remark: Remark,
    *more: Said,
    ok: bool = False,
    todo: Said | None = None,
    is_neutral: bool = False,
    **values: Value,
) -> Finding:
    """What is known of the contact; ``values`` are those of the first remark, beside the name."""
    name = contact.known_name or say(Remark.NEW_CONTACT, mark=contact.mark)
    seen = (say(remark, name=name, **values), *more)
    return Finding("contact", ok, seen, todo, contact.contact_id, is_neutral)


def _way(record: DialRecord, now: float) -> Said:
    """What came of one address."""
    outcome = say(_OUTCOMES[record.outcome])
    if record.outcome is not None and record.count and record.at is not None:
        outcome = _repeated(outcome, record.count, record.at, now)
    if record.is_held_back:
        outcome = say(Remark.RARELY, outcome=outcome)
    way = Remark.PUNCHED_WAY if record.way is Way.PUNCH else Remark.WAY
    return say(way, address=str(record.endpoint), outcome=outcome)


def _repeated(outcome: Said, count: int, at: float, now: float) -> Said:
    """An outcome with when it was, and how often in a row."""
    if count == 1:
        return say(Remark.ONCE, outcome=outcome, ago=since(at, now))
    return say(Remark.OFTEN, outcome=outcome, count=count, ago=since(at, now))


def _advice(dials: Sequence[DialRecord]) -> Remark:
    outcomes = {record.outcome for record in dials}
    if outcomes == {DialOutcome.NOT_DIALLED}:
        return Remark.CONNECT_BOTH
    if outcomes and outcomes <= _NO_WAY:
        return Remark.CHECK_CONNECTION
    return next((advice for outcome, advice in _ADVICE.items() if outcome in outcomes), Remark.PROBABLY_AWAY)
