# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Build fields: what the installed FINN's DataflowBuildConfig takes, read from its source."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from brainsmith_finn_bridge.installation import Installation

_CONFIGURATION = ("builder", "build_dataflow_config.py")
_CLASS = "DataflowBuildConfig"
_BOARDS = ("util", "basic.py")
_PLAIN: Mapping[str, type | tuple[type, ...]] = {
    "bool": bool,
    "int": int,
    "float": (int, float),
    "str": str,
    "Path": str,
    "dict": dict,
    "list": list,
    "List": list,
}


@dataclass(frozen=True)
class BuildField:
    """A field: the words of its annotation, the choices it has, whether FINN demands a value.

    ``choices`` has for each choice what FINN's enumeration calls it and its value; without choices any
    value of the annotated type will do.
    """

    name: str
    words: frozenset[str]
    choices: Mapping[str, Any]
    required: bool

    @property
    def is_path(self) -> bool:
        """Whether the value names a file of the user's."""
        return "Path" in self.words or self.name.endswith(("_file", "_path", "_npy"))

    def value(self, given: Any) -> Any:
        """What FINN takes for a value as blueprints write it; a choice may be named or given by its value.

        Raises ``ValueError`` with what is wanted.
        """
        if given is None and self.words & {"Optional", "None"}:
            return None
        if self.choices:
            is_list = bool(self.words & {"list", "List"})
            if is_list != isinstance(given, list):
                raise ValueError(f"a list of {self._wanted()}" if is_list else f"one of {self._wanted()}")
            return [self._chosen(each) for each in given] if is_list else self._chosen(given)
        types = [_PLAIN[word] for word in sorted(self.words & set(_PLAIN))]
        if types and not any(_is_of(given, type_) for type_ in types):
            named = sorted({"str" if word == "Path" else word.lower() for word in self.words & set(_PLAIN)})
            raise ValueError(" or ".join(_TITLES.get(name, name) for name in named))
        return given

    def _chosen(self, given: Any) -> Any:
        for name, value in self.choices.items():
            if given == value or str(given).lower() == name.lower():
                return value
        raise ValueError(f"one of {self._wanted()}")

    def _wanted(self) -> str:
        return ", ".join(map(str, self.choices.values()))


_TITLES = {
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "str": "a text",
    "dict": "a mapping",
    "list": "a list",
}


def build_fields(installation: Installation) -> Mapping[str, BuildField]:
    """The fields by name; none for a FINN that does not have them where others do."""
    file = _file(installation, _CONFIGURATION)
    return {} if file is None else _fields_in(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _fields_in(file: Path, changed: int) -> Mapping[str, BuildField]:
    tree = _parsed(file, changed)
    enumerations = {
        node.name: dict(_members(node))
        for node in tree.body
        if isinstance(node, ast.ClassDef) and any("Enum" in ast.unparse(base) for base in node.bases)
    }
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == _CLASS:
            return {field.name: field for field in _fields(node, enumerations)}
    return {}


def boards(installation: Installation) -> Mapping[str, str]:
    """The part on each board that FINN knows."""
    found: dict[str, str] = {}
    for node in ast.walk(_tree(_file(installation, _BOARDS))):
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(node.value, (ast.Constant, ast.Dict)):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            found.update(_parts(target, node.value))
    return found


def _parts(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, str]]:
    owner = target.value if isinstance(target, ast.Subscript) else target
    if not (isinstance(owner, ast.Name) and owner.id.endswith("part_map")):
        return
    pairs: list[tuple[ast.expr | None, ast.expr]] = []
    if isinstance(target, ast.Subscript):
        pairs = [(target.slice, value)]
    elif isinstance(value, ast.Dict):
        pairs = list(zip(value.keys, value.values, strict=True))
    for key, part in pairs:
        if isinstance(key, ast.Constant) and isinstance(part, ast.Constant):
            yield str(key.value), str(part.value)


def _fields(node: ast.ClassDef, enumerations: Mapping[str, Mapping[str, Any]]) -> Iterator[BuildField]:
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            parts = list(ast.walk(statement.annotation))
            words = {part.id for part in parts if isinstance(part, ast.Name)}
            words |= {"None" for part in parts if isinstance(part, ast.Constant) and part.value is None}
            choices: dict[str, Any] = {}
            for word in sorted(words & set(enumerations)):
                choices |= enumerations[word]
            if "Literal" in words:
                texts = [part.value for part in parts if isinstance(part, ast.Constant) and part.value]
                choices |= {str(text): text for text in texts}
            yield BuildField(statement.target.id, frozenset(words), choices, required=statement.value is None)


def _members(node: ast.ClassDef) -> Iterator[tuple[str, Any]]:
    for statement in node.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
            for target in statement.targets:
                if isinstance(target, ast.Name):
                    yield target.id, statement.value.value


def _is_of(given: Any, type_: type | tuple[type, ...]) -> bool:
    # A bool is an int to Python, and to nobody who writes a blueprint.
    return isinstance(given, type_) and (type_ is bool or not isinstance(given, bool))


def _file(installation: Installation, path: tuple[str, str]) -> Path | None:
    files = (Path(folder, *path) for folder in installation.folders)
    return next((file for file in files if file.is_file()), None)


def _tree(file: Path | None) -> ast.Module:
    return ast.Module([], []) if file is None else _parsed(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _parsed(file: Path, _changed: int) -> ast.Module:
    try:
        return ast.parse(file.read_text("utf-8"))
    except (OSError, SyntaxError, UnicodeDecodeError):
        return ast.Module([], [])
