# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A valid pack: what every installed pack must show."""

from __future__ import annotations

import json
import subprocess
import sys

from brainsmith_core.configuration import Configuration
from brainsmith_core.discovery.entry_points import installed_packs
from brainsmith_core.errors import BrainsmithError
from brainsmith_core.manager import PluginManager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from brainsmith_core.records import Record
    from brainsmith_core.registry import Registry

#: Run in a fresh interpreter: lists one source's plugins and tells which modules that imported.
_LISTING = """
import json, sys
path, source = json.load(sys.stdin)
sys.path[:] = path
from brainsmith_core.configuration import Configuration
from brainsmith_core.manager import PluginManager
PluginManager(Configuration()).discover_plugins(packs=[])
before = set(sys.modules)
PluginManager(Configuration()).discover_plugins(packs=[source])
print()
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def assert_pack_is_valid(source: str, *, forbidden: Iterable[str] = ()) -> None:
    """Assert that the installed pack with this source name is all that a pack should be.

    It has at least one plugin and neither failure nor warning; each plugin that is available can be
    loaded and is of its type; each member of a transform set can be found; and listing it, in a fresh
    interpreter, imports nothing but core and the pack itself, and none of the modules ``forbidden``.
    The ``AssertionError`` names every fault.
    """
    sources = sorted({ref.source for ref in installed_packs()})
    if source not in sources:
        there = ", ".join(sources) or "none"
        raise AssertionError(f"no installed pack has the source name {source!r}; those installed: {there}")
    manager = PluginManager(Configuration())
    registry = manager.discover_plugins(packs=[source])
    faults = [*_pack_faults(manager, source)]
    if not faults:
        faults += [*_record_faults(registry, manager), *_listing_faults(source, registry, tuple(forbidden))]
    if faults:
        raise AssertionError("\n".join([f"the pack {source!r} is not valid:", *faults]))


def _pack_faults(manager: PluginManager, source: str) -> Iterator[str]:
    _, discovery = manager.selected([source])
    for failure in discovery.failures:
        yield str(failure)
    for pack, warning in discovery.warnings:
        yield f"{pack.ref.distribution} {pack.ref.version}: {warning}"
    if not discovery.failures and not discovery.records and not discovery.adapters:
        yield "it has no plugins"


def _record_faults(registry: Registry, manager: PluginManager) -> Iterator[str]:
    everything: Registry | None = None
    for record in registry:
        members = getattr(record, "members", ())
        if members:
            everything = everything or manager.discover_plugins(["full"])
        try:
            if everything is not None:
                for member in members:
                    _find(member, everything)
            if record.available and record.type != "custom_op":
                registry.load(record)
        except BrainsmithError as error:
            yield _fault(record, error)


def _find(member: str, registry: Registry) -> None:
    if not member.startswith("~"):
        registry.resolve("transform", member)


def _fault(record: Record, error: BrainsmithError) -> str:
    return f"{record.type} {record.name!r}: {error}"


def _listing_faults(source: str, registry: Registry, forbidden: Sequence[str]) -> Iterator[str]:
    modules = _modules_imported_by_listing(source)
    own = {record.module.partition(".")[0] for record in registry}
    refs = [ref for ref in installed_packs() if ref.source == source]
    own |= {ref.value.partition(":")[0].partition(".")[0].strip() for ref in refs}
    for module in modules:
        top = module.partition(".")[0]
        if module in forbidden or top in forbidden:
            yield f"listing its plugins imports {module}, which is forbidden"
        elif module == top and top not in own and not _comes_with_core(top):
            yield f"listing its plugins imports {module}; a hook module should import only brainsmith_core"


def _comes_with_core(top: str) -> bool:
    return top in sys.stdlib_module_names or top in ("brainsmith", "brainsmith_core", "pluggy")


def _modules_imported_by_listing(source: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", _LISTING],
        input=json.dumps([sys.path, source]),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise AssertionError(f"the pack {source!r} cannot be listed by itself:\n{done.stderr}")
    modules: list[str] = json.loads(done.stdout.splitlines()[-1])
    return modules
