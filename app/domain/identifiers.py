"""Ids that front-ends see; all are opaque strings to them."""

from typing import NewType

ContactId = NewType("ContactId", str)
"""A contact or request: its account id, the lower-case base32 of the fingerprint (52 characters)."""

MessageId = NewType("MessageId", str)
"""32 hexadecimal digits, the same on both sides; unique within a conversation."""

InviteId = NewType("InviteId", str)
"""64 hexadecimal digits of the invite's id."""

MESSAGE_ID_BYTES = 16
