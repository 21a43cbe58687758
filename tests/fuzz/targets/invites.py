"""Invites: the link that somebody pastes, the text that a camera reads, and every field behind a right checksum."""

from collections.abc import Sequence
from contextlib import suppress
from ipaddress import ip_address

from crypto import labels
from crypto.base_text import to_base32, to_base64url
from crypto.discovery_key import DiscoveryKey
from crypto.errors import RemoteError
from crypto.hint import Hint, is_dialable
from crypto.identity import Identity
from crypto.invite import LINK_HINT_BYTES, SCHEME, Invite, InviteFlag
from crypto.primitives import blake2b
from tests.fuzz.target import Target, always
from tests.support.sessions import NOW_S, Randomness

_CHECKSUM_BYTES = 4
_HINTS = [("192.0.2.1", 4000), ("198.51.100.7", 65_535), ("2001:db8::1", 4000), ("2001:db8::2", 1)]


def invites() -> list[Invite]:
    random = Randomness("fuzz invites")
    inviter, point = Identity.generate(random).public, DiscoveryKey.generate(random).point
    hints = [Hint(ip_address(address), port) for address, port in _HINTS]
    flags = (InviteFlag.NONE, InviteFlag.REUSABLE, InviteFlag.IN_PERSON)
    return [
        Invite.create(inviter, rendezvous_point=point, expiry=NOW_S, hints=some, flags=flag, random=random)
        for some, flag in zip((hints, hints[:2], []), flags, strict=True)
    ]


def texts() -> Sequence[bytes]:
    made = invites()
    links = [invite.to_link() for invite in made] + [invite.to_qr_text() for invite in made]
    return [text.encode() for text in (*links, f"  {links[0]}\n", links[1].replace(SCHEME, "Kith:"), "kith:")]


def check_text(data: bytes) -> None:
    """A text is an invite or refused, and an invite means the same when it is handed on."""
    with suppress(RemoteError):
        _check_handed_on(Invite.parse(data.decode("utf-8", "surrogateescape")))


def bodies() -> Sequence[bytes]:
    return [invite.encode()[:-_CHECKSUM_BYTES] for invite in invites()]


def check_fields(body: bytes) -> None:
    """The same for any fields behind a right checksum, as link and as QR code."""
    encoded = body + blake2b(body, size_bytes=_CHECKSUM_BYTES, person=labels.INVITE_CHECKSUM)
    for text in (SCHEME + to_base64url(encoded), SCHEME.upper() + to_base32(encoded)):
        with suppress(RemoteError):
            _check_handed_on(Invite.parse(text))


def _check_handed_on(invite: Invite) -> None:
    for text in (invite.to_link(), invite.to_qr_text()):
        again = Invite.parse(text)
        assert again.invite_id == invite.invite_id
        assert again.link_key.matches(invite.link_key)
    assert all(is_dialable(hint.address, hint.port) for hint in invite.hints)
    assert len(invite.encode()) <= 186
    assert len(invite.to_qr_text()) <= 221


TARGETS = [
    Target(
        "invite-text",
        texts,
        always(check_text),
        words=[b"kith:", b"KITH:", b"=", b"%3D", "ſ".encode(), b" ", b"\xff", b"\0"],
        max_bytes=2_048,
    ),
    Target("invite-fields", bodies, always(check_fields), max_bytes=118 + LINK_HINT_BYTES + 8),
]
