"""Whatever reads bytes in ``crypto`` is fuzzed: a new decoder without a target fails here."""

import importlib
import pkgutil
import re
import sys
from collections.abc import Callable, Iterator
from types import CodeType, FrameType

import crypto
from tests.fuzz import corpus
from tests.fuzz.registry import TARGETS
from tests.fuzz.target import Target

DECODER = re.compile(r"(decode|read|take|open)(_\w+)?|from_base\w+|parse|unpad|unseal")
"""What functions that read bytes of others, or of the store, are called here."""


def decoders() -> dict[CodeType, str]:
    """Every public one, functions and methods."""
    found: dict[CodeType, str] = {}
    for info in pkgutil.walk_packages(crypto.__path__, "crypto."):
        for name, function in functions(importlib.import_module(info.name)):
            if function.__module__ == info.name and DECODER.fullmatch(function.__name__):
                found[function.__code__] = f"{info.name}.{name}"
    return found


def functions(owner: object) -> Iterator[tuple[str, Callable[..., object]]]:
    for name, value in vars(owner).items():
        if isinstance(value, type) and value.__module__ == getattr(owner, "__name__", None):
            yield from ((f"{name}.{method}", function) for method, function in functions(value))
        function = value.__func__ if isinstance(value, classmethod) else value
        if hasattr(function, "__code__"):
            yield name, function


def reached(target: Target) -> set[CodeType]:
    """All that runs while the target is given its corpus and its samples."""
    codes: set[CodeType] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            codes.add(frame.f_code)

    with target.prepared() as check:
        before = sys.getprofile()
        sys.setprofile(note)
        try:
            for data in (*corpus.load(target.name), *target.samples()):
                check(data)
        finally:
            sys.setprofile(before)
    return codes


def test_the_decoders_are_found() -> None:
    names = set(decoders().values())
    assert {
        "crypto.invite.Invite.parse",
        "crypto.handshake.messages.decode",
        "crypto.link.FirstFlight.decode",
        "crypto.padding.unpad",
        "crypto.ratchet.header.unseal",
        "crypto.ratchet.kem_ratchet.KemRatchet.take_offer",
        "crypto.stored_session.decode_session",
        "crypto.vault.Vault.decode",
    } <= names
    assert len(names) > 30


def test_every_decoder_has_a_target_that_reaches_it() -> None:
    waiting = decoders()
    for target in TARGETS.values():
        if waiting and target.is_guided:
            for code in reached(target):
                waiting.pop(code, None)
    assert sorted(waiting.values()) == []
