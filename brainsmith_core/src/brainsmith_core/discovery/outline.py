# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Outline: Python source with the bodies of its functions and classes left out.

Parsing an outline costs a tenth of parsing the whole. It is exact because a ``class`` or ``def`` at the
start of a line, outside strings, always begins a statement; only the end of its body needs care, since a
line inside brackets may begin at any column. Where that cannot be decided here, the caller is told so.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

STRING = (
    r'"""[^"\\]*+(?:(?:\\.|"(?!""))[^"\\]*+)*+"""'
    r"|'''[^'\\]*+(?:(?:\\.|'(?!''))[^'\\]*+)*+'''"
    r'|"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"'
    r"|'[^'\\\n]*+(?:\\.[^'\\\n]*+)*+'"
)
_LEXEME = re.compile(STRING + r"|#[^\n]*", re.DOTALL)
_BRACKET = re.compile(STRING + r"|#[^\n]*|[()\[\]{}:]", re.DOTALL)
#: What a header begins with; one that goes on below a backslash is not found by its line.
_BEGINNINGS = ("class", "def", "async")
_FIRST_INDENT = re.compile(r"\n([ \t]+)(?=[^\s#])")
_DOTTED = re.compile(r"[\w.]+")
# Possessive, lest a quote inside a comment be taken for the start of a string.
_BODY_START = r"(?:\s|#[^\n]*+)*+"
_DOCSTRING = re.compile(_BODY_START + rf"([rRuU]?(?:{STRING}))[ \t]*(?=\n|\Z)", re.DOTALL)
_MAY_BE_DOCSTRING = re.compile(_BODY_START + r"[rRuU]?[\"'(]")
#: A class whose bases are names, and a header whose colon is the first outside one pair of brackets.
_NAME = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
_PLAIN_CLASS = re.compile(rf"class[ \t]+\w+[ \t]*(?:\((?:[ \t]*({_NAME}(?:, *{_NAME})*))?\))?[ \t]*:")
_ONE_LINE_HEADER = re.compile(r"[^\n()\[\]{}:#\"'\\]+(?:\([^()#\"']*\))?[ \t]*(?:->[ \t]*[\w.]+[ \t]*)?:")


class UndecidableError(Exception):
    """The source can be outlined only by parsing all of it."""


class Span:
    """A stretch of the source, by its first and last position in an outliner's text."""

    __slots__ = ("end", "start")

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end


class Block(Span):
    """One ``class`` or ``def`` statement. ``decorators`` is where its first decorator begins, else ``start``.

    ``bases`` are those of a class if its header has only names, as most have, else ``None``. ``body`` is
    where its body begins, 0 until that is known.
    """

    __slots__ = ("bases", "body", "decorators", "indent", "is_class", "name")

    def __init__(self, name: str, is_class: bool, start: int, end: int, decorators: int, indent: str) -> None:
        super().__init__(start, end)
        self.name = name
        self.is_class = is_class
        self.decorators = decorators
        self.indent = indent
        self.bases: tuple[str, ...] | None = None
        self.body = 0

    @property
    def is_decorated(self) -> bool:
        """Whether it has decorators."""
        return self.decorators < self.start


