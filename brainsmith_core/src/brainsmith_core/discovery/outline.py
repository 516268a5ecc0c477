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

_STRING = (
    r'"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'"
)
_LEXEME = re.compile(_STRING + r"|#[^\n]*", re.DOTALL)
_BRACKET = re.compile(_STRING + r"|#[^\n]*|[()\[\]{}:]", re.DOTALL)
_SPLIT_HEADER = re.compile(r"\b(?:class|def|async)[ \t]*\\\n")
_LEADING_COMMENT = re.compile(r"\n(?:#[^\n]*\n|\n)*")
_FIRST_INDENT = re.compile(r"\n([ \t]+)(?=[^\s#])")
# Possessive, lest a quote inside a comment be taken for the start of a string.
_BODY_START = r"(?:\s|#[^\n]*+)*+"
_DOCSTRING = re.compile(_BODY_START + rf"[rRuU]?(?:{_STRING})[ \t]*(?=\n|\Z)", re.DOTALL)
_MAY_BE_DOCSTRING = re.compile(_BODY_START + r"[rRuU]?[\"'(]")
#: Functions whose parameters an outline keeps.
_CONSTRUCTORS = ("__init__", "__new__")


class UndecidableError(Exception):
    """The source can be outlined only by parsing all of it."""


class Block:
    """One ``class`` or ``def`` statement: its name, and where its header and its body lie in the source."""

    __slots__ = ("body", "end", "is_class", "name", "start")

    def __init__(self, name: str, is_class: bool, start: int, body: int, end: int) -> None:
        self.name = name
        self.is_class = is_class
        self.start = start
        self.body = body
        self.end = end


class Outliner:
    """Text prepared for outlining; ``masked`` has the same length, and no line begins inside a string.

    Raises ``UndecidableError``, as does ``outline``.
    """

    __slots__ = ("masked", "text")

    def __init__(self, text: str) -> None:
        if "\f" in text or "\0" in text or ("\\\n" in text and _SPLIT_HEADER.search(text)):
            raise UndecidableError
        # A leading newline lets one pattern find the first line like any other.
        self.text = "\n" + text
        self.masked = _mask(self.text)

    def outline(self) -> tuple[str, list[Block]]:
        """The module's outline, its statements on the lines where the source has them, and its blocks."""
        blocks = list(self._blocks(0, len(self.text), ""))
        comment = _LEADING_COMMENT.match(self.text)
        first = comment.end() if comment else 0
        lines = self.text.count("\n", 1, first)
        return "\n" * lines + self._without_bodies(first, len(self.text), blocks), blocks

    def outline_of(self, block: Block) -> str:
        """A class with the bodies of its methods left out, or a function's header and docstring.

        Of the methods only a constructor keeps its parameters. May raise ``UndecidableError``.
        """
        return self._class_outline(block) if block.is_class else self._function_outline(block)

    def text_of(self, block: Block) -> str:
        """The whole statement, as it stands in the source."""
        return self.text[block.start : block.end]

    def _class_outline(self, block: Block) -> str:
        body = self.masked[block.body : block.end]
        indent = _FIRST_INDENT.search(body)
        if indent is None or body[: indent.start()].partition("#")[0].strip():
            return self.text[block.start : block.end]
        first = block.body + indent.start()
        blocks = list(self._blocks(first, block.end, indent.group(1)))
        return self.text[block.start : first] + self._without_bodies(first, block.end, blocks)

    def _function_outline(self, block: Block) -> str:
        docstring = _DOCSTRING.match(self.text, block.body, block.end)
        if docstring:
            return self.text[block.start : docstring.end()]
        if _MAY_BE_DOCSTRING.match(self.text, block.body, block.end):
            return self.text[block.start : block.end]
        return self.text[block.start : block.body] + " 0"

    def _blocks(self, start: int, end: int, indent: str) -> Iterator[Block]:
        begin, boundary = _patterns(indent)
        found = begin.search(self.masked, start, end)
        while found:
            if self.masked[found.start() - 1] == "\\":
                raise UndecidableError
            at = found.start() + 1 + len(indent)
            is_class = found.group(1) == "class"
            body = self._after_colon(at, end)
            stop = self._next_statement(boundary, body, end)
            yield Block(found.group(2), is_class, at, body, stop)
            found = begin.search(self.masked, stop, end)

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

    def _without_bodies(self, start: int, end: int, blocks: list[Block]) -> str:
        parts = []
        for block in blocks:
            parts.append(self.text[start : block.start])
            kept = block.is_class or block.name in _CONSTRUCTORS
            parts.append(self.text[block.start : block.body] if kept else f"def {block.name}():")
            # As many lines as the body has keep every later statement on its own line.
            parts.append(" 0" + "\n" * self.text.count("\n", block.body if kept else block.start, block.end))
            start = block.end
        parts.append(self.text[start:end])
        return "".join(parts)


_PATTERNS: dict[str, tuple[re.Pattern[str], re.Pattern[str]]] = {}


def _patterns(indent: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What begins a block, and what may begin any statement, at an indentation.

    The second's group 1 is set where the line is certain to begin one: no bracket can hold these words.
    """
    if indent not in _PATTERNS:
        block = rf"\n{indent}(class|def|async[ \t]+def)[ \t]+(\w+)"
        definition = rf"(?:@[^\n]*\n{indent})*(?:class|def|async[ \t]+def)[ \t]"
        certain = rf"{definition}|import[ \t]|from[ \t]+[.\w]+[ \t]+import\b"
        statement = rf"\n{indent}(?=[^\s#)\]}}])({certain})?"
        _PATTERNS[indent] = re.compile(block), re.compile(statement)
    return _PATTERNS[indent]


def _mask(text: str) -> str:
    """The text with the newlines inside strings replaced, so that line patterns match only code."""
    if "'''" in text:
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
