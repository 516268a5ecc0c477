# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Syntax: the questions that a scan asks of Python's own syntax trees."""

from __future__ import annotations

import ast
import warnings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DEFINITIONS = (ast.ClassDef, *FUNCTIONS)
_LEAVES = frozenset({int, str, type(None), ast.Name, ast.Constant, ast.Load, ast.Store})
_ASSIGNMENTS = (ast.Assign, ast.AnnAssign, ast.AugAssign)
#: Whose parts are no statements of the same scope.
_WITHOUT_BODY = (ast.Expr, ast.Import, ast.ImportFrom, *_ASSIGNMENTS, *DEFINITIONS)


def parse(text: str) -> ast.Module:
    """The syntax tree of some source; its author's invalid escapes are not its reader's concern."""
    if "\\" not in text:
        return ast.parse(text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """What ``ast.walk`` gives but for names of variables, constants and contexts, in a third of its time."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += parts(node)


def parts(node: ast.AST) -> list[ast.AST]:
    """The nodes right below one, but for names of variables, constants and contexts."""
    found: list[ast.AST] = []
    for value in vars(node).values():
        if value.__class__ is list:
            found += [part for part in value if part.__class__ not in _LEAVES and isinstance(part, ast.AST)]
        elif value.__class__ not in _LEAVES and isinstance(value, ast.AST):
            found.append(value)
    return found


def dotted(node: ast.expr | None) -> str:
    """The dotted name that an expression is, else ``''``; a subscript (``Generic[T]``) is left out."""
    parts = []
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        if isinstance(node, ast.Attribute):
            parts.append(node.attr)
        node = node.value
    return ".".join(reversed([*parts, node.id])) if isinstance(node, ast.Name) else ""


def flat(body: Sequence[ast.stmt], conditional: bool = False) -> Iterator[tuple[ast.stmt, bool]]:
    """The statements of a body and of its compound statements, each with whether it is conditional."""
    for statement in body:
        yield statement, conditional
        if isinstance(statement, _WITHOUT_BODY):
            continue
        inner_conditional = conditional or not isinstance(statement, (ast.With, ast.AsyncWith))
        for field in ("body", "handlers", "cases", "orelse", "finalbody"):
            for part in getattr(statement, field, ()):
                inner = part.body if field in ("handlers", "cases") else [part]
                yield from flat(inner, inner_conditional)


def targets(statement: ast.stmt) -> Sequence[ast.expr]:
    """What an assignment assigns to; nothing for any other statement."""
    if isinstance(statement, ast.Assign):
        return statement.targets
    return [statement.target] if isinstance(statement, (ast.AnnAssign, ast.AugAssign)) else []


def bound_names(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement gives a value in its own scope; those of its parts are left out."""
    if isinstance(statement, DEFINITIONS):
        yield statement.name
    elif isinstance(statement, (ast.Import, ast.ImportFrom)):
        yield from (alias.asname or alias.name.partition(".")[0] for alias in statement.names)
    elif isinstance(statement, _ASSIGNMENTS) and statement.value is not None:
        for target in targets(statement):
            if isinstance(target, ast.Name):
                yield target.id
                continue
            for node in ast.walk(target):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    yield node.id


def is_string(statement: ast.stmt) -> bool:
    """Whether a statement is a text and nothing else, such as a docstring."""
    value = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def mentions(node: ast.AST, name: str) -> bool:
    """Whether an expression uses a name."""
    return any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(node))


def summary(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """The first line of the docstring, ``''`` where there is none."""
    return first_line(ast.get_docstring(node, clean=False) or "")


def first_line(docstring: str) -> str:
    """The first line that has anything in it."""
    return docstring.strip().partition("\n")[0].strip()


def parameter_texts(arguments: ast.arguments, *, bound: bool = False) -> tuple[str, ...]:
    """Parameters as source text without annotations, ``('bits', 'signed=True', '*', 'mode="a"')``.

    With ``bound`` the first positional one (``self``) is left out. A lone ``*`` precedes parameters that
    are passed by keyword only.
    """
    positional = [*arguments.posonlyargs, *arguments.args]
    required = len(positional) - len(arguments.defaults)
    defaults = [*[None] * required, *arguments.defaults]
    texts = [_text(parameter, default) for parameter, default in zip(positional, defaults, strict=True)]
    if bound:
        del texts[:1]
    if arguments.vararg or arguments.kwonlyargs:
        texts.append("*" + (arguments.vararg.arg if arguments.vararg else ""))
    texts += map(_text, arguments.kwonlyargs, arguments.kw_defaults)
    if arguments.kwarg:
        texts.append("**" + arguments.kwarg.arg)
    return tuple(texts)


def _text(parameter: ast.arg, default: ast.expr | None) -> str:
    return parameter.arg if default is None else f"{parameter.arg}={ast.unparse(default)}"
