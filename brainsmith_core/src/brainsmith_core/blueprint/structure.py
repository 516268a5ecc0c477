# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The structure of a blueprint file: what does not fit the schema, told in the words of the dialect."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from re import fullmatch
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from brainsmith_core.blueprint.faults import Faults
from brainsmith_core.blueprint.schema import (
    FRAMEWORK_KEY_PATTERN,
    BlueprintFile,
    HardwareCompiler,
    KernelEntry,
    PhasedTransforms,
    Section,
    TargetSection,
)
from brainsmith_core.yaml_document import KeyPath, YamlDocument

_SECTIONS: Mapping[tuple[str, ...], tuple[str, type[Section]]] = {
    (): ("a blueprint", BlueprintFile),
    ("hw_compiler",): ("'hw_compiler'", HardwareCompiler),
    ("hw_compiler", "kernels"): ("a kernel entry", KernelEntry),
    ("hw_compiler", "transforms_phased"): ("'transforms_phased'", PhasedTransforms),
    ("target",): ("'target'", TargetSection),
}


def is_framework_key(key: str) -> bool:
    """Whether a top-level key has the form of a framework's section, ``<source>_config``."""
    return fullmatch(FRAMEWORK_KEY_PATTERN, key) is not None


def check_structure(
    document: YamlDocument, faults: Faults, *, frameworks: Collection[str] | None = None
) -> None:
    """Note everything in a document that is not of the dialect.

    ``frameworks`` are the source names that may have a ``<source>_config`` section; with ``None`` every
    section of that form is taken.
    """
    data = document.data
    if not isinstance(data, dict):
        fact = "the blueprint is empty" if data is None else f"a blueprint is a mapping, not {shown(data)}"
        faults.add(document.locate(), fact, "write 'hw_compiler:' and under it what the compiler shall do")
        return
    sections = {key for key in data if is_framework_key(key)}
    for key in sorted(sections):
        _check_framework_section(document, key, faults, frameworks)
    try:
        BlueprintFile.model_validate({key: value for key, value in data.items() if key not in sections})
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_context=False):
            keys = _without_tags(detail["loc"])
            fact, remedy = _explain(detail, keys, frameworks or ())
            faults.add(document.locate(*keys), fact, remedy)


def _check_framework_section(
    document: YamlDocument, key: str, faults: Faults, frameworks: Collection[str] | None
) -> None:
    source = key.removesuffix("_config")
    if frameworks is not None and source not in frameworks:
        fact = f"{key!r} is not a key of a blueprint: no pack has the source name {source!r}"
        faults.add(document.locate(key), fact, _key_remedy(key, (), frameworks))
    elif not isinstance(document.data[key], dict):
        fact, remedy = _wrong_type("a mapping", document.data[key], (key,))
        faults.add(document.locate(key), fact, remedy)


def _without_tags(loc: tuple[str | int, ...]) -> KeyPath:
    # Where a value may be of two types, pydantic puts the name of the one it tried behind its key.
    keys: list[str | int] = []
    for before, key in zip((None, *loc), loc, strict=False):
        if not (isinstance(before, int) or before == "clock_ns"):
            keys.append(key)
    return tuple(keys)


def _explain(detail: ErrorDetails, keys: KeyPath, frameworks: Collection[str]) -> tuple[str, str]:
    kind, value = detail["type"], detail["input"]
    names = tuple(key for key in keys if isinstance(key, str))
    if kind == "extra_forbidden":
        section = _SECTIONS[names[:-1]][0]
        return f"{names[-1]!r} is not a key of {section}", _key_remedy(names[-1], names[:-1], frameworks)
    if kind == "missing":
        return f"{names[-1]!r} is missing", "name the kernel, as in 'kernel: softmax'"
    if kind == "string_too_short":
        return "is empty", "write a value, or remove the key"
    if names == ("target", "clock_ns"):
        return _clock(value)
    if kind == "string_pattern_mismatch":
        return _requirement(value) if names == ("requires",) else _reference(value)
    if names == ("hw_compiler", "kernels") and kind == "union_tag_not_found":
        return _wrong_type("a name or a mapping with 'kernel'", value, keys)
    return _wrong_type(_EXPECTED.get(kind, "text"), value, keys)


_EXPECTED = {"list_type": "a list", "model_type": "a mapping"}


def _clock(value: Any) -> tuple[str, str]:
    if value is None:
        return "is empty", "write a number, or remove the key"
    return f"must be a number of nanoseconds above 0, not {shown(value)}", "write, for example, clock_ns: 5.0"


def _reference(value: str) -> tuple[str, str]:
    fact = f"{value!r} is not a reference to a plugin"
    if "${" in value:
        return fact, "write the name out: variables are replaced only in extends, target and <source>_config"
    return fact, "write name or source:name without spaces, and ~ before it if it may be missing"


def _requirement(value: str) -> tuple[str, str]:
    return f"{value!r} is not a requirement", "write it as for pip, such as 'brainsmith-kernels>=0.1,<1'"


def _wrong_type(expected: str, value: Any, keys: KeyPath) -> tuple[str, str]:
    in_list = isinstance(keys[-1], int)
    if value is None:
        return "is empty", f"write {expected}, or remove the {'item' if in_list else 'key'}"
    return f"must be {expected}, not {shown(value)}", _TYPE_REMEDIES[expected](value)


def _list_remedy(value: Any) -> str:
    return f"write [{value}]" if isinstance(value, str) else "begin each item with '- ' on a line of its own"


def _text_remedy(value: Any) -> str:
    if isinstance(value, dict) and len(value) == 1:
        ((key, inner),) = value.items()
        if isinstance(inner, str):
            return f"write {key}:{inner} without a space after the colon"
    if isinstance(value, (dict, list)):
        return "write a single word"
    return "put it in quotes"


_TYPE_REMEDIES: Mapping[str, Callable[[Any], str]] = {
    "a list": _list_remedy,
    "text": _text_remedy,
    "a mapping": lambda _: "write 'key: value' lines under it",
    "a name or a mapping with 'kernel'": lambda _: "write, for example, softmax or {kernel: softmax}",
}


def _key_remedy(key: str, section: tuple[str, ...], frameworks: Collection[str]) -> str:
    for names, (_, model) in _SECTIONS.items():
        if names != section and key in model.model_fields:
            return f"write it under {names[-1]!r}" if names else "write it at the top level"
    known = list(_SECTIONS[section][1].model_fields)
    if not section:
        known += [f"{source}_config" for source in sorted(frameworks)]
    # Between two sections only the sources tell: their common ending would make any two of them close.
    is_section = not section and is_framework_key(key)
    asked = key.removesuffix("_config") if is_section else key.lower().replace("-", "_")
    close = get_close_matches(asked, sorted(frameworks) if is_section else known, n=1, cutoff=0.6)
    if close and is_section:
        close = [f"{close[0]}_config"]
    return f"did you mean {close[0]!r}?" if close else f"the keys are {', '.join(known)}"


def shown(value: Any) -> str:
    """A value as a message names it: its kind, and itself where it is short."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (dict, list)):
        return "a mapping" if isinstance(value, dict) else "a list"
    if isinstance(value, str):
        return f"the text {value!r}" if len(value) <= 60 else f"the text {value[:60]!r}…"
    return f"the number {value}"
