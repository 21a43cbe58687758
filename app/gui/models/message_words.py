"""A message's state, in words."""

from app.domain.message import Message, MessageState
from app.gui.formatting import full_time
from app.gui.translation import translate


def state_words(state: MessageState) -> str:
    """The ladder in words; of our own messages only."""
    match state:
        case MessageState.QUEUED:
            return translate("MessageWords", "waits to be sent")
        case MessageState.SENT:
            return translate("MessageWords", "sent")
        case MessageState.DELIVERED:
            return translate("MessageWords", "delivered")
        case MessageState.READ:
            return translate("MessageWords", "read")
        case MessageState.FAILED:
            return translate("MessageWords", "failed")


def travel_words(path: str) -> str:
    """How a message travelled; ``path`` is a word of :class:`net.events.PathClass`."""
    match path:
        case "lan":
            return translate("MessageWords", "within this network")
        case "direct" | "punched":
            return translate("MessageWords", "directly")
        case "relayed":
            return translate("MessageWords", "through a relay")
        case _:
            return path


def needs_newer() -> str:
    """Stands for a content type that this Kith does not know."""
    return translate("MessageWords", "This message needs a newer Kith.")


def deleted() -> str:
    """Stands for a text that its author deleted."""
    return translate("MessageWords", "This message was deleted.")


def not_here() -> str:
    """Stands for a quoted message that this computer does not have."""
    return translate("MessageWords", "This message is not here.")


def edited(time: str) -> str:
    """Beside a text that its author changed."""
    return translate("MessageWords", "edited {time}").format(time=time)


def details(message: Message) -> str:
    """Time and state, for a tool tip; never anything that a peer wrote."""
    state = f" · {state_words(message.state)}" if message.mine else ""
    return full_time(message.sent_at) + state
