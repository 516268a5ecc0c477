# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Collecting: one pack's hook module is imported and asked, alone, and what it rests on is stamped."""

from __future__ import annotations

import io
import os
import sys
from contextlib import redirect_stdout
from functools import partial
from time import perf_counter

from brainsmith_core import hookspecs
from brainsmith_core.catalogue import encoded
from brainsmith_core.discovery.asking import HOOK_OF_ADAPTERS, Fault, ask, fault, guarded, implementations
from brainsmith_core.discovery.hook_manager import HookManager
from brainsmith_core.discovery.hook_module import import_hook_module
from brainsmith_core.discovery.lookups import ONE_AT_A_TIME, Recorder
from brainsmith_core.discovery.pack import Framework, Pack, PackFailure
from brainsmith_core.discovery.stamps import files_of_others, package_stamps, take, take_files
from brainsmith_core.memory import resident_megabytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from brainsmith_core.discovery.entry_points import PackRef
    from brainsmith_core.discovery.lookups import Lookups
    from brainsmith_core.discovery.stamps import Stamp
    from brainsmith_core.frameworks import FrameworkAdapter

#: A hook module imports only core, so it takes milliseconds; more than this deserves a word.
SLOW_SECONDS = 0.5
#: A bridge reads a framework's source, which an index spares all later processes.
SLOW_BRIDGE_SECONDS = 5.0


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


def new_hook_manager() -> HookManager:
    """A pluggy manager that knows our hooks and no pack yet."""
    manager = HookManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    return manager


def collect(ref: PackRef, hooks: HookManager, recorder: Recorder | None = None) -> Pack:
    """Ask one pack what it has; on success the pack stays registered with ``hooks``.

    ``recorder`` is active already where several packs are asked. Never raises for anything the pack does,
    except ``KeyboardInterrupt``: a failure becomes part of the returned pack, and the pack is unregistered.
    """
    if recorder is None:
        with Recorder() as recorder:
            return collect(ref, hooks, recorder)
    start, before = perf_counter(), resident_megabytes()
    printed = _Printed()
    lines: tuple[str, ...] = ()
    adapters: tuple[FrameworkAdapter, ...] = ()
    frameworks: tuple[Framework, ...] = ()
    stamps: tuple[Stamp, ...] = ()
    failure = None
    package = ref.module.partition(".")[0]
    try:
        with redirect_stdout(printed), recorder.pack(package) as lookups:
            plugin = _import(ref)
            records, adapters = ask(implementations(plugin, ref.registration_name, hooks))
            frameworks = tuple(map(_framework, adapters))
            stamps = tuple(_stamps(ref, package, adapters, lookups, recorder))
            if not adapters and any(record.requires for record in records):
                # A bridge says itself what is missing for what its framework offers, and most packs need not
                # pay for the libraries that compare versions. What these look at is not the pack's: that
                # something else is installed, the search path's stamps tell.
                from brainsmith_core.discovery.availability import with_availability

                lookups.foreign = True
                records = with_availability(records)
            lines = tuple(encoded(records, *ref.owner))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # an object of the pack may raise whatever it is asked
        reason = str(error) if isinstance(error, Fault) else str(fault("what it gave cannot be read", error))
        failure = PackFailure(ref, reason)
        lines, adapters, frameworks, stamps = (), (), (), ()
        _unregister(ref, hooks)
    seconds, megabytes = perf_counter() - start, resident_megabytes() - before
    warnings = tuple(_warnings(printed.text(), seconds, SLOW_BRIDGE_SECONDS if frameworks else SLOW_SECONDS))
    return Pack(
        ref,
        lines=lines,
        adapters=adapters,
        frameworks=frameworks,
        failure=failure,
        warnings=warnings,
        seconds=seconds,
        megabytes=megabytes,
        stamps=stamps,
        alone=not lookups.foreign,
    )


