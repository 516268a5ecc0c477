# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Universe: several packages' modules, and what a name means in any of them, found by reading alone."""

from __future__ import annotations

import ast
import io
import os

from brainsmith_core.discovery import syntax
from brainsmith_core.discovery.inventory import Inventory
from brainsmith_core.discovery.snapshot import active_snapshot
from brainsmith_core.discovery.source import Import, ModuleSource, Value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from typing import TypeAlias

    from brainsmith_core.discovery.definition import Definition
    from brainsmith_core.discovery.snapshot import SourceKey

    Meaning: TypeAlias = "Definition | ModuleSource | Value | Foreign"


class Foreign:
    """Something outside the universe, or that it does not explain, by its dotted ``name``."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Foreign) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f"Foreign({self.name!r})"


class Diagnostic:
    """A file that could not be read, or a class that could not be understood, and why."""

    __slots__ = ("fact", "module", "path")

    def __init__(self, module: str, path: str, fact: str) -> None:
        self.module = module
        self.path = path
        self.fact = fact

    def __repr__(self) -> str:
        return f"Diagnostic({self.module!r}, {self.path!r}, {self.fact!r})"


class Universe:
    """The packages given by name and folders; each module is read when it is first asked for.

    ``packages`` maps a package's full name to its folders, as ``locate`` finds them, or is an inventory of
    them. Nothing is imported. What universes have in common is read once in a snapshot, and gone after it.
    ``exact`` parses every file whole instead of its outline: ten times slower, the same answers, and
    syntax errors inside functions are noticed.
    """

    def __init__(self, packages: Mapping[str, Sequence[str]] | Inventory, *, exact: bool = False) -> None:
        self._exact = exact
        self.inventory = packages if isinstance(packages, Inventory) else Inventory(packages)
        self._files = self.inventory.modules
        shared = active_snapshot()
        self._sources: dict[SourceKey, ModuleSource] = {} if shared is None else shared.sources
        self._names: dict[str, tuple[str, ...]] = {}
        self._modules: dict[str, ModuleSource] = {}
        self._direct: dict[str, frozenset[str]] = {}
        self._foreign: dict[str, frozenset[str]] = {}
        self._meanings: dict[tuple[str, str], Meaning] = {}
        self._notes: dict[tuple[str, str], Diagnostic] = {}

    def stamp(self) -> tuple[tuple[str, int, int], ...]:
        """Path, time and size of every file: while they hold, a scan gives the same answers."""
        return self.inventory.stamp()

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What could not be read or understood so far, by module."""
        faults = [Diagnostic(m.name, m.path, m.fault) for m in self._modules.values() if m.fault]
        return tuple(sorted([*faults, *self._notes.values()], key=lambda found: (found.module, found.fact)))

    def note(self, definition: Definition, fact: str) -> None:
        """Add a diagnostic about a class or function, once."""
        module = definition.module
        place = f"{module.path}:{definition.line}"
        self._notes.setdefault(
            (definition.origin, fact), Diagnostic(module.name, place, f"{definition.name}: {fact}")
        )

    def __contains__(self, name: object) -> bool:
        """Whether there is a module of that full name; it is not read."""
        return name in self._files

    def module(self, name: str) -> ModuleSource | None:
        """The module of that full name, ``None`` if the universe has none."""
        found = self._modules.get(name)
        if found is None and name in self._files:
            stamp, is_package = self._files[name]
            key = name, stamp, self._exact
            found = self._sources.get(key)
            # A fault may have been noticed by a closer look than this universe takes.
            if found is None or found.fault:
                found = self._sources[key] = _source(name, stamp[0], is_package, self._exact)
            self._modules[name] = found
        return found

    def modules(self, package: str = "") -> Iterator[ModuleSource]:
        """Every module, or those of one package and below it, by name."""
        if package not in self._names:
            below = f"{package}." if package else ""
            inside = (name for name in self._files if name == package or name.startswith(below))
            self._names[package] = tuple(sorted(inside))
        for name in self._names[package]:
            module = self.module(name)
            assert module is not None
            yield module

    def resolve(self, module: str, name: str) -> Meaning:
        """What a dotted name means in a module: followed through imports, aliases and re-exports.

        A ``Value`` is an assigned expression that is no name; a ``Foreign`` is what lies outside the
        universe, under the name it is imported from.
        """
        return self._resolve(module, name, set())

    def foreign_imports(self, module: str) -> frozenset[str]:
        """The top-level names outside the universe that importing a module is sure to import.

        Followed through the universe's own modules and their packages. Imports under a condition
        (``try``, ``if``) are left out.
        """
        if module not in self._foreign:
            reached = {module}
            waiting = [module]
            while waiting:
                more = self._imports(waiting.pop()) - reached
                reached |= more
                waiting += more
            tops = {name.partition(".")[0] for name in reached if name}
            self._foreign[module] = frozenset(tops - self._files.keys())
        return self._foreign[module]

    def _imports(self, name: str) -> frozenset[str]:
        """The modules that a module imports at once, its parent package among them."""
        if name not in self._direct:
            source = self.module(name)
            found = {name.rpartition(".")[0]} if source else set()
            for module, attribute in source.imported() if source else ():
                found.add(module)
                if f"{module}.{attribute}" in self._files and attribute not in self._bindings(module):
                    found.add(f"{module}.{attribute}")
            self._direct[name] = frozenset(found - {""})
        return self._direct[name]

    def _bindings(self, module: str) -> Collection[str]:
        source = self.module(module)
        return source.bindings if source else ()

    def _resolve(self, module: str, name: str, seen: set[tuple[str, str]]) -> Meaning:
        key = (module, name)
        if key in self._meanings:
            return self._meanings[key]
        if key in seen:
            return Foreign(f"{module}.{name}")
        seen.add(key)
        head, *rest = name.split(".")
        meaning = self._attribute(module, head, seen)
        for part in rest:
            if isinstance(meaning, ModuleSource):
                meaning = self._attribute(meaning.name, part, seen)
            elif isinstance(meaning, Foreign):
                meaning = Foreign(f"{meaning.name}.{part}")
            else:
                meaning = Foreign(f"{module}.{name}")
        self._meanings[key] = meaning
        return meaning

    def _attribute(self, module: str, name: str, seen: set[tuple[str, str]]) -> Meaning:
        source = self.module(module)
        if source is None:
            return Foreign(f"{module}.{name}")
        meanings = [self._meaning(source, binding, seen) for binding in source.bindings.get(name, ())]
        if not meanings:
            meanings = [
                self._resolve(star, name, seen) for star in reversed(source.stars) if self._offers(star, name)
            ]
            meanings.append(self.module(f"{module}.{name}") or self._lazy_attribute(source, name, seen))
        known = [meaning for meaning in meanings if not isinstance(meaning, Foreign)]
        return (known or meanings)[0]

    def _meaning(
        self,
        source: ModuleSource,
        binding: Definition | Import | Value,
        seen: set[tuple[str, str]],
    ) -> Meaning:
        if isinstance(binding, Import):
            if binding.attribute:
                return self._resolve(binding.module, binding.attribute, seen)
            return self.module(binding.module) or Foreign(binding.module)
        if (
            isinstance(binding, Value)
            and syntax.dotted(binding.node)
            and not isinstance(binding.node, ast.Subscript)
        ):
            return self._resolve(source.name, syntax.dotted(binding.node), seen)
        return binding

    def _offers(self, module: str, name: str) -> bool:
        source = self.module(module)
        if source is None:
            return False
        return name in source.exported if source.exported is not None else not name.startswith("_")

    def _lazy_attribute(self, source: ModuleSource, name: str, seen: set[tuple[str, str]]) -> Meaning:
        """An attribute that ``__getattr__`` (PEP 562) serves from a table of names and modules."""
        if "__getattr__" in source.bindings:
            for table in source.bindings:
                for key, value in source.entries(table):
                    if key != name or not isinstance(value, ast.Constant) or not isinstance(value.value, str):
                        continue
                    module = value.value.lstrip(".")
                    level = max(len(value.value) - len(module), 1)
                    for home in (value.value, source.absolute(module, level)):
                        if self.module(home):
                            return self._resolve(home, name, seen)
        return Foreign(f"{source.name}.{name}")


def _source(name: str, path: str, is_package: bool, exact: bool) -> ModuleSource:
    try:
        text = _read(path) if path else ""
    except (OSError, SyntaxError, UnicodeDecodeError, LookupError) as error:
        unread = ModuleSource(name, path, is_package)
        unread.fault = str(error)
        return unread
    return ModuleSource(name, path, is_package, text, exact=exact)


def _read(path: str) -> str:
    # Fewer system calls than open().read(), for hundreds of files.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        size = os.fstat(descriptor).st_size
        content = os.read(descriptor, size + 1)
        if len(content) != size:
            with io.FileIO(descriptor, closefd=False) as file:
                content += file.readall()
    finally:
        os.close(descriptor)
    try:
        text = content.removeprefix(b"\xef\xbb\xbf").decode()
        declares_encoding = b"coding" in content[:200]
    except UnicodeDecodeError:
        declares_encoding = True
    if declares_encoding:
        import tokenize

        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        text = content.decode(encoding)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
