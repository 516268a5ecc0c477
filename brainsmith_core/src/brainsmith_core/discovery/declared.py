# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack's own declarations: decorated classes and functions, found by reading its source."""

from __future__ import annotations

import ast
from importlib.util import find_spec
from pathlib import Path

from brainsmith_core import declare
from brainsmith_core.errors import DeclarationError
from brainsmith_core.hookspecs import hookimpl
from brainsmith_core.records import (
    BackendRecord,
    KernelRecord,
    Record,
    StepRecord,
    TransformRecord,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
    Hook = Callable[[], list[Record]]

#: The modules from which a pack may import the decorators.
_HOMES = frozenset({"brainsmith_core", "brainsmith_core.declare", "brainsmith.plugin.core"})
_DECORATORS: dict[str, tuple[type[Record], Callable[..., Any]]] = {
    "transform": (TransformRecord, declare.transform),
    "kernel": (KernelRecord, declare.kernel),
    "backend": (BackendRecord, declare.backend),
    "step": (StepRecord, declare.step),
}


def declared_plugins(package: str) -> tuple[Hook, Hook, Hook, Hook]:
    """The four hooks of a pack that declares its plugins with decorators.

    ``package`` is the pack's package, or its one module. In its hook module::

        hooks = declared_plugins(__package__)
        register_transforms, register_kernels, register_backends, register_steps = hooks

    The source is read, never imported, so the decorated modules may import their framework at the top;
    decorators' arguments must therefore be literals. The hooks raise ``DeclarationError`` with file and
    line for one that is not, for a wrong argument, and for a transform without ``apply``.
    """

    def hook(decorator: str) -> Hook:
        def implementation() -> list[Record]:
            return list(declared_records(package, decorator))

        implementation.__name__ = f"register_{decorator}s"
        return hookimpl(specname=implementation.__name__)(implementation)

    return hook("transform"), hook("kernel"), hook("backend"), hook("step")


def declared_records(package: str, decorator: str) -> Iterator[Record]:
    """The records of every object in ``package`` that carries ``@decorator``, module by module."""
    for module, path in _modules(package):
        content = path.read_bytes()
        if decorator.encode() not in content or b"brainsmith" not in content:
            continue
        try:
            # Parsed from bytes, so that the file's own encoding counts.
            tree = ast.parse(content)
        except (SyntaxError, ValueError) as error:
            fact, line = getattr(error, "msg", str(error)), getattr(error, "lineno", None) or 1
            remedy = "correct the file, or move it out of the package"
            raise DeclarationError(f"not Python: {fact}", place=f"{path}:{line}", remedy=remedy) from None
        yield from _declared_in(tree, module, path, decorator)


def _modules(package: str) -> Iterator[tuple[str, Path]]:
    # A module that is in no package has the empty text as its __package__.
    spec = find_spec(package) if package else None
    if spec is None:
        remedy = "pass __package__, or __name__ in a pack of one module"
        raise DeclarationError(f"there is no package {package!r}", remedy=remedy)
    if spec.submodule_search_locations is None:
        if spec.origin:
            yield package, Path(spec.origin)
        return
    for location in spec.submodule_search_locations:
        root = Path(location)
        for path in sorted(root.rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            if all(part.isidentifier() for part in parts):
                names = parts[:-1] if parts[-1] == "__init__" else parts
                yield ".".join((package, *names)), path


def _declared_in(tree: ast.Module, module: str, path: Path, decorator: str) -> Iterator[Record]:
    names, prefixes = _imported(tree, decorator)
    for definition in _definitions(tree.body):
        for node in definition.decorator_list:
            called = node.func if isinstance(node, ast.Call) else node
            spelled = ast.unparse(called)
            home, _, last = spelled.rpartition(".")
            if spelled in names or (last == decorator and home in prefixes):
                yield _record(definition, node, module, path, decorator)


def _imported(tree: ast.Module, decorator: str) -> tuple[set[str], set[str]]:
    """The names that mean the decorator in this file, and those of modules that have it."""
    names: set[str] = set()
    prefixes: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            for alias in node.names:
                if node.module in _HOMES and alias.name in (decorator, "*"):
                    names.add(alias.asname or decorator)
                elif f"{node.module}.{alias.name}" in _HOMES:
                    prefixes.add(alias.asname or alias.name)
        elif isinstance(node, ast.Import):
            prefixes |= {alias.asname or alias.name for alias in node.names if alias.name in _HOMES}
    return names, prefixes


def _definitions(body: Iterable[ast.stmt]) -> Iterator[Definition]:
    """Module-level definitions, also those under a module-level ``if`` or ``try``."""
    for node in body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node
        elif isinstance(node, (ast.If, ast.Try, ast.With)):
            for field in ("body", "orelse", "finalbody"):
                yield from _definitions(getattr(node, field, ()))
            for handler in getattr(node, "handlers", ()):
                yield from _definitions(handler.body)


def _record(definition: Definition, node: ast.expr, module: str, path: Path, decorator: str) -> Record:
    record_class, function = _DECORATORS[decorator]
    place = f"{path}:{node.lineno}"
    words = _literals(node, place, decorator)
    allowed = function.__code__.co_varnames[: function.__code__.co_kwonlyargcount]
    unknown = sorted(set(words) - set(allowed))
    if unknown:
        remedy = f"its arguments are {', '.join(allowed)}"
        raise DeclarationError(f"@{decorator} has no argument {unknown[0]!r}", place=place, remedy=remedy)
    _check_definition(definition, decorator, place)
    words["name"] = words.get("name") or definition.name
    words["description"] = words.get("description") or _summary(definition)
    try:
        return record_class(target=f"{module}:{definition.name}", **words)
    except (TypeError, ValueError) as error:
        fact = f"@{decorator} of {definition.name}: {error}"
        raise DeclarationError(fact, place=place, remedy="correct the decorator's arguments") from None


def _literals(node: ast.expr, place: str, decorator: str) -> dict[str, Any]:
    if not isinstance(node, ast.Call) or node.args:
        fact = f"@{decorator} takes keyword arguments only"
        raise DeclarationError(fact, place=place, remedy=f"write @{decorator}(name=…)")
    words: dict[str, Any] = {}
    for keyword in node.keywords:
        try:
            words[keyword.arg or "**"] = ast.literal_eval(keyword.value)
        except ValueError:
            argument = f"{keyword.arg}=…" if keyword.arg else "**…"
            fact = f"@{decorator}({argument}) is computed, so it cannot be read without importing"
            raise DeclarationError(fact, place=place, remedy="write the value out as a literal") from None
    return words


def _check_definition(definition: Definition, decorator: str, place: str) -> None:
    is_class = isinstance(definition, ast.ClassDef)
    if is_class == (decorator == "step"):
        wanted = "function (model, cfg) -> model" if decorator == "step" else "class"
        fact = f"@{decorator}: {definition.name} is not a {wanted}"
        raise DeclarationError(fact, place=place, remedy=f"use @{decorator} on a {wanted}")
    if decorator == "transform" and isinstance(definition, ast.ClassDef) and not definition.bases:
        methods = {node.name for node in definition.body if isinstance(node, ast.FunctionDef)}
        if "apply" not in methods:
            fact = f"@transform: {definition.name} has no method apply(self, model)"
            raise DeclarationError(fact, place=place, remedy="derive it from Transformation")


def _summary(definition: Definition) -> str:
    return (ast.get_docstring(definition) or "").strip().partition("\n")[0]
