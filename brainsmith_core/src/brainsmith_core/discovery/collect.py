# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Collecting: one pack's hook module is imported and each of its hooks called alone."""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stdout
from functools import partial
from time import perf_counter

import pluggy

from brainsmith_core import hookspecs
from brainsmith_core.declare import declared_record
from brainsmith_core.discovery.hook_module import import_hook_module
from brainsmith_core.discovery.lookups import recorded
from brainsmith_core.discovery.pack import Framework, Pack, PackFailure
from brainsmith_core.discovery.stamps import package_stamps, take
from brainsmith_core.frameworks import FrameworkAdapter
from brainsmith_core.loading import describe
from brainsmith_core.memory import resident_megabytes
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
    from collections.abc import Callable, Collection, Iterator
    from typing import Any

    from brainsmith_core.discovery.entry_points import PackRef
    from brainsmith_core.discovery.lookups import Lookups
    from brainsmith_core.discovery.stamps import Stamp

#: What each hook gives.
HOOK_RESULTS: dict[str, type] = {
    "register_transforms": TransformRecord,
    "register_kernels": KernelRecord,
    "register_backends": BackendRecord,
    "register_steps": StepRecord,
    "register_custom_ops": CustomOpRecord,
    "register_frameworks": FrameworkAdapter,
}

#: A hook module imports only core, so it takes milliseconds; more than this deserves a word.
SLOW_SECONDS = 0.5
#: A bridge reads a framework's source, which an index spares all later processes.
SLOW_BRIDGE_SECONDS = 5.0


class _Fault(Exception):
    """Why the pack at hand is refused."""


class _Printed(io.TextIOWrapper):
    """Standard output while a pack is asked: takes text and bytes, and cannot be closed."""

    def __init__(self) -> None:
        self._bytes = io.BytesIO()
        super().__init__(self._bytes, encoding="utf-8", errors="backslashreplace", write_through=True)

    def close(self) -> None:
        """Stay open: the pack borrowed it."""

    def text(self) -> str:
        """What was written so far."""
        return self._bytes.getvalue().decode("utf-8", "replace")


def new_hook_manager() -> pluggy.PluginManager:
    """A pluggy manager that knows our hooks and no pack yet."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    return manager


def collect(ref: PackRef, hooks: pluggy.PluginManager) -> Pack:
    """Ask one pack what it has; on success the pack stays registered with ``hooks``.

    Never raises for anything the pack does, except ``KeyboardInterrupt``: a failure becomes part of the
    returned pack, and the pack is unregistered.
    """
    start, before = perf_counter(), resident_megabytes()
    printed = _Printed()
    records: tuple[Record, ...] = ()
    adapters: tuple[FrameworkAdapter, ...] = ()
    frameworks: tuple[Framework, ...] = ()
    stamps: tuple[Stamp, ...] = ()
    failure = None
    package = ref.module.partition(".")[0]
    try:
        with redirect_stdout(printed), recorded(package) as lookups:
            plugin = _import(ref)
            _register(plugin, ref, hooks)
            records, adapters = _ask(plugin, ref, hooks)
            frameworks = tuple(map(_framework, adapters))
            stamps = tuple(_stamps(ref, package, adapters, lookups))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # an object of the pack may raise whatever it is asked
        reason = (
            str(error) if isinstance(error, _Fault) else f"what it gave cannot be read: {describe(error)}"
        )
        failure = PackFailure(ref, reason)
        records, adapters, frameworks, stamps = (), (), (), ()
        _unregister(ref, hooks)
    seconds, megabytes = perf_counter() - start, resident_megabytes() - before
    warnings = tuple(_warnings(printed.text(), seconds, SLOW_BRIDGE_SECONDS if frameworks else SLOW_SECONDS))
    return Pack(
        ref,
        records=records,
        adapters=adapters,
        frameworks=frameworks,
        failure=failure,
        warnings=warnings,
        seconds=seconds,
        megabytes=megabytes,
        stamps=stamps,
        alone=not lookups.foreign,
    )


def collect_adapters(ref: PackRef, hooks: pluggy.PluginManager) -> tuple[FrameworkAdapter, ...]:
    """Register a pack whose records are known with ``hooks``, and ask it for its adapters alone.

    That spares a bridge reading its framework. None, and the pack unregistered, where it fails by now.
    """
    with redirect_stdout(_Printed()):
        try:
            plugin = _import(ref)
            _register(plugin, ref, hooks)
            return _ask(plugin, ref, hooks, only=("register_frameworks",))[1]
        except KeyboardInterrupt:
            raise
        except BaseException:  # as in collect
            _unregister(ref, hooks)
            return ()


def _framework(adapter: FrameworkAdapter) -> Framework:
    return Framework(adapter.name, _said(adapter, "optional_prefixes"), _said(adapter, "base_classes"))


def _said(adapter: FrameworkAdapter, question: str) -> Any:
    """What an adapter answers; its failure to do so belongs to its pack alone."""
    return _guarded(f"{question} of the adapter {adapter.name!r} failed", getattr(adapter, question))


def _stamps(
    ref: PackRef, package: str, adapters: tuple[FrameworkAdapter, ...], lookups: Lookups
) -> Iterator[Stamp]:
    """What the pack's records depend on, beside the interpreter and its search path."""
    origin = getattr(getattr(sys.modules.get(ref.module), "__spec__", None), "origin", None)
    files = {f"{ref.location}/entry_points.txt", f"{ref.location}/RECORD"}
    files |= {origin} if isinstance(origin, str) else set()
    packages, variables = {package}, set(lookups.variables)
    for adapter in adapters:
        packages |= set(_said(adapter, "packages"))
        variables |= set(_said(adapter, "environment_variables"))
    if not adapters:
        # A bridge reads a whole framework, and says itself on which packages it depends.
        files |= lookups.files
    yield from (take("file", file) for file in sorted(files))
    yield from (take("variable", variable) for variable in sorted(variables))
    for each in sorted(packages):
        yield from package_stamps(each)


