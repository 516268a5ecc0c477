# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Source: what one module binds at its top level, read without running it."""

from __future__ import annotations

import ast

from brainsmith_core.discovery import syntax
from brainsmith_core.discovery.definition import (
    ClassSource,
    Definition,
    FunctionSource,
    definition,
    outlined_body,
    parsed_body,
)
from brainsmith_core.discovery.imports import ImportStatement
from brainsmith_core.discovery.outline import Outliner, UndecidableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any, TypeAlias

    from brainsmith_core.discovery.definition import Statement

    Binding: TypeAlias = "Definition | Import | Value"


class Import:
    """A name that an import statement binds: an attribute of a module, or (``""``) the module itself."""

    __slots__ = ("attribute", "module")

    def __init__(self, module: str, attribute: str = "") -> None:
        self.module = module
        self.attribute = attribute


class Value:
    """A name that an assignment binds, with the expression assigned."""

    __slots__ = ("node",)

    def __init__(self, node: ast.expr) -> None:
        self.node = node


class ModuleSource:
    """One module. ``bindings`` has, for each name bound at its top level, whatever may be bound to it.

    A name bound under conditions (``try``, ``if``) has several bindings, in the order of the file; else the
    last one counts. ``stars`` are the modules that ``*`` is imported from, ``exported`` is ``__all__`` where
    that is literal. ``fault`` says why the source cannot be read, or is empty.

    ``body`` has its statements in order, without definitions, unconditional imports
    and strings.

    With ``exact`` the whole text is parsed at once; without, only what its outline does not show. Both give
    the same answers for text that Python can compile; a syntax error inside a class or function is noticed
    only with ``exact``, or when that is looked at.
    """

    __slots__ = (
        "_defined",
        "_imports",
        "bindings",
        "body",
        "exported",
        "fault",
        "is_package",
        "name",
        "path",
        "stars",
        "text",
    )

    def __init__(
        self, name: str, path: str = "", is_package: bool = False, text: str = "", *, exact: bool = False
    ) -> None:
        self.name = name
        self.path = path
        self.is_package = is_package
        self.text = text
        self.bindings: dict[str, list[Binding]] = {}
        self.stars: list[str] = []
        self.exported: tuple[str, ...] | None = None
        self.fault = ""
        self.body: list[ast.stmt] = []
        self._imports: list[ImportStatement] = []
        self._defined: tuple[Sequence[ClassSource], Sequence[FunctionSource]] | None = None
        try:
            statements = None if exact else self._outlined(text)
            if statements is None:
                statements = parsed_body(self, syntax.parse(text).body)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            self.fault = str(error)
            return
        for statement in statements:
            if isinstance(statement, ImportStatement):
                self._imports.append(statement)
                self._bind_import(statement, conditional=False)
            elif isinstance(statement, Definition):
                self._add(statement.name, statement, conditional=False)
            elif not syntax.is_string(statement):
                self.body.append(statement)
                for part, conditional in syntax.flat([statement]):
                    self._bind(part, conditional)

    @property
    def classes(self) -> Sequence[ClassSource]:
        """The classes that the module itself defines and still binds at its end."""
        return self._definitions()[0]

    @property
    def functions(self) -> Sequence[FunctionSource]:
        """The functions that the module itself defines and still binds at its end."""
        return self._definitions()[1]

    def statements(self) -> Iterator[ast.stmt]:
        """The statements of ``body`` and of its compound statements."""
        return (statement for statement, _ in syntax.flat(self.body))

    def entries(self, name: str) -> Iterator[tuple[str, ast.expr]]:
        """What the dictionary ``name`` is given, by its literals and by ``name["key"] = value``, in order."""
        if not self.body or name not in self.text:
            return
        for statement in self.statements():
            value = getattr(statement, "value", None)
            for target in syntax.targets(statement):
                if isinstance(target, ast.Subscript):
                    if syntax.dotted(target.value) == name:
                        yield from _texts([target.slice], [value])
                elif syntax.dotted(target) == name and isinstance(value, ast.Dict):
                    yield from _texts(value.keys, value.values)

    def imported(self) -> Iterator[tuple[str, str]]:
        """What importing the module is sure to import, as (module, name taken from it or ``""``)."""
        for statement in self._imports:
            if statement.module:
                module = self._absolute(statement)
                yield from ((module, name) for name, _ in statement.names)
            else:
                yield from ((name, "") for name, _ in statement.names)

    def release(self) -> None:
        """Let go of what refers back to the module, so that memory is free without a cyclic collector."""
        self.bindings.clear()
        self.body.clear()
        self._defined = None

    def absolute(self, module: str, level: int) -> str:
        """The full name of what ``from <level dots><module> import`` means in this module."""
        if not level:
            return module
        parts = self.name.split(".")
        kept = parts[: max(len(parts) - level + self.is_package, 0)]
        return ".".join([*kept, module] if module else kept)

    def _definitions(self) -> tuple[Sequence[ClassSource], Sequence[FunctionSource]]:
        if self._defined is None:
            classes, functions = [], []
            for bindings in self.bindings.values():
                found = next((each for each in bindings if isinstance(each, Definition)), None)
                if isinstance(found, ClassSource):
                    classes.append(found)
                elif isinstance(found, FunctionSource):
                    functions.append(found)
            self._defined = classes, functions
        return self._defined

    def _outlined(self, text: str) -> list[Statement] | None:
        """The statements; ``None`` where finding them takes parsing all of the text."""
        try:
            outliner = Outliner(text)
            # It differs by a newline in front, and one copy of megabytes is enough.
            self.text = outliner.text
            statements = outlined_body(self, outliner)
        except (UndecidableError, SyntaxError):
            return None
        if all(each.is_surely_python for each in statements if isinstance(each, ClassSource)):
            return statements
        return None

    def _absolute(self, statement: ImportStatement) -> str:
        if not statement.module.startswith("."):
            return statement.module
        module = statement.module.lstrip(".")
        return self.absolute(module, len(statement.module) - len(module))

    def _bind_import(self, statement: ImportStatement, conditional: bool) -> None:
        module = self._absolute(statement) if statement.module else ""
        for name, alias in statement.names:
            if not module:
                top = name.partition(".")[0]
                self._add(alias or top, Import(name if alias else top), conditional)
            elif name == "*":
                self.stars.append(module)
            elif conditional:
                self._add(alias or name, Import(module, name), conditional)
            else:
                # As _add does it; most names of a framework's modules come this way.
                self.bindings[alias or name] = [Import(module, name)]

    def _bind(self, statement: ast.stmt, conditional: bool) -> None:
        if isinstance(statement, syntax.DEFINITIONS):
            self._add(statement.name, definition(self, statement), conditional)
        elif isinstance(statement, (ast.Import, ast.ImportFrom)):
            self._bind_import(ImportStatement.of(statement), conditional)
        elif isinstance(statement, ast.Delete) and not conditional:
            for target in statement.targets:
                self.bindings.pop(syntax.dotted(target), None)
        else:
            self._assign(statement, conditional)

    def _assign(self, statement: ast.stmt, conditional: bool) -> None:
        for name in syntax.bound_names(statement):
            value: ast.expr = statement.value  # type: ignore[attr-defined]
            is_more = isinstance(statement, ast.AugAssign)
            if name == "__all__":
                self._export(value, is_more)
            # A value made from the name itself, as in X = register(X), stands for the same thing.
            elif not is_more and not (name in self.bindings and syntax.mentions(value, name)):
                self._add(name, Value(value), conditional)

    def _export(self, value: ast.expr, is_more: bool) -> None:
        try:
            names = tuple(ast.literal_eval(value))
        except (ValueError, TypeError):
            self.exported = None
        else:
            self.exported = (*(self.exported or ()), *names) if is_more else names

    def _add(self, name: str, binding: Binding, conditional: bool) -> None:
        if conditional:
            self.bindings.setdefault(name, []).append(binding)
        else:
            self.bindings[name] = [binding]


def _texts(keys: Sequence[ast.expr | None], values: Sequence[Any]) -> Iterator[tuple[str, ast.expr]]:
    for key, value in zip(keys, values, strict=True):
        if isinstance(key, ast.Constant) and isinstance(key.value, str) and value is not None:
            yield key.value, value
