"""Every mutant of a source: the same source with one small fault."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator

from tests.mutation.operators import operators


@dataclass(frozen=True, slots=True)
class Mutant:
    """``before`` and ``after`` are the line that differs, stripped; ``line`` is its number, from 1."""

    operator: str
    occurrence: int
    line: int
    before: str
    after: str
    source: str = field(repr=False)

    @property
    def name(self) -> str:
        return f"{self.operator}:{self.occurrence}"


def mutants(source: str) -> Iterator[Mutant]:
    """One for each place and operator; those that are no Python, or change nothing, are left out."""
    tree = get_ast(source)
    for name, operator in operators():
        places = sum(1 for node in ast_nodes(tree) for _ in operator.mutation_positions(node))
        for occurrence in range(places):
            mutated = _mutated(source, operator, occurrence)
            if mutated is not None and mutated != source and _is_python(mutated):
                yield Mutant(name, occurrence, *_difference(source, mutated), mutated)


def _mutated(source: str, operator: Operator, occurrence: int) -> str | None:
    try:
        mutated: str | None = mutate_code(source, operator, occurrence)
    except AttributeError:  # cosmic-ray replaces no exception that is named with its module
        return None
    return mutated


def _difference(source: str, mutated: str) -> tuple[int, str, str]:
    """The first line that differs: its number, as it was, and as it is; nothing if it is gone."""
    before, after = source.splitlines(), mutated.splitlines()
    number = next(number for number, (old, new) in enumerate(zip(before, after, strict=False)) if old != new)
    while not before[number].strip():
        number += 1
    is_gone = len(after) < len(before)
    return number + 1, before[number].strip(), "" if is_gone else after[number].strip()


def _is_python(source: str) -> bool:
    try:
        compile(source, "mutant", "exec")
    except SyntaxError:
        return False
    return True