def collect_adapters(ref: PackRef, hooks: HookManager) -> tuple[FrameworkAdapter, ...]:
    """Register a pack whose records are known with ``hooks``, and ask it for its adapters alone.

    That spares a bridge reading its framework. None, and the pack unregistered, where it fails by now.
    """
    with ONE_AT_A_TIME, redirect_stdout(_Printed()):
        try:
            plugin = _import(ref)
            found = implementations(plugin, ref.registration_name, hooks)
            return ask({HOOK_OF_ADAPTERS: found.get(HOOK_OF_ADAPTERS, ())})[1]
        except KeyboardInterrupt:
            raise
        except BaseException:  # as in collect
            _unregister(ref, hooks)
            return ()


def _framework(adapter: FrameworkAdapter) -> Framework:
    return Framework(adapter.name, _said(adapter, "optional_prefixes"), _said(adapter, "base_classes"))


def _said(adapter: FrameworkAdapter, question: str) -> Any:
    """What an adapter answers; its failure to do so belongs to its pack alone."""
    return guarded(f"{question} of the adapter {adapter.name!r} failed", getattr(adapter, question))


def _stamps(
    ref: PackRef,
    package: str,
    adapters: tuple[FrameworkAdapter, ...],
    lookups: Lookups,
    recorder: Recorder,
) -> Iterator[Stamp]:
    """What the pack's records depend on, beside the interpreter and its search path; nothing if unknown."""
    if not recorder.accounts_for(lookups):
        return
    origin = getattr(getattr(sys.modules.get(ref.module), "__spec__", None), "origin", None)
    site = os.path.dirname(ref.location) if ref.location.endswith(".dist-info") else ""  # noqa: PTH120
    files = {origin} if isinstance(origin, str) else set()
    if not (site and files):
        # Where an installer put the metadata, the folder around it changes whenever they do.
        files.add(f"{ref.location}/entry_points.txt")
    packages, variables = {package}, set(lookups.variables)
    for adapter in adapters:
        packages |= set(_said(adapter, "packages"))
        variables |= set(_said(adapter, "environment_variables"))
    if adapters:
        # A bridge reads a whole framework, and says itself on which packages it depends.
        files |= {file for file in lookups.files if not file.endswith(".py")}
    else:
        files |= lookups.files | files_of_others(package, recorder.foreign_modules())
        yield from (take("names", folder) for folder in sorted(lookups.folders) if not _is_own(folder, site))
    yield from (take(kind, "") for kind in sorted(lookups.surroundings))
    yield from take_files(files, start=os.path.join(site, ""))  # noqa: PTH118
    yield from (take("variable", variable) for variable in sorted(variables))
    for each in sorted(packages):
        yield from package_stamps(each, site)


def _is_own(folder: str, site: str) -> bool:
    """Whether a folder changes by what an installer or the interpreter does only."""
    return "__pycache__" in folder or bool(site and f"{folder}/".startswith(f"{site}/"))


def _import(ref: PackRef) -> object:
    attribute = ref.value.partition(":")[2].partition("[")[0].strip()
    plugin: object = guarded("cannot be imported", partial(import_hook_module, ref.module))
    for part in filter(None, attribute.split(".")):
        plugin = guarded("cannot be imported", partial(getattr, plugin, part))
    if isinstance(plugin, type):
        raise Fault(
            f"the entry point names the class {plugin.__qualname__}; it must name a module or an instance"
        )
    return plugin


def _unregister(ref: PackRef, hooks: HookManager) -> None:
    if hooks.has_plugin(ref.registration_name):
        hooks.unregister(name=ref.registration_name)


def _warnings(printed: str, seconds: float, limit: float) -> Iterator[str]:
    if printed.strip():
        first = printed.strip().splitlines()[0]
        yield f"printed to standard output while it was listed: {first!r:.80}"
    if seconds > limit:
        yield f"took {seconds:.1f} s to list; a hook module should import nothing but brainsmith_core"
