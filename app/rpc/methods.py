"""The methods of the automation contract: one handler each, and one table that names them all.

A handler turns checked parameters into one call of the engine, and what comes back into a row.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any, Self

from app.domain.identifiers import ContactId, InviteId, MessageId
from app.domain.own_servers import OwnServers
from app.rpc.parameters import Handler, Parameters
from app.rpc.protocol import Result
from app.rpc.rows import (
    contact_row,
    details_row,
    invite_row,
    message_row,
    network_row,
    request_row,
    settings_row,
)
from app.services.messenger import Messenger

DEFAULT_PAGE = 50
DEFAULT_EXPIRY_S = 604_800.0

DONE: Result = {}


class Order(Enum):
    """When a request may start, seen from the requests before it."""

    SERIAL = "serial"
    """After all before it in its conversation, or before it at all where it belongs to none."""

    PIPELINED = "pipelined"
    """As soon as all before it in its conversation have started, if those are pipelined too."""

    FREE = "free"
    """At once."""


# --- Account


async def account_info(engine: Messenger) -> Result:
    info = engine.account_info()
    return {"id": info.id, "name": info.name, "fingerprint": info.fingerprint}


async def account_rename(engine: Messenger, *, name: str) -> Result:
    await engine.rename_account(name)
    return DONE


async def account_change_passphrase(engine: Messenger, *, new: str, old: str | None = None) -> Result:
    await engine.change_passphrase(old, new)
    return DONE


async def account_export(engine: Messenger, *, path: str, passphrase: str, overwrite: bool = False) -> Result:
    await engine.export_profile(Path(path), passphrase, overwrite=overwrite)
    return DONE


# --- Contacts


async def contacts_invite(
    engine: Messenger, *, reusable: bool = False, in_person: bool = False, expires_in_s: float = DEFAULT_EXPIRY_S
) -> Result:
    invite = await engine.create_invite(reusable=reusable, in_person=in_person, expires_in_s=expires_in_s)
    return {
        "invite": invite.invite,
        "link": invite.link,
        "qr_text": invite.qr_text,
        "expires_at": invite.expires_at,
    }


async def contacts_invites(engine: Messenger) -> Result:
    return [invite_row(summary) for summary in await engine.invites()]


async def contacts_revoke(engine: Messenger, *, invite: InviteId) -> Result:
    await engine.revoke_invite(invite)
    return DONE


async def contacts_add(engine: Messenger, *, link: str, name: str | None = None) -> Result:
    return {"contact": await engine.add_contact(link, name)}


async def contacts_list(engine: Messenger) -> Result:
    return [contact_row(summary) for summary in await engine.contacts()]


async def contacts_rename(engine: Messenger, *, contact: ContactId, name: str) -> Result:
    await engine.rename_contact(contact, name)
    return DONE


async def contacts_remove(engine: Messenger, *, contact: ContactId) -> Result:
    await engine.remove_contact(contact)
    return DONE


async def contacts_block(engine: Messenger, *, contact: ContactId) -> Result:
    await engine.block_contact(contact)
    return DONE


async def contacts_unblock(engine: Messenger, *, contact: ContactId) -> Result:
    await engine.unblock_contact(contact)
    return DONE


async def contacts_safety_number(engine: Messenger, *, contact: ContactId) -> Result:
    digits, verified = await engine.safety_number(contact)
    return {"digits": digits, "verified": verified}


async def contacts_set_verified(engine: Messenger, *, contact: ContactId, verified: bool) -> Result:
    await engine.set_verified(contact, verified=verified)
    return DONE


async def contacts_accept_reset(engine: Messenger, *, contact: ContactId, check_digits: str | None = None) -> Result:
    await engine.accept_reset(contact, check_digits)
    return DONE


# --- Requests


async def requests_list(engine: Messenger) -> Result:
    return [request_row(summary) for summary in await engine.requests()]


async def requests_accept(engine: Messenger, *, request: ContactId) -> Result:
    await engine.accept_request(request)
    return DONE


async def requests_decline(engine: Messenger, *, request: ContactId) -> Result:
    await engine.decline_request(request)
    return DONE


# --- Messages


async def messages_send(
    engine: Messenger, *, contact: ContactId, text: str, reply_to: MessageId | None = None
) -> Result:
    sent = await engine.send_text(contact, text, reply_to=reply_to)
    return {"message": sent.message, "sent_at": sent.sent_at, "state": sent.state.word}


async def messages_list(
    engine: Messenger, *, contact: ContactId, limit: int = DEFAULT_PAGE, before: MessageId | None = None
) -> Result:
    return [message_row(message) for message in await engine.messages(contact, limit=limit, before=before)]


async def messages_search(
    engine: Messenger, *, query: str, contact: ContactId | None = None, limit: int = DEFAULT_PAGE
) -> Result:
    return [message_row(message) for message in await engine.search(query, contact=contact, limit=limit)]


async def messages_mark_read(engine: Messenger, *, contact: ContactId, up_to: MessageId) -> Result:
    await engine.mark_read(contact, up_to)
    return DONE


async def messages_details(engine: Messenger, *, contact: ContactId, message: MessageId) -> Result:
    return details_row(await engine.message_details(contact, message))


async def messages_edit(engine: Messenger, *, contact: ContactId, message: MessageId, text: str) -> Result:
    await engine.edit_message(contact, message, text)
    return DONE


async def messages_react(
    engine: Messenger, *, contact: ContactId, message: MessageId, emoji: str | None = None
) -> Result:
    await engine.react(contact, message, emoji)
    return DONE


async def messages_delete(
    engine: Messenger, *, contact: ContactId, message: MessageId, for_both: bool = False
) -> Result:
    await engine.delete_message(contact, message, for_both=for_both)
    return DONE


async def messages_clear(engine: Messenger, *, contact: ContactId) -> Result:
    await engine.clear_chat(contact)
    return DONE


async def messages_typing(engine: Messenger, *, contact: ContactId) -> Result:
    await engine.typing(contact)
    return DONE


# --- Settings


async def settings_get(engine: Messenger) -> Result:
    return settings_row(engine.settings())


async def settings_set(  # noqa: PLR0913 (a parameter for each setting)
    engine: Messenger,
    *,
    read_receipts: bool | None = None,
    typing_notices: bool | None = None,
    lan: bool | None = None,
    dht: bool | None = None,
    port_mapping: bool | None = None,
    stun: bool | None = None,
    relay: bool | None = None,
    go_between: bool | None = None,
    lan_only: bool | None = None,
    stun_servers: list[str] | None = None,
    turn_servers: list[str] | None = None,
) -> Result:
    given: dict[str, Any] = {
        "read_receipts": read_receipts,
        "typing_notices": typing_notices,
        "lan": lan,
        "dht": dht,
        "port_mapping": port_mapping,
        "stun": stun,
        "relay": relay,
        "go_between": go_between,
        "lan_only": lan_only,
        "servers": _servers(engine.settings().servers, stun_servers, turn_servers),
    }
    changes = {name: value for name, value in given.items() if value is not None}
    await engine.change_settings(replace(engine.settings(), **changes))
    return DONE


def _servers(known: OwnServers, stun: list[str] | None, turn: list[str] | None) -> OwnServers:
    """Those that are given in place of those that are known; None leaves them."""
    given = OwnServers.of(stun or (), turn or ())
    return OwnServers(known.stun if stun is None else given.stun, known.turn if turn is None else given.turn)


# --- The rest


async def network_status(engine: Messenger) -> Result:
    return network_row(await engine.network_status())


async def network_doctor(engine: Messenger, *, contact: ContactId | None = None) -> Result:
    return {"findings": [finding.told().to_row() for finding in await engine.doctor(contact)]}


async def shutdown(_: Messenger) -> Result:
    """Succeed: the server stops reading once it has accepted this, and ends when all is answered."""
    return DONE


@dataclass(frozen=True, slots=True)
class Method:
    """How to execute one method."""

    handler: Handler
    parameters: Parameters
    order: Order

    @classmethod
    def of(cls, handler: Handler, order: Order = Order.SERIAL) -> Self:
        return cls(handler, Parameters.of(handler), order)

    def conversation(self, arguments: Mapping[str, object]) -> str | None:
        """Whose conversation a call with these arguments belongs to; None for nobody's."""
        other = arguments.get("contact", arguments.get("request"))
        return other if isinstance(other, str) else None

    def is_pipelined(self, arguments: Mapping[str, object]) -> bool:
        """Whether the call takes its place in the conversation by starting; a reply looks up its message first."""
        return self.order is Order.PIPELINED and arguments.get("reply_to") is None


