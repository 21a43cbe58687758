"""Errors worded for people, once, each with the stable ``kind`` of the automation contract."""

from enum import StrEnum
from typing import Final


class ErrorKind(StrEnum):
    """What went wrong, for programs."""

    UNKNOWN_CONTACT = "unknown_contact"
    UNKNOWN_MESSAGE = "unknown_message"
    UNKNOWN_INVITE = "unknown_invite"
    UNKNOWN_REQUEST = "unknown_request"
    BAD_LINK = "bad_link"
    LINK_EXPIRED = "link_expired"
    LINK_USED = "link_used"
    OWN_LINK = "own_link"
    ALREADY_CONTACT = "already_contact"
    TEXT_EMPTY = "text_empty"
    TEXT_TOO_LONG = "text_too_long"
    NAME_INVALID = "name_invalid"
    SETTING_INVALID = "setting_invalid"
    EMOJI_INVALID = "emoji_invalid"
    NOT_YOURS = "not_yours"
    MESSAGE_DELETED = "message_deleted"
    CONTACT_BLOCKED = "contact_blocked"
    DIGITS_CHANGED = "digits_changed"
    LIMIT_REACHED = "limit_reached"
    STORAGE_FULL = "storage_full"
    STORAGE_DAMAGED = "storage_damaged"
    WRONG_PASSPHRASE = "wrong_passphrase"  # noqa: S105 (a kind of error, not a password)
    PASSPHRASE_MISSING = "passphrase_missing"  # noqa: S105
    FILE_EXISTS = "file_exists"
    FILE_UNREADABLE = "file_unreadable"
    EXPORT_DAMAGED = "export_damaged"
    EXPORT_NEWER = "export_newer"
    KEYRING_MISSING = "keyring_missing"
    LAST_WAY = "last_way"
    PROFILE_MISSING = "profile_missing"
    PROFILE_IN_USE = "profile_in_use"
    PROFILE_NEWER = "profile_newer"
    PROFILE_DAMAGED = "profile_damaged"
    LISTEN_FAILED = "listen_failed"
    USAGE = "usage"
    UNEXPECTED = "unexpected"


REASON: Final = "{reason}"
"""Stands in a sentence for what the system says."""

SENTENCES = {
    ErrorKind.UNKNOWN_CONTACT: "There is no such contact.",
    ErrorKind.UNKNOWN_MESSAGE: "There is no such message in this conversation.",
    ErrorKind.UNKNOWN_INVITE: "There is no such invite.",
    ErrorKind.UNKNOWN_REQUEST: "There is no such request.",
    ErrorKind.BAD_LINK: "This is not a whole Kith link. Copy it again, from its first to its last character.",
    ErrorKind.LINK_EXPIRED: "This link has expired. Ask for a new one, and check that this computer's clock is right.",
    ErrorKind.LINK_USED: "Somebody else has used this link already. Ask for a new one.",
    ErrorKind.OWN_LINK: "This is your own link. Send it to the person who should add you.",
    ErrorKind.ALREADY_CONTACT: "This person is in your contacts already.",
    ErrorKind.TEXT_EMPTY: "There is nothing to send.",
    ErrorKind.TEXT_TOO_LONG: "This message is too long. The limit is 65,536 bytes.",
    ErrorKind.NAME_INVALID: "A name needs 1 to 64 visible characters on one line.",
    ErrorKind.EMOJI_INVALID: "A reaction is one emoji.",
    ErrorKind.NOT_YOURS: "Only the author of a message can change it for both.",
    ErrorKind.MESSAGE_DELETED: "This message is not there any more, or is none that can be changed.",
    ErrorKind.SETTING_INVALID: "This setting cannot have that value.",
    ErrorKind.CONTACT_BLOCKED: "This contact is blocked. Unblock it to write.",
    ErrorKind.DIGITS_CHANGED: "The session was made anew once more. Compare the digits that are shown now.",
    ErrorKind.LIMIT_REACHED: "Too many messages are waiting to be delivered. Try again when some have gone out.",
    ErrorKind.STORAGE_FULL: "The disk is full. Nothing was lost; make room and try again.",
    ErrorKind.STORAGE_DAMAGED: "The profile on disk cannot be read or written.",
    ErrorKind.WRONG_PASSPHRASE: "This passphrase does not open the profile.",
    ErrorKind.PASSPHRASE_MISSING: "A passphrase is needed: none was given and the system's keyring holds none.",
    ErrorKind.FILE_EXISTS: "There is a file of that name already.",
    ErrorKind.FILE_UNREADABLE: "The file cannot be read or written.",
    ErrorKind.EXPORT_DAMAGED: "This is not a whole file of a Kith profile. Nothing of it was taken.",
    ErrorKind.EXPORT_NEWER: "This file was written by a newer Kith. Update Kith to read it.",
    ErrorKind.KEYRING_MISSING: "This system has no keyring that could keep the key.",
    ErrorKind.LAST_WAY: "Only the keyring opens this profile. Set a passphrase first.",
    ErrorKind.PROFILE_MISSING: "There is no account in this profile yet. Create one with --create NAME.",
    ErrorKind.PROFILE_IN_USE: "Another Kith is using this profile.",
    ErrorKind.PROFILE_NEWER: "This profile was written by a newer Kith. Update Kith to open it.",
    ErrorKind.PROFILE_DAMAGED: "The profile is damaged and cannot be opened.",
    ErrorKind.LISTEN_FAILED: "Kith cannot listen on the address that was asked for.",
    ErrorKind.USAGE: "The command line is not understood.",
    ErrorKind.UNEXPECTED: "Something went wrong that Kith did not expect.",
}


class KithError(Exception):
    """A failure that a person can understand: a kind and its sentence."""

    def __init__(self, kind: ErrorKind, sentence: str | None = None, *, reason: str = "") -> None:
        """``reason`` is what the system says, for the sentence's place of that name."""
        self.kind = kind
        self.template = sentence or SENTENCES[kind]
        self.reason = reason
        self.sentence = self.template.replace(REASON, reason)
        super().__init__(self.sentence)


class StorageError(KithError):
    """A write did not become durable, or a read failed; nothing of the unit was kept."""
