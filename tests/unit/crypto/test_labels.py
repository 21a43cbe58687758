"""Domain separation: no label can be taken for another."""

import ast
import inspect
from itertools import permutations

import pytest

from crypto import labels


def uses() -> dict[str, dict[str, bytes]]:
    """The labels under each heading of the module, a heading being one use."""
    headings: dict[int, str] = {
        number: line.removeprefix("# --- ")
        for number, line in enumerate(inspect.getsource(labels).splitlines(), start=1)
        if line.startswith("# --- ")
    }
    found: dict[str, dict[str, bytes]] = {}
    for statement in ast.parse(inspect.getsource(labels)).body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=bytes(label))):
                heading = headings[max(number for number in headings if number < statement.lineno)]
                found.setdefault(heading, {})[name] = label
            case _:
                pass
    return found


USES = uses()
ALL = {name: label for use in USES.values() for name, label in use.items()}


def test_every_label_of_the_module_was_found() -> None:
    assert {name for name, value in vars(labels).items() if isinstance(value, bytes)} == set(ALL)
    assert len(ALL) > 20


def test_no_label_occurs_twice() -> None:
    assert len(set(ALL.values())) == len(ALL)


@pytest.mark.parametrize("use", USES)
def test_no_label_begins_another_of_its_use(use: str) -> None:
    for (name, label), (other_name, other) in permutations(USES[use].items(), 2):
        assert not other.startswith(label), f"{name} begins {other_name}"


def test_the_label_followed_by_plain_bytes_begins_no_other_at_all() -> None:
    assert [label for label in ALL.values() if label.startswith(labels.ROOT_CHAIN)] == [labels.ROOT_CHAIN]


def test_every_label_names_the_protocol_and_its_version() -> None:
    for name, label in ALL.items():
        assert label.startswith((b"kith1 ", b"kith1-")), name


def test_personalisations_fit_blake2b() -> None:
    persons = next(use for heading, use in USES.items() if "personalisation" in heading)
    for name, label in persons.items():
        assert len(label) <= 16, name
        assert not label.endswith(b"\0"), f"{name} is padded with zeros, which hide at its end"


def test_limits_agree_with_each_other() -> None:
    assert labels.KEPT_AFTER_JUMP <= labels.MAX_SKIPPED_KEYS <= labels.MAX_JUMP