SHUTDOWN = "shutdown"

METHODS: Mapping[str, Method] = {
    "account.info": Method.of(account_info, Order.FREE),
    "account.rename": Method.of(account_rename),
    "account.change_passphrase": Method.of(account_change_passphrase),
    "account.export": Method.of(account_export, Order.FREE),
    "contacts.invite": Method.of(contacts_invite),
    "contacts.invites": Method.of(contacts_invites),
    "contacts.revoke": Method.of(contacts_revoke),
    "contacts.add": Method.of(contacts_add),
    "contacts.list": Method.of(contacts_list),
    "contacts.rename": Method.of(contacts_rename),
    "contacts.remove": Method.of(contacts_remove),
    "contacts.block": Method.of(contacts_block),
    "contacts.unblock": Method.of(contacts_unblock),
    "contacts.safety_number": Method.of(contacts_safety_number),
    "contacts.set_verified": Method.of(contacts_set_verified),
    "contacts.accept_reset": Method.of(contacts_accept_reset),
    "requests.list": Method.of(requests_list),
    "requests.accept": Method.of(requests_accept),
    "requests.decline": Method.of(requests_decline),
    "messages.send": Method.of(messages_send, Order.PIPELINED),
    "messages.list": Method.of(messages_list),
    "messages.search": Method.of(messages_search),
    "messages.mark_read": Method.of(messages_mark_read),
    "messages.details": Method.of(messages_details),
    "messages.edit": Method.of(messages_edit),
    "messages.react": Method.of(messages_react),
    "messages.delete": Method.of(messages_delete),
    "messages.clear": Method.of(messages_clear),
    "messages.typing": Method.of(messages_typing),
    "settings.get": Method.of(settings_get),
    "settings.set": Method.of(settings_set),
    "network.status": Method.of(network_status, Order.FREE),
    "network.doctor": Method.of(network_doctor, Order.FREE),
    SHUTDOWN: Method.of(shutdown),
}
