# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Definitions: classes and functions as their source shows them, each part read when it is asked for."""

from __future__ import annotations

import ast
import re

from brainsmith_core.discovery import syntax
from brainsmith_core.discovery.imports import ImportStatement, plain_imports
from brainsmith_core.discovery.outline import Block, Outliner, UndecidableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any, TypeAlias

    from brainsmith_core.discovery.source import ModuleSource

    Statement: TypeAlias = "Definition | ImportStatement | ast.stmt"

#: Decorators of an unindented statement, each a name and alone on its line. ASCII, since Python normalises
#: other names.
_PLAIN_DECORATORS = re.compile(r"(?:@[^\W\d]\w*[ \t]*\n)+(?:class|def|async)[ \t]", re.ASCII)
_PARAMETER = r" *[^\W\d]\w*(?: *= *(?:None|True|False|0|[1-9]\d*))? *"
#: A header on one line, as ``header_of`` gives it, of names and simple constants.
_PLAIN_PARAMETERS = re.compile(
    rf"def +\w+ *\(((?:{_PARAMETER}(?:,{_PARAMETER})*,?)?) *\) *(?:->[^\n:]*)?: 0\Z", re.ASCII
)


class Definition:
    """A class or function: a block of an outlined module, or the syntax tree of one that was parsed."""

    __slots__ = ("_block", "_header", "_outliner", "_whole", "module", "name")

    def __init__(self, module: ModuleSource, of: Any, outliner: Outliner | None = None) -> None:
        self.module = module
        self.name: str = of.name
        self._outliner = outliner
        self._block: Any = of
        self._header: Any = None if outliner else of
        self._whole: Any = None if outliner else of

    @property
    def origin(self) -> str:
        """Where it is defined, ``'package.module:Name'``."""
        return f"{self.module.name}:{self.name}"

    @property
    def line(self) -> int:
        """The line of its ``class`` or ``def`` in the file, from 1."""
        line: int = self._outliner.line_of(self._block) if self._outliner else self._whole.lineno
        return line

    @property
    def decorators(self) -> Sequence[ast.expr]:
        """Its decorators, outermost first."""
        if self._header is None and not self._block.is_decorated:
            return ()
        decorators: Sequence[ast.expr] | None = self._plain_decorators()
        return self.header.decorator_list if decorators is None else decorators

    def _plain_decorators(self) -> list[ast.expr] | None:
        """Those that are but names, as most are; ``None`` where they have to be parsed."""
        if self._header is not None or not _PLAIN_DECORATORS.match(self.header_text):
            return None
        lines = self.header_text[: self._block.start - self._block.decorators].split("\n")
        return [ast.Name(line[1:].rstrip(), ast.Load()) for line in lines[:-1]]

    @property
    def summary(self) -> str:
        """The first line of its docstring."""
        if self._outliner is None:
            return syntax.summary(self._whole)
        try:
            docstring = self._outliner.docstring_of(self._block)
        except UndecidableError:
            return syntax.summary(self.whole)
        return syntax.first_line(_text(docstring))

    @property
    def text(self) -> str:
        """Its source, without decorators."""
        return self._outliner.text_of(self._block) if self._outliner else ast.unparse(self._whole)

    @property
    def header_text(self) -> str:
        """The source of decorators and header; nothing where it is not at hand."""
        try:
            return self._outliner.header_of(self._block) if self._outliner else ""
        except UndecidableError:
            return ""

    @property
    def header(self) -> Any:
        """Its syntax tree without its body."""
        if self._header is None:
            try:
                self._header = self._parsed(self._outliner.header_of(self._block))  # type: ignore[union-attr]
            except UndecidableError:
                self._header = self.whole
        return self._header

    @property
    def whole(self) -> Any:
        """Its syntax tree with everything in it; its line numbers mean nothing."""
        if self._whole is None:
            node = self._parsed(self._outliner.text_of(self._block))  # type: ignore[union-attr]
            node.decorator_list = [*self.decorators]
            self._whole = node
        return self._whole

    def _parsed(self, text: str) -> Any:
        try:
            (node,) = syntax.parse(text).body
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            self.module.fault = self.module.fault or f"{self.name}: {error}"
            (node,) = ast.parse(
                f"class {self.name}: 0" if self._block.is_class else f"def {self.name}(): 0"
            ).body
        return node.body[0] if isinstance(node, ast.If) else node


