# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Asking: the hooks that a pack implements are called, and what they give is checked."""

from __future__ import annotations

from brainsmith_core.records import (
    BackendRecord,
    CustomOpRecord,
    KernelRecord,
    Record,
    StepRecord,
    TransformRecord,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from brainsmith_core.discovery.hook_manager import HookManager
    from brainsmith_core.frameworks import FrameworkAdapter

#: What each hook of records gives.
_RECORDS_OF: dict[str, type[Record]] = {
    "register_transforms": TransformRecord,
    "register_kernels": KernelRecord,
    "register_backends": BackendRecord,
    "register_steps": StepRecord,
    "register_custom_ops": CustomOpRecord,
}
#: The hook of bridges.
HOOK_OF_ADAPTERS = "register_frameworks"
#: Every hook that a pack may implement.
HOOKS = (*_RECORDS_OF, HOOK_OF_ADAPTERS)


class Fault(Exception):
    """Why the pack at hand is refused."""


def guarded(doing: str, call: Callable[[], Any]) -> Any:
    """Call into the pack; whatever it raises, and even its wish to exit, becomes a fault."""
    try:
        return call()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise fault(doing, error) from error


def fault(doing: str, error: BaseException) -> Fault:
    """The fault that an exception of the pack's code is."""
    from brainsmith_core.loading import describe

    return Fault(f"{doing}: {describe(error)}")


def implementations(plugin: object, name: str, hooks: HookManager) -> dict[str, list[Callable[[], Any]]]:
    """Register a pack's hook object; its implementations by hook, in the order of the hooks' names.

    Raises ``Fault`` for a hook that is none of ours, for a wrapper, and where there is none at all.
    """

    def register() -> dict[str, list[tuple[Callable[[], Any], bool]]]:
        hooks.register(plugin, name=name)
        return hooks.implementations(plugin)

    found: dict[str, list[tuple[Callable[[], Any], bool]]] = guarded("its hooks are refused", register)
    for hook, own in found.items():
        if hook not in HOOKS:
            raise Fault(f"{hook} is not a hook; the hooks are {', '.join(HOOKS)}")
        if any(is_wrapper for _, is_wrapper in own):
            raise Fault(f"{hook} is a wrapper, which could change what other packs give")
    if not found:
        raise Fault("it implements no hook; mark at least one function with @hookimpl")
    return {hook: [function for function, _ in own] for hook, own in found.items()}


def ask(
    hooks: Mapping[str, Sequence[Callable[[], Any]]],
) -> tuple[tuple[Record, ...], tuple[FrameworkAdapter, ...]]:
    """Call a pack's implementations, and return the records and adapters that they give.

    Raises ``Fault`` where one fails or gives anything else, and for two records of one name.
    """
    records: list[Any] = []
    adapters: list[Any] = []
    for hook, own in hooks.items():
        # Each is what its hook must give: asking thousands of records what they are takes its time.
        given = adapters if hook == HOOK_OF_ADAPTERS else records
        for implementation in own:
            given += _given(hook, implementation)
    _refuse_duplicates(records)
    return tuple(records), tuple(adapters)


def _given(hook: str, function: Callable[[], Any]) -> list[object]:
    """What one hook implementation gives, checked item by item."""
    result = guarded(f"{hook} failed", function)
    expected = result_of(hook)
    if result is None or isinstance(result, (str, bytes, dict, type)) or not hasattr(result, "__iter__"):
        shown = "None" if result is None else f"the {type(result).__name__} {result!r:.60}"
        raise Fault(f"{hook} gave {shown}; it must give a list of {expected.__name__}")
    items: list[object] = guarded(f"{hook} failed", lambda: list(result))
    if set(map(type, items)) == {expected}:
        return items
    found = []
    for index, item in enumerate(items):
        value = item if isinstance(item, expected) else _declared(item)
        if not isinstance(value, expected):
            raise Fault(f"{hook} gave {item!r:.80} as item {index}; it must be a {expected.__name__}")
        found.append(value)
    return found


def result_of(hook: str) -> type:
    """The class of what a hook gives."""
    if hook != HOOK_OF_ADAPTERS:
        return _RECORDS_OF[hook]
    # Only bridges have an adapter, and most packs are none.
    from brainsmith_core.frameworks import FrameworkAdapter

    return FrameworkAdapter


def _declared(item: object) -> Record | None:
    from brainsmith_core.declare import declared_record

    return declared_record(item)


def _refuse_duplicates(records: Sequence[Record]) -> None:
    seen: dict[tuple[str, str], Record] = {}
    for record in records:
        first = seen.setdefault((record.type, record.name), record)
        # A framework may have an object that it registers and a second one that can only be imported.
        if first is not record and first.registered and record.registered:
            targets = first.target or "a set", record.target or "a set"
            raise Fault(f"it has two {record.type}s named {record.name!r}: {targets[0]} and {targets[1]}")
