# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The test kit for pack authors: a site with packs installed, and what a valid pack must show.

.. code-block:: python

    from brainsmith_core.testing import assert_pack_is_valid, install, installed

    def test_the_pack_is_valid(tmp_path):
        with installed(install(Path(__file__).parent.parent, site=tmp_path)):
            assert_pack_is_valid("acme")
"""

from __future__ import annotations

import json
import site as site_folders
import subprocess
import sys
import tomllib
from contextlib import contextmanager
from importlib import invalidate_caches
from importlib.util import find_spec
from pathlib import Path

from brainsmith_core.configuration import Configuration
from brainsmith_core.discovery.entry_points import installed_packs
from brainsmith_core.errors import BrainsmithError, PackError
from brainsmith_core.manager import PluginManager, reset_plugin_system

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


def install(*projects: str | Path, site: str | Path) -> Path:
    """Install project folders or wheels into the folder ``site`` with pip, without their dependencies.

    The build backend of this environment builds the folders if it has it; otherwise pip fetches one.
    A distribution that ``site`` already has is replaced. Returns ``site``. Raises ``PackError`` with what
    pip said.
    """
    target = Path(site)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--upgrade", "--target", str(target)]
    if all(map(_builds_here, map(Path, projects))):
        command += ["--no-index", "--no-build-isolation"]
    done = subprocess.run([*command, *map(str, projects)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise PackError(
            f"pip cannot install {', '.join(map(str, projects))}",
            place=str(target),
            remedy=(done.stderr.strip() or done.stdout.strip()),
        )
    return target


@contextmanager
def installed(*sites: str | Path) -> Iterator[None]:
    """Within the block, what is installed in the folders ``sites`` is installed in this process.

    The folders come first on ``sys.path``, their ``.pth`` files are read, and the plugin system starts
    anew. Afterwards ``sys.path`` is as before, the modules that came from the folders are forgotten, and
    the plugin system starts anew again.
    """
    path_before, modules_before = list(sys.path), set(sys.modules)
    places_before = {Path(folder).resolve() for folder in path_before}
    for folder in map(str, sites):
        site_folders.addsitedir(folder)
    added = [folder for folder in sys.path if Path(folder).resolve() not in places_before]
    sys.path[:] = [*added, *path_before]
    _start_anew()
    try:
        yield
    finally:
        sys.path[:] = path_before
        _forget_modules(set(sys.modules) - modules_before, [Path(folder).resolve() for folder in added])
        _start_anew()


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


def _builds_here(project: Path) -> bool:
    """Whether installing needs no other distribution than those that this environment has."""
    file = project / "pyproject.toml"
    if not file.is_file():
        return project.is_file()
    build_system = tomllib.loads(file.read_text(encoding="utf-8")).get("build-system", {})
    backend = str(build_system.get("build-backend", "setuptools")).partition(":")[0].partition(".")[0]
    return find_spec(backend) is not None


def _start_anew() -> None:
    invalidate_caches()
    reset_plugin_system()


def _forget_modules(names: Iterable[str], folders: Sequence[Path]) -> None:
    for name in names:
        module = sys.modules[name]
        spec = getattr(module, "__spec__", None)
        # The origin of a built-in or frozen module is no path.
        places = [str(spec.origin)] if spec and spec.has_location else _locations(module)
        if any(Path(place).resolve().is_relative_to(folder) for place in places for folder in folders):
            del sys.modules[name]


def _locations(module: object) -> list[str]:
    try:
        return list(getattr(module, "__path__", ()))
    except KeyError:
        # A namespace package looks for its parent, which may have been forgotten just before.
        return []


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
