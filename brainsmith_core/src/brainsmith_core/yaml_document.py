# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A YAML file of which every value knows its line and column."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from brainsmith_core.errors import BrainsmithError

#: A larger file was not written by hand; reading it would only take memory.
MAX_BYTES = 1_000_000
#: Aliases may repeat a part, but what they unfold to must stay of a size that a person could have meant.
MAX_VALUES = 50_000
#: Deeper nesting means nothing here and would exhaust the interpreter's stack.
MAX_DEPTH = 50

_TOO_DEEP = f"is nested more than {MAX_DEPTH} deep"

_SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

KeyPath = tuple[str | int, ...]

#: What a scalar may be; YAML's other types (dates, binary, sets) have no meaning in JSON or a blueprint.
_SCALAR_TAGS = {f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null")}
_COLLECTION_TAGS = {"tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}
_MERGE_TAG = "tag:yaml.org,2002:merge"


@dataclass(frozen=True)
class Place:
    """Where something is said: a file, a line and a column counted from 1, and the path of keys to it.

    Line 0 stands for what was passed in Python and has no line.
    """

    file: str
    line: int = 0
    column: int = 0
    keys: KeyPath = ()

    def __str__(self) -> str:
        position = f":{self.line}:{self.column}" if self.line else ""
        return f"{self.file}{position} {dotted(self.keys)}".rstrip()


class YamlFault(BrainsmithError):
    """The file is not YAML that means something here; ``at`` is its place as a value."""

    exit_code = 6

    def __init__(self, fact: str, *, at: Place, remedy: str = "") -> None:
        super().__init__(fact, place=str(at), remedy=remedy)
        self.at = at


class YamlDocument:
    """What a YAML file says (``data``: dicts, lists, scalars), and where it says it.

    ``faults`` holds what the file says in a doubtful way, such as a key given twice. A document made of
    Python values has no ``places``, and then messages name the path of keys alone.
    """

    def __init__(
        self, path: Path, data: Any, places: dict[KeyPath, tuple[int, int]], faults: list[YamlFault]
    ) -> None:
        self.path = path
        self.data = data
        self.faults = faults
        self._places = places

    def place(self, *keys: str | int) -> str:
        """``file:line:column path.to.value`` of a value, or of its nearest parent that the file has."""
        return str(self.locate(*keys))

    def locate(self, *keys: str | int) -> Place:
        """The place of a value, or of its nearest parent that the file has, with the value's own path."""
        position = keys
        while position and position not in self._places:
            position = position[:-1]
        line, column = self._places.get(position, (0, 0))
        return Place(str(self.path), line, column, keys)

    def has(self, *keys: str | int) -> bool:
        """Whether the document has a value at a path of keys."""
        value = self.data
        for key in keys:
            if not (isinstance(value, dict) and key in value):
                return False
            value = value[key]
        return True


def dotted(keys: KeyPath) -> str:
    """A path as people write it: ``hw_compiler.kernels[2].backends``."""
    text = ""
    for key in keys:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else str(key)
    return text


def read(path: Path) -> YamlDocument:
    """Read a YAML file of one document.

    Raises ``YamlFault`` for a file that is missing, a folder, unreadable, too large, not UTF-8, not YAML,
    more than one document, or whose aliases unfold to too much. Duplicate keys and merge keys (``<<``),
    which are not read, are collected in ``faults``. Keys are text: ``1: a`` has the key ``"1"``.
    """
    text = _text(path)
    try:
        _check_depth(path, text)
        root = yaml.compose(text, Loader=_SafeLoader)
    except yaml.MarkedYAMLError as error:
        raise _syntax_fault(path, text, error) from None
    except yaml.reader.ReaderError as error:
        raise _character_fault(path, text, error) from None
    builder = _Builder(path)
    builder.places[()] = (1, 1)
    data = builder.build(root, (), 0) if root is not None else None
    return YamlDocument(path, data, builder.places, builder.faults)


def _text(path: Path) -> str:
    at = Place(str(path))
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise YamlFault("there is no such file", at=at, remedy="check the path") from None
    except IsADirectoryError:
        raise YamlFault("is a folder, not a file", at=at, remedy="name the YAML file in it") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise YamlFault(f"cannot be read: {reason}", at=at, remedy="check the path") from None
    if len(content) > MAX_BYTES:
        raise YamlFault(f"is larger than {MAX_BYTES} bytes", at=at, remedy="check the path")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        column = error.start - (before.rfind(b"\n") + 1) + 1
        at = Place(str(path), before.count(b"\n") + 1, column)
        raise YamlFault("is not UTF-8 text", at=at, remedy="save it as UTF-8") from None


def _check_depth(path: Path, text: str) -> None:
    # PyYAML composes by recursion in C, which a deep enough file ends with a segmentation fault.
    depth = 0
    for event in yaml.parse(text, Loader=_SafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise YamlFault(_TOO_DEEP, at=_marked(path, event.start_mark), remedy="write it flatter")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _character_fault(path: Path, text: str, error: yaml.reader.ReaderError) -> YamlFault:
    # The reader counts characters, and its parsers disagree on the offset: look for the character itself.
    character = chr(error.character) if isinstance(error.character, int) else str(error.character)
    before = text.partition(character)[0]
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    fact = f"has the control character U+{ord(character):04X}, which YAML does not allow"
    return YamlFault(fact, at=Place(str(path), line, column), remedy="remove it")


def _syntax_fault(path: Path, text: str, error: yaml.MarkedYAMLError) -> YamlFault:
    at = _marked(path, error.problem_mark or error.context_mark)
    lines = text.splitlines()
    if 0 < at.line <= len(lines) and "\t" in lines[at.line - 1][: at.column]:
        return YamlFault("a tab stands where YAML wants spaces", at=at, remedy="indent with spaces")
    problem = error.problem or error.context or "cannot be parsed"
    if error.problem_mark and "nesting depth" in problem:
        # libyaml's own limit, met while it looked ahead of where ours is passed.
        _check_depth(path, text[: error.problem_mark.index])
    if isinstance(error, yaml.composer.ComposerError) and "another document" in problem:
        remedy = "remove the '---' line and what follows"
        return YamlFault("has more than one document", at=at, remedy=remedy)
    return YamlFault(f"not YAML: {problem}", at=at, remedy="correct the line")


def plain_scalar(text: str) -> Any:
    """The number or boolean that YAML reads in a plain word; the text itself if it reads none."""
    scalars = _SafeLoader("")
    tag = scalars.resolve(yaml.ScalarNode, text, (True, False))
    if tag.rpartition(":")[2] not in ("int", "float", "bool"):
        return text
    try:
        return scalars.construct_object(yaml.ScalarNode(tag, text))
    except ValueError:
        return text


class _Builder:
    """Turns PyYAML's nodes into plain values, noting positions on the way."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.places: dict[KeyPath, tuple[int, int]] = {}
        self.faults: list[YamlFault] = []
        self._scalars = _SafeLoader("")
        self._count = 0

    def build(self, node: yaml.Node, keys: KeyPath, depth: int) -> Any:
        """The value of a node at a path; counts values so that aliases cannot unfold without end."""
        self._count += 1
        if self._count > MAX_VALUES:
            raise self._fault(node, f"unfolds to more than {MAX_VALUES} values", "write fewer aliases")
        if depth > MAX_DEPTH:
            raise self._fault(node, _TOO_DEEP, "write it flatter")
        self.places[keys] = (node.start_mark.line + 1, node.start_mark.column + 1)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, keys)
        if node.tag not in _COLLECTION_TAGS:
            raise self._fault(node, f"the tag {_shown(node.tag)} has no meaning here", "remove it", keys)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*keys, i), depth + 1) for i, item in enumerate(node.value)]
        return self._mapping(node, keys, depth)

    def _mapping(self, node: yaml.Node, keys: KeyPath, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise self._fault(key_node, "a key must be a plain word", "write 'key: value'", keys)
            key = str(key_node.value)
            if key_node.tag == _MERGE_TAG:
                fact, remedy = "the merge key '<<' is not read", "write the keys out"
                self.faults.append(self._fault(key_node, fact, remedy, keys))
            elif key in values:
                fact = f"the key {key!r} is given twice"
                self.faults.append(self._fault(key_node, fact, "remove one of them", (*keys, key)))
            else:
                values[key] = self.build(value_node, (*keys, key), depth + 1)
                self.places[(*keys, key)] = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
        return values

    def _scalar(self, node: yaml.ScalarNode, keys: KeyPath) -> Any:
        if node.tag not in _SCALAR_TAGS:
            fact = f"{node.value!r} is a {_shown(node.tag)} to YAML, which has no meaning here"
            raise self._fault(node, fact, "put it in quotes", keys)
        try:
            return self._scalars.construct_object(node)
        except (yaml.YAMLError, ValueError, LookupError):
            fact = f"{node.value[:40]!r} cannot be read as {_shown(node.tag)}"
            raise self._fault(node, fact, "put it in quotes", keys) from None

    def _fault(self, node: yaml.Node, fact: str, remedy: str, keys: KeyPath = ()) -> YamlFault:
        return YamlFault(fact, at=_marked(self.path, node.start_mark, keys), remedy=remedy)


def _marked(path: Path, mark: Any, keys: KeyPath = ()) -> Place:
    return Place(str(path), mark.line + 1, mark.column + 1, keys) if mark else Place(str(path), keys=keys)


def _shown(tag: str) -> str:
    return tag.removeprefix("tag:yaml.org,2002:")
