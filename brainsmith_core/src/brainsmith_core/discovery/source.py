# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Source: what one module binds at its top level, read without running it."""

from __future__ import annotations

import ast

from brainsmith_core.discovery import syntax
from brainsmith_core.discovery.outline import Outliner, UndecidableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from brainsmith_core.discovery.outline import Block


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


class Definition:
    """A class or function at the top level of a module; what lies below its header is parsed on demand."""

    __slots__ = ("_block", "_node", "_whole", "header", "module")

    def __init__(self, module: ModuleSource, header: Any, block: Block | None) -> None:
        self.module = module
        self.header = header
        self._block = block
        self._node: Any = None if block else header
        self._whole: Any = None if block else header

    @property
    def name(self) -> str:
        """The name that the statement binds."""
        name: str = self.header.name
        return name

    @property
    def origin(self) -> str:
        """Where it is defined, ``'package.module:Name'``."""
        return f"{self.module.name}:{self.name}"

    @property
    def line(self) -> int:
        """The line of its ``class`` or ``def`` in the file, from 1."""
        line: int = self.header.lineno
        return line

    @property
    def decorators(self) -> Sequence[ast.expr]:
        """Its decorators, outermost first."""
        decorators: Sequence[ast.expr] = self.header.decorator_list
        return decorators

    @property
    def summary(self) -> str:
        """The first line of its docstring."""
        return syntax.summary(self.node)

    @property
    def node(self) -> Any:
        """Its syntax tree without bodies of functions, but with its docstring; line numbers mean nothing."""
        if self._node is None:
            self._node = self._parsed(whole=False)
        return self._node

    @property
    def whole(self) -> Any:
        """Its syntax tree with everything in it."""
        if self._whole is None:
            self._whole = self._parsed(whole=True)
        return self._whole

    def _parsed(self, whole: bool) -> Any:
        outliner, block = self.module.outliner, self._block
        assert outliner is not None
        assert block is not None
        try:
            text = outliner.text_of(block) if whole else outliner.outline_of(block)
            (node,) = syntax.parse(text).body
        except (UndecidableError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
            if not whole:
                return self._parsed(whole=True)
            self.module.fault = self.module.fault or f"{self.name}: {error}"
            return self.header
        # A block begins below its decorators.
        node.decorator_list = self.header.decorator_list  # type: ignore[attr-defined]
        return node


class ClassSource(Definition):
    """A class at the top level of a module."""

    __slots__ = ()

    def members(self) -> Iterator[tuple[str, ast.stmt]]:
        """Each name that the class body binds, in order, with the statement that binds it."""
        for statement, _ in syntax.flat(self.node.body):
            for name in syntax.bound_names(statement):
                yield name, statement


class FunctionSource(Definition):
    """A function at the top level of a module."""

    __slots__ = ()

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters as source text without annotations, ``('model', 'cfg', 'depth=3')``."""
        return syntax.parameter_texts(self.node.args)


class ModuleSource:
    """One module. ``bindings`` has, for each name bound at its top level, whatever may be bound to it.

    A name bound under conditions (``try``, ``if``) has several bindings, in the order of the file; else the
    last one counts. ``stars`` are the modules that ``*`` is imported from, ``exported`` is ``__all__`` where
    that is literal. ``fault`` says why the source cannot be read, or is empty.

    With ``exact`` the whole text is parsed at once; without, only its outline. Both give the same answers
    for text that Python can compile; a syntax error inside a function is noticed only with ``exact``.
    """

    __slots__ = ("bindings", "exported", "fault", "is_package", "name", "outliner", "path", "stars", "tree")

    def __init__(
        self, name: str, path: str = "", is_package: bool = False, text: str = "", *, exact: bool = False
    ) -> None:
        self.name = name
        self.path = path
        self.is_package = is_package
        self.bindings: dict[str, list[ClassSource | FunctionSource | Import | Value]] = {}
        self.stars: list[str] = []
        self.exported: tuple[str, ...] | None = None
        self.fault = ""
        self.outliner: Outliner | None = None
        self.tree = ast.Module([], [])
        try:
            blocks = self._parse(text, exact)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            self.fault = str(error)
            return
        at_top = set(map(id, self.tree.body))
        for statement, conditional in self.statements():
            is_block = id(statement) in at_top and isinstance(statement, syntax.DEFINITIONS)
            self._bind(statement, conditional, next(blocks, None) if is_block else None)

    @property
    def classes(self) -> Iterator[ClassSource]:
        """The classes that the module itself defines and still binds at its end."""
        yield from (found for found in self._definitions() if isinstance(found, ClassSource))

    @property
    def functions(self) -> Iterator[FunctionSource]:
        """The functions that the module itself defines and still binds at its end."""
        yield from (found for found in self._definitions() if isinstance(found, FunctionSource))

    def statements(self) -> Iterator[tuple[ast.stmt, bool]]:
        """Every statement outside classes and functions, with whether it stands under a condition."""
        return syntax.flat(self.tree.body)

    def entries(self, name: str) -> Iterator[tuple[str, ast.expr]]:
        """What the dictionary ``name`` is given, by its literals and by ``name["key"] = value``, in order."""
        for statement, _ in self.statements():
            value = getattr(statement, "value", None)
            for target in syntax.targets(statement):
                if isinstance(target, ast.Subscript):
                    if syntax.dotted(target.value) == name:
                        yield from _texts([target.slice], [value])
                elif syntax.dotted(target) == name and isinstance(value, ast.Dict):
                    yield from _texts(value.keys, value.values)

    def imported(self) -> Iterator[tuple[str, str]]:
        """What importing the module is sure to import, as (module, name taken from it or ``""``)."""
        for statement in self.tree.body:
            if isinstance(statement, ast.Import):
                yield from ((alias.name, "") for alias in statement.names)
            elif isinstance(statement, ast.ImportFrom):
                module = self.absolute(statement.module or "", statement.level)
                yield from ((module, alias.name) for alias in statement.names)

    def absolute(self, module: str, level: int) -> str:
        """The full name of what ``from <level dots><module> import`` means in this module."""
        if not level:
            return module
        parts = self.name.split(".")
        kept = parts[: max(len(parts) - level + self.is_package, 0)]
        return ".".join([*kept, module] if module else kept)

    def _definitions(self) -> Iterator[Definition]:
        for bindings in self.bindings.values():
            yield from [binding for binding in bindings if isinstance(binding, Definition)][:1]

    def _parse(self, text: str, exact: bool) -> Iterator[Block]:
        if not exact:
            try:
                outliner = Outliner(text)
                outline, blocks = outliner.outline()
                tree = syntax.parse(outline)
            except (UndecidableError, SyntaxError):
                pass
            else:
                if sum(isinstance(statement, syntax.DEFINITIONS) for statement in tree.body) == len(blocks):
                    self.outliner, self.tree = outliner, tree
                    return iter(blocks)
        self.tree = syntax.parse(text)
        return iter(())

    def _bind(self, statement: ast.stmt, conditional: bool, block: Block | None) -> None:
        if isinstance(statement, ast.ClassDef):
            self._add(statement.name, ClassSource(self, statement, block), conditional)
        elif isinstance(statement, syntax.FUNCTIONS):
            self._add(statement.name, FunctionSource(self, statement, block), conditional)
        elif isinstance(statement, ast.Import):
            for alias in statement.names:
                top = alias.name.partition(".")[0]
                self._add(alias.asname or top, Import(alias.name if alias.asname else top), conditional)
        elif isinstance(statement, ast.ImportFrom):
            module = self.absolute(statement.module or "", statement.level)
            for alias in statement.names:
                if alias.name == "*":
                    self.stars.append(module)
                else:
                    self._add(alias.asname or alias.name, Import(module, alias.name), conditional)
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

    def _add(
        self, name: str, binding: ClassSource | FunctionSource | Import | Value, conditional: bool
    ) -> None:
        if conditional:
            self.bindings.setdefault(name, []).append(binding)
        else:
            self.bindings[name] = [binding]


def _texts(keys: Sequence[ast.expr | None], values: Sequence[Any]) -> Iterator[tuple[str, ast.expr]]:
    for key, value in zip(keys, values, strict=True):
        if isinstance(key, ast.Constant) and isinstance(key.value, str) and value is not None:
            yield key.value, value
