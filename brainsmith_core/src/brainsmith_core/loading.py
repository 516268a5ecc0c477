# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The one seam at which a plugin's own code is imported."""

from __future__ import annotations

import sys

from brainsmith_core.memory import Uncollected

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType
    from typing import Any

    from brainsmith_core.records import Record


def load(record: Record, *, base_classes: Sequence[str] | None = None) -> Any:
    """Import the object that a record's target names, and check that it is what the record says.

    ``base_classes`` are ``'module:Class'`` names one of which a class must derive from; with ``None`` the
    object is taken as it is, because its framework vouches for it. Raises ``PluginLoadError`` with what
    the import said, whatever it raised.
    """
    module_name, _, attribute = record.target.partition(":")
    if not module_name:
        from brainsmith_core.errors import PluginLoadError

        raise PluginLoadError(
            f"{record.qualified_name} is a set of transforms and has no class of its own",
            remedy="apply its members: " + ", ".join(getattr(record, "members", ())),
        )
    try:
        value: Any = _imported(module_name)
        for part in attribute.split("."):
            value = getattr(value, part)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit, or the panic of an extension module
        from brainsmith_core.errors import PluginLoadError

        raise PluginLoadError(
            f"{record.type} {record.qualified_name} cannot be loaded from {record.target}: {describe(error)}",
            place=f"{record.distribution} {record.distribution_version}".strip(),
            remedy=record.remedy or _remedy(record, error),
        ) from error
    if base_classes is not None:
        _check(record, value, base_classes)
    return value


def _imported(name: str) -> ModuleType:
    if name in sys.modules:
        # Another thread may still be at it, and then this waits.
        __import__(name)
    else:
        with Uncollected():
            __import__(name)
    return sys.modules[name]


def _check(record: Record, value: object, base_classes: Sequence[str]) -> None:
    fault = _step_fault(value) if record.type == "step" else _class_fault(record, value, base_classes)
    if fault:
        from brainsmith_core.errors import PluginLoadError

        raise PluginLoadError(
            f"{record.target} {fault}, so it is not a {record.type}",
            place=f"{record.distribution} {record.distribution_version}".strip(),
            remedy=f"report it to the authors of {record.distribution}",
        )


def _step_fault(value: object) -> str:
    return "is not a function" if isinstance(value, type) or not callable(value) else ""


def _class_fault(record: Record, value: object, base_classes: Sequence[str]) -> str:
    if not isinstance(value, type):
        return "is not a class"
    if record.type == "transform" and not callable(getattr(value, "apply", None)):
        return "has no method apply(self, model)"
    if base_classes:
        # Compared by name: importing the base class here would import its framework.
        lineage = {f"{cls.__module__}:{cls.__qualname__}" for cls in value.__mro__}
        if lineage.isdisjoint(base_classes):
            return f"does not derive from {' or '.join(base_classes)}"
    return ""


def describe(error: BaseException) -> str:
    """An exception in one line, as ``Type: message``."""
    try:
        text = " ".join(str(error).split())
    except Exception:  # an exception may fail at its own message, too
        text = ""
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _remedy(record: Record, error: BaseException) -> str:
    if isinstance(error, ModuleNotFoundError) and error.name:
        package = error.name.partition(".")[0]
        if package != record.module.partition(".")[0]:
            return f"pip install {package}, or whatever provides the module {package!r}"
    return f"report it to the authors of {record.distribution}" if record.distribution else ""
