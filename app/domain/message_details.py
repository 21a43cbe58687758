"""What is known of one message beside what the conversation shows."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.message import Message, MessageState


@dataclass(frozen=True, slots=True)
class MessageDetails:
    """A message and its times."""

    message: Message
    times: Mapping[MessageState, float]
    """When it came to its states, in Unix seconds; the first, and those that it skipped, are absent."""