class Outliner:
    """Text prepared for outlining; ``masked`` has the same length, and no line begins inside a string.

    Raises ``UndecidableError``, as do ``pieces``, ``header_of`` and ``docstring_of``.
    """

    __slots__ = ("masked", "text")

    def __init__(self, text: str) -> None:
        continued = text.split("\\\n")[:-1] if "\\" in text else ()
        if (
            "\f" in text
            or "\0" in text
            or any(line.rstrip(" \t").endswith(_BEGINNINGS) for line in continued)
        ):
            raise UndecidableError
        # A leading newline lets one pattern find the first line like any other.
        self.text = "\n" + text
        self.masked = _mask(self.text)

    def pieces(self, block: Block | None = None) -> Iterator[Block | Span]:
        """The blocks of the module, or of a class, and the stretches between them, in order."""
        if block is None:
            return self._pieces(0, 1, len(self.text), "")
        body = self._body(block)
        indent = _FIRST_INDENT.search(self.masked, body, block.end)
        if indent is None or self.masked[body : indent.start()].partition("#")[0].strip():
            raise UndecidableError
        return self._pieces(indent.start(), indent.start(), block.end, indent.group(1))

    def header_of(self, block: Block) -> str:
        """Decorators and header, with a body of nothing; below ``if 0:`` where decorators are indented."""
        header = self.text[block.decorators : self._body(block)] + " 0"
        return f"if 0:\n{block.indent}{header}" if block.indent and block.is_decorated else header

    def docstring_of(self, block: Block) -> str:
        """The docstring as it is written, with its quotes; nothing where there is none."""
        body = self._body(block)
        docstring = _DOCSTRING.match(self.text, body, block.end)
        if docstring:
            return docstring.group(1)
        if _MAY_BE_DOCSTRING.match(self.text, body, block.end):
            raise UndecidableError
        return ""

    def has_method(self, block: Block, name: str) -> bool:
        """Whether a class has a method of that name, as far as a glance tells; never said wrongly."""
        return self.masked.find(f"\n{self._indent(block)}def {name}(", block.start, block.end) >= 0

    def only_method(self, block: Block, name: str) -> Block | None:
        """That method of a class that mentions its name once, if there are no decorators in the class."""
        indent = self._indent(block)
        found = self.masked.find(f"\n{indent}def {name}(", block.start, block.end)
        if found < 0:
            return None
        at = found + 1 + len(indent)
        end = self._next_statement(_patterns(indent)[1], at, block.end)
        return None if self.decorator_names(block) else Block(name, False, at, end, at, indent)

    def mentions(self, block: Block, name: str) -> int:
        """How often a block has a name, other than as the attribute of something; 0 is certain."""
        all_ = self.masked.count(name, block.start, block.end)
        return all_ - self.masked.count(f".{name}", block.start, block.end) if all_ else 0

    def decorator_names(self, block: Block) -> list[str]:
        """The name behind each ``@`` that begins a line of a class; empty where there is no plain one."""
        sign = f"\n{self._indent(block)}@"
        found = []
        at = self.masked.find(sign, block.start, block.end)
        while at >= 0:
            name = _DOTTED.match(self.masked, at + len(sign))
            found.append(name.group() if name else "")
            at = self.masked.find(sign, at + 1, block.end)
        return found

    def _indent(self, block: Block) -> str:
        first = _FIRST_INDENT.search(self.masked, self._body(block), block.end)
        return first.group(1) if first else ""

    def text_of(self, span: Span) -> str:
        """The source of a stretch; of a block, the whole statement without its decorators."""
        return self.text[span.start : span.end]

    def line_of(self, span: Span) -> int:
        """The line on which it begins, from 1."""
        return self.text.count("\n", 0, span.start)

    def _pieces(self, search: int, start: int, end: int, indent: str) -> Iterator[Block | Span]:
        begin, boundary, decorator = _patterns(indent)
        while found := begin.search(self.masked, search, end):
            if self.masked[found.start() - 1] == "\\":
                raise UndecidableError
            at = found.start() + 1 + len(indent)
            decorated = decorator.search(self.masked, search, at)
            decorators = decorated.end() - 1 if decorated else at
            stop = decorated.start() if decorated else found.start()
            if start < stop:
                yield Span(start, stop)
            search = start = self._next_statement(boundary, at, end)
            yield self._block(
                found, Block(found.group(2), found.group(1) == "class", at, start, decorators, indent)
            )
        if start < end:
            yield Span(start, end)

    def _block(self, found: re.Match[str], block: Block) -> Block:
        header = _PLAIN_CLASS.match(self.text, block.start, block.end) if block.is_class else None
        if header:
            block.bases = tuple(header.group(1).replace(" ", "").split(",")) if header.group(1) else ()
            block.body = header.end()
        elif not block.indent:
            # A header without an end is not Python, which is to be noticed at once.
            block.body = self._body(block)
        return block

    def _body(self, block: Block) -> int:
        """Where a block's body begins, just past the colon of its header."""
        if not block.body:
            header = _ONE_LINE_HEADER.match(self.text, block.start, block.end)
            block.body = header.end() if header else self._after_colon(block.start, block.end)
        return block.body

    def _after_colon(self, at: int, end: int) -> int:
        """Where the header that begins at ``at`` ends: just past the colon outside brackets."""
        depth = 0
        for token in _BRACKET.finditer(self.text, at, end):
            character = token.group()
            if character in "([{":
                depth += 1
            elif character in ")]}":
                depth -= 1
            elif character == ":" and depth == 0:
                return token.end()
        raise UndecidableError

    def _next_statement(self, boundary: re.Pattern[str], start: int, end: int) -> int:
        """Where the first line after ``start`` lies that begins a statement of the same level."""
        depth = 0
        for line in boundary.finditer(self.masked, start, end):
            at = line.start()
            if line.group(1) and self.masked[at - 1] != "\\":
                return at
            code = _LEXEME.sub("", self.masked[start:at])
            if '"' in code or "'" in code:
                raise UndecidableError
            depth += sum(map(code.count, "([{")) - sum(map(code.count, ")]}"))
            if depth == 0 and not code.endswith("\\"):
                return at
            start = at
        return end


_PATTERNS: dict[str, tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]] = {}


def _patterns(indent: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """What begins a block, what may begin any statement, and a decorator, at an indentation.

    The second's group 1 is set where the line is certain to begin one: no bracket can hold these words.
    """
    if indent not in _PATTERNS:
        block = rf"\n{indent}(class|def|async[ \t]+def)[ \t]+(\w+)"
        definition = rf"(?:@[^\n]*\n{indent})*(?:class|def|async[ \t]+def)[ \t]"
        certain = rf"{definition}|import[ \t]|from[ \t]+[.\w]+[ \t]+import\b"
        statement = rf"\n{indent}(?=[^\s#)\]}}])({certain})?"
        _PATTERNS[indent] = re.compile(block), re.compile(statement), re.compile(rf"\n{indent}@")
    return _PATTERNS[indent]


def _mask(text: str) -> str:
    """The text with the newlines inside strings replaced, so that line patterns match only code."""
    if "'" in text and "'''" in text:
        return _LEXEME.sub(_mask_token, text)
    parts = text.split('"""')
    if len(parts) % 2 == 0:
        return _LEXEME.sub(_mask_token, text)
    for index in range(1, len(parts), 2):
        line_start = parts[index - 1].rfind("\n")
        before = parts[index - 1][line_start + 1 :]
        # A quote or comment sign before the opening one may mean that it opens nothing.
        continued = line_start > 0 and parts[index - 1][line_start - 1] == "\\"
        if continued or '"' in before or "'" in before or "#" in before or parts[index].endswith("\\"):
            return _LEXEME.sub(_mask_token, text)
        parts[index] = parts[index].replace("\n", "\r")
    return '"""'.join(parts)


def _mask_token(token: re.Match[str]) -> str:
    return token.group().replace("\n", "\r")