def _guarded(doing: str, call: Callable[[], Any]) -> Any:
    """Call into the pack; whatever it raises, and even its wish to exit, becomes a fault."""
    try:
        return call()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise _Fault(f"{doing}: {describe(error)}") from error


def _import(ref: PackRef) -> object:
    attribute = ref.value.partition(":")[2].partition("[")[0].strip()
    plugin: object = _guarded("cannot be imported", partial(import_hook_module, ref.module))
    for part in filter(None, attribute.split(".")):
        plugin = _guarded("cannot be imported", partial(getattr, plugin, part))
    if isinstance(plugin, type):
        raise _Fault(
            f"the entry point names the class {plugin.__qualname__}; it must name a module or an instance"
        )
    return plugin


def _register(plugin: object, ref: PackRef, hooks: pluggy.PluginManager) -> None:
    def register() -> None:
        hooks.register(plugin, name=ref.registration_name)

    _guarded("its hooks are refused", register)
    callers = hooks.get_hookcallers(plugin) or []
    if not callers:
        raise _Fault("it implements no hook; mark at least one function with @hookimpl")
    for caller in callers:
        if not caller.has_spec():
            raise _Fault(f"{caller.name} is not a hook; the hooks are {', '.join(HOOK_RESULTS)}")
        for implementation in _implementations(caller, plugin):
            if implementation.hookwrapper or implementation.wrapper:
                raise _Fault(f"{caller.name} is a wrapper, which could change what other packs give")


def _implementations(caller: pluggy.HookCaller, plugin: object) -> Iterator[pluggy.HookImpl]:
    return (implementation for implementation in caller.get_hookimpls() if implementation.plugin is plugin)


def _unregister(ref: PackRef, hooks: pluggy.PluginManager) -> None:
    if hooks.has_plugin(ref.registration_name):
        hooks.unregister(name=ref.registration_name)


def _ask(
    plugin: object, ref: PackRef, hooks: pluggy.PluginManager, only: Collection[str] = HOOK_RESULTS
) -> tuple[tuple[Record, ...], tuple[FrameworkAdapter, ...]]:
    given: list[object] = []
    for caller in sorted(hooks.get_hookcallers(plugin) or (), key=lambda caller: caller.name):
        for implementation in _implementations(caller, plugin) if caller.name in only else ():
            given += _given(caller.name, implementation.function)
    records = tuple(_stamped(item, ref) for item in given if isinstance(item, Record))
    _refuse_duplicates(records)
    return records, tuple(item for item in given if isinstance(item, FrameworkAdapter))


def _given(hook: str, function: Callable[[], Any]) -> list[object]:
    """What one hook implementation gives, checked item by item."""
    result = _guarded(f"{hook} failed", function)
    expected = HOOK_RESULTS[hook]
    if result is None or isinstance(result, (str, bytes, dict, type)) or not hasattr(result, "__iter__"):
        shown = "None" if result is None else f"the {type(result).__name__} {result!r:.60}"
        raise _Fault(f"{hook} gave {shown}; it must give a list of {expected.__name__}")
    items: list[object] = _guarded(f"{hook} failed", lambda: list(result))
    found = []
    for index, item in enumerate(items):
        value = item if isinstance(item, expected) else declared_record(item)
        if not isinstance(value, expected):
            raise _Fault(f"{hook} gave {item!r:.80} as item {index}; it must be a {expected.__name__}")
        found.append(value)
    return found


def _stamped(record: Record, ref: PackRef) -> Record:
    return record.stamped(source=ref.source, distribution=ref.distribution, distribution_version=ref.version)


def _refuse_duplicates(records: tuple[Record, ...]) -> None:
    seen: dict[tuple[str, str], Record] = {}
    for record in records:
        first = seen.setdefault((record.type, record.name), record)
        # A framework may have an object that it registers and a second one that can only be imported.
        if first is not record and first.registered and record.registered:
            targets = first.target or "a set", record.target or "a set"
            raise _Fault(f"it has two {record.type}s named {record.name!r}: {targets[0]} and {targets[1]}")


def _warnings(printed: str, seconds: float, limit: float) -> Iterator[str]:
    if printed.strip():
        first = printed.strip().splitlines()[0]
        yield f"printed to standard output while it was listed: {first!r:.80}"
    if seconds > limit:
        yield f"took {seconds:.1f} s to list; a hook module should import nothing but brainsmith_core"
