"""How a contact stands, in words."""

from dataclasses import replace

from app.domain.contact import ContactNotice, ContactProblem, ContactState, ContactSummary
from app.domain.remark import Remark
from app.gui.formatting import one_line
from app.gui.models.message_row import text_of
from app.gui.plain_text import plain
from app.gui.translation import translate


def spoken(contact: ContactSummary) -> str:
    """The row of the contact for a screen reader."""
    unread = translate("ContactWords", "{count} unread").format(count=contact.unread) if contact.unread else ""
    draft = translate("ContactWords", "Draft: {text}").format(text=one_line(contact.draft)) if contact.draft else ""
    verified = translate("ContactWords", "verified") if contact.verified else ""
    parts = (contact.name, verified, unread, standing(contact), draft, last_line(contact))
    return ", ".join(part for part in parts if part)


def named(contact: ContactSummary) -> ContactSummary:
    """The contact under a name of this language, if nobody has given it one."""
    if contact.mark is None:
        return contact
    return replace(contact, name=translate("Doctor", Remark.NEW_CONTACT.value).format(mark=contact.mark))


def last_line(contact: ContactSummary) -> str:
    """What was said last, and by whom if it was us."""
    last = contact.last
    if last is None:
        return one_line(plain(contact.last_message or ""))
    text = one_line(text_of(last))
    return translate("ContactWords", "You: {text}").format(text=text) if last.mine else text


def standing(contact: ContactSummary) -> str:
    """How the contact stands, in a few words."""
    if contact.blocked:
        return translate("ContactWords", "Blocked")
    if contact.problem is not ContactProblem.NONE:
        return problem_sentence(contact.problem)
    return presence(contact)


def is_writing() -> str:
    """In place of how a contact stands, while it writes."""
    return translate("ContactWords", "is typing …")


def presence(contact: ContactSummary) -> str:
    """Whether the contact can be reached now, and how."""
    if contact.state is ContactState.PENDING:
        return translate("ContactWords", "Waits for the first connection")
    if contact.online:
        return path_words(contact.path)
    return translate("ContactWords", "Away")


def path_words(path: str | None) -> str:
    """How an online contact is reached; ``path`` is a word of :class:`net.events.PathClass`."""
    match path:
        case "lan":
            return translate("ContactWords", "Online, on this network")
        case "direct" | "punched":
            return translate("ContactWords", "Online, directly connected")
        case "relayed":
            return translate("ContactWords", "Online, through a relay")
        case _:
            return translate("ContactWords", "Online, connected")


def notice_sentence(notice: ContactNotice) -> str:
    """What the person has to know of the contact's sessions; empty where there is nothing."""
    return translate("Notices", notice.sentence) if notice.sentence else ""


def problem_sentence(problem: ContactProblem) -> str:
    """What is wrong and what to do; empty where nothing is."""
    match problem:
        case ContactProblem.LINK_USED:
            return translate("ContactWords", "Somebody else has used this link. Ask for a new one.")
        case ContactProblem.LINK_REVOKED:
            return translate("ContactWords", "This link was withdrawn. Ask for a new one.")
        case ContactProblem.LINK_EXPIRED:
            return translate(
                "ContactWords",
                "This link has expired, or a clock is wrong. Ask for a new one, and check the clocks.",
            )
        case ContactProblem.RESET:
            return translate(
                "ContactWords", "The secure session was lost and made anew. Compare digits before you go on."
            )
        case ContactProblem.SESSION_LOST:
            return translate(
                "ContactWords", "The secure session was lost. A new one is made as soon as this contact is reached."
            )
        case ContactProblem.NONE:
            return ""
