# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Lookups: what a pack asks its surroundings for while it is listed."""

from __future__ import annotations

import builtins
import io
import os
import sys
from _thread import RLock, get_ident
from contextlib import contextmanager, suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import ModuleType
    from typing import Any

#: What every listing may use: our own packages and what they import.
OWN = frozenset(
    {"brainsmith", "brainsmith_core", "pluggy", "importlib_metadata", "zipp", "lazy_importer", "packaging"}
)

#: What is replaced while a pack is asked, standard output as well, belongs to the whole process, so only one
#: thread at a time may do it.
ONE_AT_A_TIME = RLock()


def is_foreign(name: str) -> bool:
    """Whether a top-level module is neither ours nor the standard library's."""
    return name not in sys.stdlib_module_names and name not in OWN


class Lookups:
    """What a pack looked up while it was listed.

    ``foreign`` says that a module was looked for that is neither the pack's nor ours nor the standard
    library's, found or not. ``variables`` and ``files`` are the environment variables and files read.
    """

    def __init__(self, own: str) -> None:
        self._own = own
        self.foreign = False
        self.variables: set[str] = set()
        self.files: set[str] = set()

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: object = None) -> None:
        """Note a module."""
        self.foreign = self.foreign or self.is_foreign(name.partition(".")[0])

    def find_distributions(self, context: Any = None) -> tuple[()]:
        """Note that somebody wants to know which distributions are installed."""
        self.foreign = True
        return ()

    def is_foreign(self, name: str) -> bool:
        """Whether a top-level module is neither the pack's nor ours nor the standard library's."""
        return name != self._own and is_foreign(name)


class Recorder:
    """Notes what each pack asks for while it is listed; stays active for one whole discovery.

    The modules that one pack imported are kept away from the next, which then has to ask for them, and is
    noted to; it is given them as they are. So no listing depends on which packs were listed before it. What
    other threads import stays in its place. Where a module of others is there that no pack is known to have
    asked for, every pack counts as if it had. A thread that enters waits until the recorders of others ended.
    """

    def __init__(self) -> None:
        self._lookups = Lookups("")
        self._kept_away: dict[str, ModuleType] = {}
        self._visible: set[str] = set()
        self._asked: set[str] = set()
        self._ordinary: set[str] = set()
        self._thread = get_ident()
        self._has_foreign = False

    def __enter__(self) -> Recorder:
        ONE_AT_A_TIME.acquire()
        self._visible = set(sys.modules)
        self._has_foreign = any(map(is_foreign, filter(_is_package, self._visible)))
        environment = type(os.environ)
        self._read_variable, self._opened = environment.__getitem__, builtins.open
        sys.meta_path.insert(0, self)  # type: ignore[arg-type]
        environment.__getitem__ = self._noting_variable()  # type: ignore[method-assign]
        builtins.open = io.open = self._noting_file()
        return self

    def __exit__(self, *_: object) -> None:
        builtins.open = io.open = self._opened
        type(os.environ).__getitem__ = self._read_variable  # type: ignore[method-assign]
        # Another thread may ask at any moment, and must find the module here or there, never run it again.
        for name, module in list(self._kept_away.items()):
            sys.modules.setdefault(name, module)
        with suppress(ValueError):  # a pack may have thrown it out
            sys.meta_path.remove(self)  # type: ignore[arg-type]
        ONE_AT_A_TIME.release()

    @contextmanager
    def pack(self, package: str) -> Iterator[Lookups]:
        """While active, what is looked up is noted for the pack whose top-level package is ``package``."""
        self._lookups = lookups = Lookups(package)
        # Of a package that is imported already it is too late to see what it asks for.
        lookups.foreign = self._has_foreign or package in sys.modules or package in self._kept_away
        try:
            yield lookups
        finally:
            if not self._has_foreign:
                self._keep_away()

    def foreign_modules(self) -> list[tuple[str, ModuleType]]:
        """Every module that is imported now and neither ours nor the standard library's."""
        # There may be hundreds of modules and hundreds of packs: each is looked at once.
        new = sys.modules.keys() - self._ordinary
        foreign = [name for name in new if is_foreign(name.partition(".")[0])]
        self._ordinary |= new.difference(foreign)
        return [(name, sys.modules[name]) for name in foreign if name in sys.modules]

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: object = None) -> object:
        """Note a module, and find it if another pack imported it."""
        self._lookups.find_spec(name)
        if get_ident() == self._thread:
            self._asked.add(name)
        module = self._kept_away.pop(name, None)
        if module is None:
            return None
        from importlib.machinery import ModuleSpec

        top = name.partition(".")[0]
        for other in [each for each in list(self._kept_away) if each.partition(".")[0] == top]:
            sys.modules.setdefault(other, self._kept_away[other])
            self._kept_away.pop(other, None)
        return ModuleSpec(name, _AsItIs(module))  # type: ignore[arg-type]

    def find_distributions(self, context: Any = None) -> tuple[()]:
        """Note that somebody wants to know which distributions are installed."""
        return self._lookups.find_distributions()

    def _keep_away(self) -> None:
        for name in [name for name in sys.modules if name not in self._visible]:
            module = sys.modules[name]
            of_others = is_foreign(name.partition(".")[0])
            # Whatever else may be put there by hand, only an ordinary module can be given back as it is.
            is_ordinary = type(module) is type(sys) and module.__spec__ is not None
            if of_others and is_ordinary and name in self._asked:
                self._kept_away[name] = module
                del sys.modules[name]
            else:
                self._visible.add(name)
                self._has_foreign = self._has_foreign or of_others

    def _noting_variable(self) -> Callable[..., Any]:
        def read_and_note(environment: object, name: str) -> Any:
            self._lookups.variables.add(str(name))
            return self._read_variable(environment, name)  # type: ignore[arg-type]

        return read_and_note

    def _noting_file(self) -> Callable[..., Any]:
        def open_and_note(file: Any, *words: Any, **more: Any) -> Any:
            if isinstance(file, (str, os.PathLike)):
                self._lookups.files.add(os.path.abspath(file))  # noqa: PTH100
            return self._opened(file, *words, **more)

        return open_and_note


class _AsItIs:
    """Loads a module that was imported already, by giving it as it is."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._spec = module.__spec__

    def create_module(self, spec: object) -> ModuleType:
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec


@contextmanager
def recorded(package: str) -> Iterator[Lookups]:
    """While active, lookups by the one pack whose top-level package is ``package`` are noted."""
    with Recorder() as recorder, recorder.pack(package) as lookups:
        yield lookups


def _is_package(name: str) -> bool:
    return "." not in name and not name.startswith(("__", "_distutils"))