class ClassSource(Definition):
    """A class."""

    __slots__ = ()

    @property
    def bases(self) -> Sequence[str]:
        """Its bases as source text, without what is in brackets behind a name (``Generic[T]``)."""
        if self._header is None and self._block.bases is not None:
            bases: Sequence[str] = self._block.bases
            return bases
        return [syntax.dotted(base) or ast.unparse(base) for base in self.header.bases]

    @property
    def keywords(self) -> Sequence[ast.keyword]:
        """The keywords of its header, such as ``metaclass``."""
        if self._header is None and self._block.bases is not None:
            return ()
        keywords: Sequence[ast.keyword] = self.header.keywords
        return keywords

    @property
    def is_surely_python(self) -> bool:
        """Whether its header has no syntax error."""
        if self._outliner is None or self._block.bases is not None:
            return True
        try:
            syntax.parse(self._outliner.header_of(self._block))
        except (SyntaxError, ValueError):
            return False
        return True

    def binds(self, name: str) -> bool:
        """Whether the class body binds a name."""
        if self._outliner is not None:
            if self._outliner.has_method(self._block, name):
                return True
            if not self._outliner.mentions(self._block, name):
                return False
        return any(name == bound for bound, _ in self.members())

    def member(self, name: str) -> Statement | None:
        """The last statement in the class body that binds a name."""
        if self._outliner is not None:
            mentions = self._outliner.mentions(self._block, name)
            if not mentions:
                return None
            method = self._outliner.only_method(self._block, name) if mentions == 1 else None
            if method:
                return definition(self.module, method, self._outliner)
        return dict(self.members()).get(name)

    def may_have_decorated(self, is_one: Callable[[str], bool]) -> bool:
        """Whether a member may have a decorator of a name for which ``is_one`` is true."""
        if self._outliner is None:
            return True
        return any(not name or is_one(name) for name in self._outliner.decorator_names(self._block))

    def members(self) -> Iterator[tuple[str, Statement]]:
        """Each name that the class body binds, in order, with the statement that binds it."""
        for statement in self._body():
            if isinstance(statement, Definition):
                yield statement.name, statement
            elif isinstance(statement, ImportStatement):
                yield from ((alias or name.partition(".")[0], statement) for name, alias in statement.names)
            else:
                for part, _ in syntax.flat([statement]):
                    yield from ((name, _statement(self.module, part)) for name in syntax.bound_names(part))

    def _body(self) -> list[Statement]:
        if self._outliner is not None:
            try:
                return outlined_body(self.module, self._outliner, self._block)
            except (UndecidableError, SyntaxError, ValueError, RecursionError, MemoryError):
                pass
        return parsed_body(self.module, self.whole.body)


class FunctionSource(Definition):
    """A function, or a method."""

    __slots__ = ()

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters as source text without annotations, ``('model', 'cfg', 'depth=3')``."""
        plain = self._plain_parameters()
        return syntax.parameter_texts(self.header.args) if plain is None else plain

    @property
    def bound_parameters(self) -> tuple[str, ...]:
        """The parameters that remain for callers of a method."""
        plain = self._plain_parameters()
        return syntax.parameter_texts(self.header.args, bound=True) if plain is None else plain[1:]

    def _plain_parameters(self) -> tuple[str, ...] | None:
        """Those of a header in which they are names and simple constants, as most are."""
        header = _PLAIN_PARAMETERS.match(self.header_text) if self._header is None else None
        if header is None:
            return None
        return tuple(each.replace(" ", "") for each in header.group(1).split(",") if each.strip())


def _text(literal: str) -> str:
    """What a string literal stands for; the first of a docstring's lines is all that matters."""
    if "\\" in literal:
        (statement,) = syntax.parse(literal).body
        return str(statement.value.value)  # type: ignore[attr-defined]
    quoted = literal.lstrip("rRuU")
    return quoted[3:-3] if quoted[:3] in ('"""', "'''") else quoted[1:-1]


def definition(
    module: ModuleSource, of: Any, outliner: Outliner | None = None
) -> ClassSource | FunctionSource:
    """The class or function that a block of ``outliner`` or, without one, a syntax tree shows."""
    is_class = of.is_class if isinstance(of, Block) else isinstance(of, ast.ClassDef)
    return (ClassSource if is_class else FunctionSource)(module, of, outliner)


def outlined_body(module: ModuleSource, outliner: Outliner, block: Block | None = None) -> list[Statement]:
    """The statements of a module, or of one of its classes, in order, parsing only what has to be.

    Raises ``UndecidableError`` or ``SyntaxError`` where all of it has to be.
    """
    body: list[Statement] = []
    for piece in outliner.pieces(block):
        if isinstance(piece, Block):
            body.append(definition(module, piece, outliner))
            continue
        text = outliner.text_of(piece)
        imports, rest = plain_imports(text)
        body += imports
        if rest < 0:
            continue
        if block is None:
            above = "\n" * (outliner.line_of(piece) - 1 + text.count("\n", 0, rest))
            body += parsed_body(module, syntax.parse(above + text[rest:]).body)
        else:
            (parent,) = syntax.parse("class _:" + text[rest:]).body
            body += parsed_body(module, parent.body)  # type: ignore[attr-defined]
    return body


def parsed_body(module: ModuleSource, statements: Iterable[ast.stmt]) -> list[Statement]:
    """The same from syntax trees."""
    return [_statement(module, statement) for statement in statements]


def _statement(module: ModuleSource, statement: ast.stmt) -> Statement:
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return ImportStatement.of(statement)
    return definition(module, statement) if isinstance(statement, syntax.DEFINITIONS) else statement
