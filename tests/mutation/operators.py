"""What is changed in a source, one place at a time: the operators of cosmic-ray but for repetitions, and two more.

cosmic-ray replaces an arithmetic operator by each of twelve others.  Nearly all of them fail at once on bytes, and what
kills one kills the rest, so two stand for them.  It compares by identity where it can; of constants that says nothing.
On the other hand it leaves statements and bytes alone, of which a protocol mostly consists.
"""

from collections.abc import Iterable, Iterator

from cosmic_ray.operators.operator import Example, Operator
from cosmic_ray.plugins import get_operator, operator_names
from parso.python.tree import Leaf, Module, Name, PythonNode
from parso.tree import NodeOrLeaf

_ARITHMETIC = "core/ReplaceBinaryOperator_"
_COMPARISON = "core/ReplaceComparisonOperator_"
_KEPT_ARITHMETIC = {
    "Add_Sub",
    "Add_Mul",
    "Sub_Add",
    "Mul_Add",
    "Mod_Mul",
    "LShift_RShift",
    "LShift_Add",
    "Pow_Mul",
    "BitOr_BitAnd",
    "BitAnd_BitOr",
    "BitAnd_BitXor",
}
_BY_IDENTITY = ("_Is", "_IsNot")

Position = tuple[tuple[int, int], tuple[int, int]]


class DropStatement(Operator):  # type: ignore[misc] # cosmic-ray is untyped
    """Puts ``pass`` in the place of a statement in a function: a check is not made, a result not kept."""

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[Position]:
        if _is_droppable(node):
            yield node.start_pos, node.end_pos

    def mutate(self, node: PythonNode, index: int) -> PythonNode:
        first = node.get_first_leaf()
        newline = node.children[-1]
        return PythonNode("simple_stmt", [Name("pass", first.start_pos, first.prefix), newline])

    @classmethod
    def examples(cls) -> Iterable[Example]:
        return (Example("def f():\n    g()\n    return 1\n", "def f():\n    pass\n    return 1\n"),)


class ChangeBytes(Operator):  # type: ignore[misc] # cosmic-ray is untyped
    """Puts other bytes in the place of bytes."""

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[Position]:
        if node.type == "string" and node.value.startswith('b"'):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Leaf, index: int) -> Leaf:
        node.value = 'b"*' + node.value[2:]
        return node

    @classmethod
    def examples(cls) -> Iterable[Example]:
        return (Example('a = b"label"', 'a = b"*label"'),)


def _is_droppable(node: NodeOrLeaf) -> bool:
    """A statement of a function that does something: no docstring or ``pass``, and none that only narrows a type."""
    if node.type != "simple_stmt" or node.children[0].type in {"string", "assert_stmt"}:
        return False
    if node.get_first_leaf().value in {"pass", "continue", "break", "assert_never"}:
        return False
    above = node.parent
    while above is not None and above.type not in {"funcdef", "classdef"} and not isinstance(above, Module):
        above = above.parent
    return above is not None and above.type == "funcdef"


OWN: dict[str, type[Operator]] = {"drop statement": DropStatement, "change bytes": ChangeBytes}


def operators() -> Iterator[tuple[str, Operator]]:
    """Every operator by its name."""
    for name in sorted(operator_names()):
        operator = get_operator(name)
        if not operator.arguments() and _is_kept(name):
            yield name, operator()
    for name, own in OWN.items():
        yield name, own()


def _is_kept(name: str) -> bool:
    if name.startswith(_ARITHMETIC):
        return name.removeprefix(_ARITHMETIC) in _KEPT_ARITHMETIC
    if name.startswith(_COMPARISON):
        return not name.endswith(_BY_IDENTITY) or name.endswith(("_IsNot_Is", "_Is_IsNot"))
    return name != "core/NoOp"
