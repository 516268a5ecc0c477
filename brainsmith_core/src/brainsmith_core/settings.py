# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Settings: what the configuration file and the environment say, checked key by key."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import Any

    from brainsmith_core.errors import ConfigurationError
    from brainsmith_core.yaml_document import YamlDocument

ROOT = "plugin_system"
MODES = ("full", "blueprint", "selective")


def read_settings(path: Path | None, environment: Mapping[str, str]) -> dict[str, Any]:
    """The settings of a file, if there is one, and over them those that environment variables give.

    Raises ``ConfigurationError`` with every unknown key and every value of another kind, each with file and
    line or the name of the variable.
    """
    faults: list[ConfigurationError] = []
    settings = _from_file(path, faults) if path else {}
    settings |= _from_environment(environment, faults)
    if not faults:
        return settings
    if len(faults) == 1:
        raise faults[0]
    raise _error(f"{len(faults)} faults in the configuration", faults=faults)


def _from_environment(environment: Mapping[str, str], faults: list[ConfigurationError]) -> dict[str, Any]:
    settings: dict[str, Any] = {}
    for variable, (key, read) in VARIABLES.items():
        text = environment.get(variable, "")
        if not text:
            continue
        try:
            settings[key] = read(text)
        except ValueError as error:
            remedy = f"export {variable}={_EXAMPLES[key]}"
            faults.append(_error(f"{text!r} is not {error}", place=variable, remedy=remedy))
    return settings


def _from_file(path: Path, faults: list[ConfigurationError]) -> dict[str, Any]:
    from brainsmith_core.yaml_document import YamlFault, read

    try:
        document = read(path)
    except YamlFault as fault:
        faults.append(_error(fault.fact, place=fault.place, remedy=fault.remedy))
        return {}
    faults += [_error(fault.fact, place=fault.place, remedy=fault.remedy) for fault in document.faults]
    if document.data is None:
        return {}
    root = _known_items(document, document.data, (), (ROOT,), faults)
    if root.get(ROOT) is None:
        return {}
    settings: dict[str, Any] = {}
    for key, value in _known_items(document, root[ROOT], (ROOT,), tuple(READERS), faults).items():
        try:
            settings[key] = READERS[key](value)
        except ValueError as error:
            place, remedy = document.place(ROOT, key), f"write '{key}: {_EXAMPLES[key]}'"
            faults.append(_error(f"{value!r} is not {error}", place=place, remedy=remedy))
    return settings


def _known_items(
    document: YamlDocument,
    section: object,
    place: tuple[str, ...],
    known: tuple[str, ...],
    faults: list[ConfigurationError],
) -> dict[str, Any]:
    """What a section says under keys that have a meaning."""
    if not isinstance(section, dict):
        fact = f"must be a mapping with the keys {', '.join(known)}"
        faults.append(_error(fact, place=document.place(*place), remedy=f"write '{known[0]}: …'"))
        return {}
    for key in section:
        if key not in known:
            from difflib import get_close_matches

            close = get_close_matches(key, known, n=1)
            remedy = f"did you mean {close[0]!r}?" if close else f"the keys are {', '.join(known)}"
            fact = f"{key!r} is not a key of the configuration"
            faults.append(_error(fact, place=document.place(*place, key), remedy=remedy))
    return {key: value for key, value in section.items() if key in known}


def _error(fact: str, **words: Any) -> ConfigurationError:
    from brainsmith_core.errors import ConfigurationError

    return ConfigurationError(fact, **words)


def _seconds(value: object) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < float("inf"):
        return float(value)
    raise ValueError("a number of seconds, zero or more")


def _mode(value: object) -> str:
    if value in MODES:
        return str(value)
    raise ValueError(f"one of {', '.join(MODES)}")


def _names(value: object) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise ValueError("a list of source names")


def _switch(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError("true or false")


def _seconds_text(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    return _seconds(number)


def _names_text(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _switch_text(text: str) -> bool:
    lowered = text.strip().lower()
    if lowered in ("1", "true", "yes", "on", "0", "false", "no", "off"):
        return lowered in ("1", "true", "yes", "on")
    raise ValueError("1 or 0")


READERS: dict[str, Callable[[object], Any]] = {
    "cache_ttl": _seconds,
    "discovery_mode": _mode,
    "frameworks": _names,
    "performance_tracking": _switch,
    "priority": _names,
    "strict": _switch,
    "debug": _switch,
}
VARIABLES: dict[str, tuple[str, Callable[[str], Any]]] = {
    "BRAINSMITH_PLUGIN_CACHE_TTL": ("cache_ttl", _seconds_text),
    "BRAINSMITH_PLUGIN_MODE": ("discovery_mode", _mode),
    "BRAINSMITH_PLUGIN_PRIORITY": ("priority", _names_text),
    "BRAINSMITH_PLUGIN_STRICT": ("strict", _switch_text),
    "BRAINSMITH_PLUGIN_DEBUG": ("debug", _switch_text),
}
_EXAMPLES = {
    "cache_ttl": "300",
    "discovery_mode": "full",
    "frameworks": "[brainsmith]",
    "performance_tracking": "true",
    "priority": "[brainsmith]",
    "strict": "true",
    "debug": "1",
}
