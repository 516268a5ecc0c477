# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""FINN's folding file as a text: what is wrong with it whatever the model, told without importing FINN."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

DEFAULTS = "Defaults"
REMEDY = "give a folding_config_file that was made for this model, or leave it out to have one computed"
#: The op types of a default that FINN sets on every node; in a list it means an op type of that name.
_ALL = "all"


class FoldingFile(NamedTuple):
    """The settings by node and attribute, as far as they are any, and what is wrong, a sentence each."""

    settings: Mapping[str, Mapping[str, Any]]
    faults: tuple[str, ...]


class Default(NamedTuple):
    """A value that FINN sets on all nodes of some op types."""

    attribute: str
    value: Any
    op_types: str | Sequence[str]

    def is_for(self, op_type: str) -> bool:
        """Whether FINN sets it on nodes of this type."""
        return self.op_types == _ALL or op_type in self.op_types


def read(file: Path) -> FoldingFile:
    """What a folding file says; one that cannot be read says nothing."""
    repeated: list[str] = []

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        repeated.extend(dict.fromkeys(name for name in names if names.count(name) > 1))
        return dict(pairs)

    try:
        found = json.loads(file.read_text("utf-8"), object_pairs_hook=unique)
    except (OSError, ValueError, RecursionError) as error:
        return FoldingFile({}, (f"it cannot be read: {error}",))
    if not isinstance(found, dict):
        return FoldingFile({}, ("it holds no settings by node",))
    settings = {name: given for name, given in found.items() if isinstance(given, dict)}
    faults = [f"{name!r} is given twice in one place, and only the last would count" for name in repeated]
    faults += [
        f'it has no settings by attribute for {name}; write "{name}": {{"PE": 1}}'
        for name in found
        if name not in settings
    ]
    for name, given in settings.items():
        faults += _default_faults(given) if name == DEFAULTS else _value_faults(name, given)
    return FoldingFile(settings, tuple(faults))


def defaults(settings: Mapping[str, Mapping[str, Any]]) -> Iterator[Default]:
    """The defaults of a file without faults."""
    for attribute, pairs in settings.get(DEFAULTS, {}).items():
        for value, op_types in zip(pairs[::2], pairs[1::2], strict=True):
            yield Default(attribute, value, op_types)


def _default_faults(given: Mapping[str, Any]) -> Iterator[str]:
    for attribute, pairs in given.items():
        if not isinstance(pairs, list) or not pairs or len(pairs) % 2 or not all(map(_is_types, pairs[1::2])):
            example = json.dumps(pairs if isinstance(pairs, int | str) else 1)
            yield (
                f"{attribute} of {DEFAULTS} is {json.dumps(pairs)}, without the op types that it is for; "
                f'write [{example}, ["MVAU_hls", "MVAU_rtl"]] or [{example}, "{_ALL}"]'
            )
        elif [_ALL] in pairs[1::2]:
            yield (
                f'{attribute} of {DEFAULTS} is for ["{_ALL}"], which FINN takes for an op type; '
                f'write [{json.dumps(pairs[0])}, "{_ALL}"]'
            )
        elif _ALL in pairs[1::2] and len(pairs) > 2:
            yield f'{attribute} of {DEFAULTS} has "{_ALL}" beside other op types; name the op types of each'
        else:
            for value in pairs[::2]:
                yield from _value_faults(DEFAULTS, {attribute: value})


def _is_types(given: Any) -> bool:
    return isinstance(given, str) or (
        isinstance(given, list) and all(isinstance(each, str) for each in given)
    )


def _value_faults(name: str, given: Mapping[str, Any]) -> Iterator[str]:
    for attribute, value in given.items():
        if value is None or isinstance(value, bool | dict):
            yield f"{attribute} of {name} is {json.dumps(value)}, which is no number, text or list"
