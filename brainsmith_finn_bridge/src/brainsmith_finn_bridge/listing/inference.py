# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Inference: the kernels whose nodes FINN's inference transformations make, read from what these do."""

from __future__ import annotations

import ast
import re

from brainsmith_core.discovery import syntax
from brainsmith_core.discovery.definition import ClassSource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from brainsmith_core.discovery.scan import Universe

_PREFIX = "Infer"

# Each begins with a literal, which is what makes a search fast.
_MAKE_NODE = re.compile(r"make_node\b(?:\(\s*(?:[\"'](\w+)[\"']\s*[,)]|(\*\*)))?")
#: An op type written out in a dictionary.
_KEY = re.compile(r"op_type[\"']\s*:\s*[\"'](\w+)[\"']\s*[,}]")
_INFERENCE = re.compile(r"Infer\w*(?=\s*\()")
#: What shows that nodes may be made in another way.
_OTHER_WAYS = (re.compile(r"op_type[\"']?\s*(?:=(?!=)|:)"), re.compile(r"\.domain\s*=(?!=)"))
_DOTTED = re.compile(r"(?:[^\W\d]\w*\.)*\Z")


def created_kernels(universe: Universe, found: ClassSource, kernels: Collection[str]) -> tuple[str, ...]:
    """The kernels whose nodes an inference transformation makes, by name; ``()`` for any other.

    ``kernels`` are the op types there are. Nodes are made with ``make_node("MVAU", …)``, from dictionaries
    with an ``op_type``, by moving an ONNX node into FINN's domain, or by another inference transformation.
    """
    made: set[str] = set()
    seen = {found.origin}
    waiting = [found] if _is_inference(found) else []
    while waiting:
        each = waiting.pop()
        op_types, delegates = _plainly(each.text) or _thoroughly(each, kernels)
        made |= op_types
        for name in delegates:
            other = universe.resolve(each.module.name, name)
            if isinstance(other, ClassSource) and _is_inference(other) and other.origin not in seen:
                seen.add(other.origin)
                waiting.append(other)
    return tuple(sorted(made & set(kernels)))


def _plainly(text: str) -> tuple[set[str], set[str]] | None:
    """The op types that a class makes, and the inference transformations that it calls.

    Only where it makes nodes in no way but ``make_node("MVAU", …)`` and from dictionaries that say
    ``"op_type": "MVAU"``, else ``None``. Most classes do, and parsing them all would take a fifth of a
    listing's time.
    """
    keys = list(_KEY.finditer(text))
    op_type, domain = _OTHER_WAYS
    if domain.search(text) or sum(1 for _ in op_type.finditer(text)) != len(keys):
        return None
    op_types = set()
    for key in keys:
        if not _is_code(_line_before(text, key.start() - 1)):
            return None
        op_types.add(key[1])
    for made in _MAKE_NODE.finditer(text):
        if not (made[1] or made[2]) or not _is_code(_line_before(text, made.start())):
            return None
        op_types |= {made[1]} - {None}
    calls = set()
    for called in _INFERENCE.finditer(text):
        before = _line_before(text, called.start())
        if "#" not in before and not before.endswith("class "):
            prefix = _DOTTED.search(before)
            calls.add((prefix.group() if prefix else "") + called.group())
    return op_types, calls


def _is_code(line: str) -> bool:
    """Whether what follows on a line is neither a comment nor inside a string that begins on it."""
    return "#" not in line and '"' not in line and "'" not in line


def _line_before(text: str, position: int) -> str:
    return text[text.rfind("\n", 0, position) + 1 : position]


def _thoroughly(found: ClassSource, kernels: Collection[str]) -> tuple[set[str], set[str]]:
    """The same from the class's syntax tree, for every way of making a node that is known here."""
    nodes = list(syntax.walk(found.whole))
    return _op_types_made(nodes, kernels), set(_called(nodes))


def _is_inference(found: ClassSource) -> bool:
    return found.name.startswith(_PREFIX) and found.module.name.startswith("finn.")


def _called(nodes: Sequence[ast.AST]) -> Iterator[str]:
    for node in nodes:
        name = syntax.dotted(node.func) if isinstance(node, ast.Call) else ""
        if name.rpartition(".")[2].startswith(_PREFIX):
            yield name


def _op_types_made(nodes: Sequence[ast.AST], kernels: Collection[str]) -> set[str]:
    assigned: dict[str, list[ast.expr]] = {}
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            assigned.setdefault(node.targets[0].id, []).append(node.value)
    made: set[str] = set()
    for node in nodes:
        for expression in _op_types(node):
            given = assigned.get(expression.id, []) if isinstance(expression, ast.Name) else [expression]
            made = made.union(*(_texts(value, kernels) for value in given))
    if any(map(_moves_domain, nodes)):
        made |= {text for node in nodes for text in _compared_op_types(node)}
    return made


def _op_types(node: ast.AST) -> Iterator[ast.expr]:
    """The expressions that give a new node's op type."""
    if isinstance(node, ast.Call) and _last(node.func) == "make_node":
        yield from node.args[:1]
        yield from (word.value for word in node.keywords if word.arg == "op_type")
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == "op_type":
                yield value
    elif _assigned_attribute(node) == "op_type":
        assert isinstance(node, ast.Assign)
        yield node.value


def _texts(expression: ast.expr, kernels: Collection[str]) -> set[str]:
    """What an expression may stand for; an f-string stands for the ``kernels`` that begin as it does."""
    if isinstance(expression, ast.IfExp):
        return _texts(expression.body, kernels) | _texts(expression.orelse, kernels)
    if isinstance(expression, ast.JoinedStr):
        start = _text(expression.values[0]) if expression.values else ""
        return {kernel for kernel in kernels if start and kernel.startswith(start)}
    text = _text(expression)
    return {text} if text else set()


def _moves_domain(node: ast.AST) -> bool:
    """Whether a statement is ``node.domain = "finn…"``."""
    return _assigned_attribute(node) == "domain" and _text(node.value).startswith("finn.")  # type: ignore[attr-defined]


def _assigned_attribute(node: ast.AST) -> str:
    target = node.targets[0] if isinstance(node, ast.Assign) else None
    return target.attr if isinstance(target, ast.Attribute) else ""


def _compared_op_types(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Compare) and _last(node.left) == "op_type":
        for comparator in node.comparators:
            yield from filter(None, (_text(part) for part in ast.walk(comparator)))


def _last(node: ast.expr) -> str:
    return syntax.dotted(node).rpartition(".")[2]


def _text(node: ast.AST) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
