"""An account of datagrams."""

from dataclasses import dataclass

from tests.bench.figure import rounded

HEADERS_BYTES = 28
"""Of IP and UDP."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """Between the client and the nodes, both ways; sizes with headers of IP and UDP."""

    questions: float = 0
    answers: float = 0
    bytes: float = 0

    def __add__(self, other: "Traffic") -> "Traffic":
        return Traffic(self.questions + other.questions, self.answers + other.answers, self.bytes + other.bytes)

    def __sub__(self, other: "Traffic") -> "Traffic":
        return self + other * -1

    def __mul__(self, times: float) -> "Traffic":
        return Traffic(self.questions * times, self.answers * times, self.bytes * times)

    def as_detail(self) -> dict[str, float]:
        """For a figure."""
        return {"questions": rounded(self.questions), "answers": rounded(self.answers), "bytes": rounded(self.bytes)}


NOTHING = Traffic()


def question(message: bytes) -> Traffic:
    """Of one datagram that asks."""
    return Traffic(questions=1, bytes=len(message) + HEADERS_BYTES)


def answer(message: bytes) -> Traffic:
    """Of one datagram that answers."""
    return Traffic(answers=1, bytes=len(message) + HEADERS_BYTES)
