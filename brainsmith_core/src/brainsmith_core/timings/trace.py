# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Trace: every import of a while, with who caused it and what it cost."""

from __future__ import annotations

import sys
import threading
from time import perf_counter

from brainsmith_core.memory import resident_megabytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any


class Import:
    """One module's import: ``chain`` has the modules that were being imported, outermost first.

    Seconds and MB (10⁶ bytes) count whatever it imported in turn.
    """

    __slots__ = ("chain", "megabytes", "module", "seconds")

    def __init__(self, module: str, chain: tuple[str, ...], seconds: float, megabytes: float) -> None:
        self.module = module
        self.chain = chain
        self.seconds = seconds
        self.megabytes = megabytes


class PackageCost:
    """What a top-level package cost when it was first imported, and the chain by which that came about."""

    __slots__ = ("chain", "megabytes", "modules", "name", "seconds")

    def __init__(self, name: str) -> None:
        self.name = name
        self.modules = 0
        self.seconds = 0.0
        self.megabytes = 0.0
        self.chain: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Every field, as JSON can hold it."""
        return {
            "package": self.name,
            "seconds": round(self.seconds, 4),
            "megabytes": round(self.megabytes, 1),
            "modules": self.modules,
            "chain": list(self.chain),
        }


class ImportTrace:
    """A context in which imports are measured, by a finder that goes before all others and asks them.

    A module knows nothing of it: its own loader is put back before its code runs. What was imported
    before costs nothing, and does not appear. Threads have chains of their own.
    """

    def __init__(self) -> None:
        self.imports: list[Import] = []
        self._threads = threading.local()

    def __enter__(self) -> ImportTrace:
        sys.meta_path.insert(0, self)
        return self

    def __exit__(self, *_: object) -> None:
        sys.meta_path.remove(self)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """What the other finders find, its loader watched."""
        for finder in list(sys.meta_path):
            find = None if finder is self else getattr(finder, "find_spec", None)
            spec: ModuleSpec | None = find(name, path, target) if find else None
            if spec is not None:
                if hasattr(spec.loader, "exec_module"):
                    spec.loader = _Watched(spec.loader, self)  # type: ignore[assignment]
                return spec
        return None

    def measure(self, module: str, work: Callable[[], object], spent: tuple[float, float]) -> None:
        """Do the work of importing a module; ``spent`` are seconds and MB that it took already."""
        stack: list[str] = self._threads.__dict__.setdefault("stack", [])
        chain = tuple(stack)
        stack.append(module)
        start, before = perf_counter(), resident_megabytes()
        try:
            work()
        finally:
            stack.pop()
            seconds, megabytes = perf_counter() - start, resident_megabytes() - before
            self.imports.append(Import(module, chain, seconds + spent[0], megabytes + spent[1]))

    def packages(self, root: str) -> list[PackageCost]:
        """The top-level packages, most seconds first; ``root`` is the module that was to be imported."""
        costs: dict[str, PackageCost] = {}
        most: dict[str, float] = {}
        for each in self.imports:
            top = each.module.partition(".")[0]
            cost = costs.setdefault(top, PackageCost(top))
            cost.modules += 1
            if any(outer.partition(".")[0] == top for outer in each.chain):
                continue  # counted with the outer one
            cost.seconds += each.seconds
            cost.megabytes += each.megabytes
            if each.seconds >= most.get(top, 0.0):
                most[top] = each.seconds
                # A module's parents are imported before it, on its behalf.
                cost.chain = tuple(dict.fromkeys((root, *each.chain, each.module)))
        return sorted(costs.values(), key=lambda cost: -cost.seconds)


class _Watched:
    """A loader that leaves all to another one and has its work measured."""

    def __init__(self, loader: Any, trace: ImportTrace) -> None:
        self._loader = loader
        self._trace = trace
        self._spent = (0.0, 0.0)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """As the other loader does; an extension module is read from disk here."""
        start, before = perf_counter(), resident_megabytes()
        create = getattr(self._loader, "create_module", None)
        module: ModuleType | None = create(spec) if create else None
        self._spent = (perf_counter() - start, resident_megabytes() - before)
        return module

    def exec_module(self, module: ModuleType) -> None:
        """As the other loader does, which the module sees as its own."""
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._trace.measure(module.__name__, lambda: self._loader.exec_module(module), self._spent)
