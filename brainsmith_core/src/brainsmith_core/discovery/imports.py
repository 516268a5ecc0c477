# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Import statements, read by a pattern where they are plain, since most of a module's own text is imports."""

from __future__ import annotations

import ast
import re

from brainsmith_core.discovery.outline import STRING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

#: Comments, then one plain statement: an import on one line or in parentheses, or a docstring.
_PLAIN = re.compile(
    r"(?:\s*#[^\n]*+)*+\s*(?:"
    r"from[ \t]+([.\w]+)[ \t]+import(?:[ \t]*\(([^()\\]*)\)|[ \t]+([^\n(;\\#]+))"
    r"|import[ \t]+([^\n;\\#]+)"
    rf"|[rRuU]?(?:{STRING}))[ \t]*(?:#[^\n]*)?(?=\n|\Z)",
    re.DOTALL,
)
_REST = re.compile(r"(?:\s*#[^\n]*+)*+\s*\Z")
_COMMENT = re.compile(r"#[^\n]*")


class ImportStatement:
    """An import: of ``module`` with its leading dots, ``names`` with what each is called here, or nothing.

    ``import a.b as c`` has the module ``""`` and the name ``("a.b", "c")``.
    """

    __slots__ = ("module", "names")

    def __init__(self, module: str, names: Sequence[tuple[str, str]]) -> None:
        self.module = module
        self.names = names

    @classmethod
    def of(cls, node: ast.Import | ast.ImportFrom) -> ImportStatement:
        """The same from a syntax tree."""
        module = "." * node.level + (node.module or "") if isinstance(node, ast.ImportFrom) else ""
        return cls(module, [(alias.name, alias.asname or "") for alias in node.names])


def plain_imports(text: str) -> tuple[list[ImportStatement], int]:
    """The imports that some source begins with, and where its first other statement is; -1 if it has none.

    Comments and statements that are nothing but a string are skipped.
    """
    found = []
    position = 0
    while statement := _PLAIN.match(text, position):
        module, inside, names, modules = statement.groups()
        words = inside if inside is not None else names or modules
        if words:
            read = _names(_COMMENT.sub("", words) if inside else words)
            if read is None:
                break
            found.append(ImportStatement(module or "", read))
        position = statement.end()
    return found, -1 if _REST.match(text, position) else position


def _names(text: str) -> list[tuple[str, str]] | None:
    names = []
    for part in text.split(","):
        words = part.split()
        if len(words) == 1:
            names.append((words[0], ""))
        elif len(words) == 3 and words[1] == "as":
            names.append((words[0], words[2]))
        elif words:
            return None
    return names
