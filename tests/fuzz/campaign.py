"""Runs one target over its corpus, its samples and any number of inputs made from them."""

import time
from dataclasses import dataclass

from tests.fuzz import corpus
from tests.fuzz.budget import budget
from tests.fuzz.mutator import Mutator
from tests.fuzz.target import Check, Target


class FindingError(AssertionError):
    """An input broke a promise; its cause says how."""

    def __init__(self, target: str, data: bytes) -> None:
        super().__init__(f"{target} breaks its promise for {data!r}")
        self.target = target
        self.data = data


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a campaign without findings came to."""

    target: str
    inputs: int
    elapsed_s: float


def run(target: Target, *, count: int, seed: str) -> Outcome:
    """Give the target what is kept, its samples, and ``count`` inputs made from both.

    Raises:
        FindingError: at the first input that breaks a promise.
    """
    began_s = time.monotonic()
    kept, samples = corpus.load(target.name), list(target.samples())
    known = kept + samples
    mutator = Mutator(known, words=target.words, max_bytes=target.max_bytes, seed=f"{seed} {target.name}")
    with target.prepared() as check:
        for data in known:
            examine(target, check, data)
        for _ in range(count):
            examine(target, check, mutator.next())
    return Outcome(target.name, len(known) + count, time.monotonic() - began_s)


def examine(target: Target, check: Check, data: bytes) -> None:
    """One input.

    Raises:
        FindingError: it breaks a promise.
    """
    try:
        with budget():
            check(data)
    except Exception as error:
        raise FindingError(target.name, data) from error
