"""All keys and names that a profile holds, and the search for them in bytes that anybody may read."""

import base64
import inspect
from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path

from app.services.peers import _link_secret
from app.storage.profile import open_profile
from crypto.secret import Secret
from tests.support.aio import run

KEY_BYTES = 16
"""What is shorter may stand anywhere by chance."""

OURS = {"app", "crypto", "net"}
"""The packages whose values are looked into."""

LEAST_VARIETY = 6
"""Different bytes in a key; what has fewer is no key."""


def confidences(folder: Path, passphrase: str) -> set[bytes]:
    """Every key, identifier and secret in a closed profile, and what follows from them."""
    return run(_confidences(folder, passphrase))


async def _confidences(folder: Path, passphrase: str) -> set[bytes]:
    store = (await open_profile(folder, passphrase)).store
    try:
        sessions = await store.sessions()
        held = [
            await store.account(),
            await store.contacts(),
            await store.invites(),
            await store.joinings(),
            await store.attempts(),
            sessions,
            [_link_secret(pair) for stored in sessions for pair in stored.session.pairs],
        ]
    finally:
        await store.close()
    return keys_in(held)


def keys_in(held: object) -> set[bytes]:
    """Whatever has the length of a key in there, and each part of what is as long as several."""
    whole = list(_values(held))
    parts = [value[start : start + 32] for value in whole for start in range(0, len(value) - 31, 32)]
    return {value for value in (*whole, *parts) if len(value) >= KEY_BYTES and len(set(value)) >= LEAST_VARIETY}


def _values(held: object) -> Iterator[bytes]:
    """All byte strings in there, those of properties included."""
    match held:
        case bytes():
            yield held
        case Secret():
            yield held.reveal()
        case str() | int() | float() | None | Enum():
            return
        case dict():
            yield from _values(list(held.items()))
        case list() | tuple() | set() | frozenset():
            for each in held:
                yield from _values(each)
        case _ if type(held).__module__.partition(".")[0] in OURS:
            for name, _ in inspect.getmembers(type(held), inspect.isdatadescriptor):
                if not name.startswith("__"):
                    yield from _values(getattr(held, name, None))
            yield from _values(getattr(held, "__dict__", {}))
        case _:
            return


def betrayed(values: Iterable[bytes], text: bytes) -> set[bytes]:
    """Those that stand in ``text``: as they are or backwards, or as hexadecimal, base32 or base64 of any alignment."""
    lowered = text.lower()
    return {value for value in values if any(form in text for form in _exact(value)) or _stands_coded(value, lowered)}


def _exact(value: bytes) -> Iterator[bytes]:
    yield value
    yield value[::-1]
    for start in range(3):
        whole = value[start : start + (len(value) - start) // 3 * 3]
        yield base64.b64encode(whole)
        yield base64.urlsafe_b64encode(whole)


def _stands_coded(value: bytes, lowered: bytes) -> bool:
    in_base32 = (base64.b32encode(value[start : start + (len(value) - start) // 5 * 5]) for start in range(5))
    return any(form.lower() in lowered for form in (value.hex().encode(), *in_base32))
