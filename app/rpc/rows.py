"""Values of the domain as the automation contract shows them (``docs/automation.md``)."""

from collections.abc import Mapping

from app.domain.contact import ContactNotice, ContactProblem, ContactSummary
from app.domain.invite import InviteSummary
from app.domain.message import Message
from app.domain.message_details import MessageDetails
from app.domain.network_status import NetworkStatus
from app.domain.settings import Settings

Row = Mapping[str, object]


def contact_row(summary: ContactSummary) -> Row:
    return {
        "contact": summary.contact,
        "name": summary.name,
        "verified": summary.verified,
        "blocked": summary.blocked,
        "online": summary.online,
        "path": summary.path,
        "last_seen_at": summary.last_seen_at,
        "unread": summary.unread,
        "state": summary.state.name.lower(),
        "problem": problem_word(summary.problem),
        "notice": notice_word(summary.notice),
        "check_digits": summary.check_digits,
    }


def request_row(summary: ContactSummary) -> Row:
    return {"request": summary.contact, "name": summary.name}


def invite_row(summary: InviteSummary) -> Row:
    return {
        "invite": summary.invite,
        "link": summary.link,
        "qr_text": summary.qr_text,
        "reusable": summary.reusable,
        "in_person": summary.in_person,
        "expires_at": summary.expires_at,
        "used": summary.used,
        "revoked": summary.revoked,
    }


def message_row(message: Message) -> Row:
    return {
        "message": message.message_id,
        "contact": message.contact,
        "mine": message.mine,
        "text": message.text,
        "sent_at": message.sent_at,
        "received_at": message.received_at,
        "state": message.state.word,
        "reply_to": message.reply_to,
        "edited_at": message.edited_at,
        "deleted": message.deleted,
        "reactions": [{"mine": reaction.mine, "emoji": reaction.emoji} for reaction in message.reactions],
    }


def details_row(details: MessageDetails) -> Row:
    times = {state.word: at for state, at in details.times.items()}
    message = details.message
    return {**message_row(message), "content_type": message.content_type, "path": message.path, "times": times}


def network_row(status: NetworkStatus) -> Row:
    return {
        "listen": status.listen,
        "lan": {"running": status.lan_running},
        "dht": {"running": status.dht_running, "nodes": status.dht_nodes},
        "port_mapping": status.port_mapping,
        "external": status.external,
        "nat": status.nat,
        "links": [
            {"contact": link.contact, "path": link.path, "rtt_ms": link.rtt_ms, "since": link.since}
            for link in status.links
        ],
    }


def settings_row(settings: Settings) -> Row:
    """Those that mean something without a window; the secrets of relays are told to nobody."""
    return {
        "read_receipts": settings.read_receipts,
        "typing_notices": settings.typing_notices,
        "lan": settings.lan,
        "dht": settings.dht,
        "port_mapping": settings.port_mapping,
        "stun": settings.stun,
        "relay": settings.relay,
        "go_between": settings.go_between,
        "lan_only": settings.lan_only,
        "stun_servers": [str(server) for server in settings.servers.stun],
        "turn_servers": [str(server) for server in settings.servers.turn],
    }


def notice_word(notice: ContactNotice) -> str | None:
    """The notice's kind; None when there is none."""
    return None if notice is ContactNotice.NONE else notice.kind


def problem_word(problem: ContactProblem) -> str | None:
    """The problem's kind; None when there is none."""
    return None if problem is ContactProblem.NONE else problem.kind
