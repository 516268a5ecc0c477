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

from brainsmith_core.discovery.hook_module import RUN_FROM
from brainsmith_core.index_file import file_stamp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import ModuleType
    from typing import Any

#: What every listing may use: our own packages and what they import.
OWN = frozenset(
    {"brainsmith", "brainsmith_core", "pluggy", "importlib_metadata", "zipp", "lazy_importer", "packaging"}
)

#: The attribute of a module of others that was imported for a pack with the stamp of the file that it was run
#: from, and what was looked up meanwhile, which nobody sees again in a process that has the module.
_NOTED = "__brainsmith_lookups__"

#: What is replaced while a pack is asked, standard output as well, belongs to the whole process, so only one
#: thread at a time may do it.
ONE_AT_A_TIME = RLock()


def is_foreign(name: str) -> bool:
    """Whether a top-level module is neither ours nor the standard library's."""
    return name not in sys.stdlib_module_names and name not in OWN


class Lookups:
    """What a pack looked up while it was listed.

    ``foreign`` says that a module was looked for that is neither the pack's nor ours nor the standard
    library's, found or not. ``variables``, ``files`` and ``folders`` are the environment variables, files and
    folders read; ``surroundings`` are the kinds of stamp for what there is one of.
    """

    def __init__(self, own: str) -> None:
        self._own = own
        self.foreign = False
        self.variables: set[str] = set()
        self.files: set[str] = set()
        self.folders: set[str] = set()
        self.surroundings: set[str] = set()

    def absorb(self, other: Lookups) -> None:
        """Count what was read for another as read for this one."""
        self.variables |= other.variables
        self.files |= other.files
        self.folders |= other.folders
        self.surroundings |= other.surroundings

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
        self._before: frozenset[str] = frozenset()
        self._current: dict[str, bool] = {}
        self._replaced: list[tuple[Any, str, Any]] = []
        self._thread = get_ident()
        self._has_foreign = False

    def __enter__(self) -> Recorder:
        ONE_AT_A_TIME.acquire()
        self._visible = set(sys.modules)
        self._before = frozenset(self._visible)
        self._has_foreign = any(map(is_foreign, filter(_is_package, self._visible)))
        sys.meta_path.insert(0, self)  # type: ignore[arg-type]
        for owner, name, noting in self._replacements():
            original = getattr(owner, name)
            replacement = noting(original)
            self._replaced.append((owner, name, original))
            setattr(owner, name, replacement)
            if original in os.supports_fd:
                # Modules ask once whether a function is one that takes descriptors, and remember it.
                os.supports_fd.add(replacement)
        return self

    def __exit__(self, *_: object) -> None:
        for owner, name, original in reversed(self._replaced):
            os.supports_fd.discard(getattr(owner, name))
            setattr(owner, name, original)
        self._replaced.clear()
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

    def accounts_for(self, lookups: Lookups) -> bool:
        """Add what was looked up when modules that are there now were imported; whether that is all known.

        Not so for a pack that was imported before anybody noted what it asks for, nor where a module was run
        from what its file said before: such a pack may say something else in the next process.
        """
        self._lookups = Lookups("")  # what is asked for from now on, we ask for
        accounted = True
        for name, module in self.foreign_modules():
            own = getattr(module, "__dict__", {})
            noted: tuple[str, Lookups] | None = own.get(_NOTED)
            if noted is None:
                if name in self._before:
                    accounted = accounted and lookups.is_foreign(name.partition(".")[0])
                    continue
                # It was run just now; a hook module has its stamp already.
                noted = own[_NOTED] = own.get(RUN_FROM) or _stamp_of(module), lookups
                self._current[name] = True
            elif own.get(RUN_FROM, noted[0]) != noted[0]:
                noted = own[_NOTED] = own[RUN_FROM], lookups
            if name not in self._current:
                self._current[name] = noted[0] == _stamp_of(module)
            if noted[1] is not lookups:
                lookups.absorb(noted[1])
            accounted = accounted and self._current[name]
        return accounted

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

    def _note_file(self, file: Any) -> None:
        # Of a relative path the working directory is asked for, and noted.
        self._lookups.files.add(os.path.abspath(os.fsdecode(file)))  # noqa: PTH100

    def _replacements(self) -> Iterator[tuple[Any, str, Callable[[Any], Any]]]:
        yield type(os.environ), "__getitem__", self._noting_variable
        for module in (builtins, io):
            yield module, "open", self._noting_file
        for name in ("listdir", "scandir"):
            yield os, name, self._noting_folder
        yield os, "getcwd", self._noting("here")
        yield type(os.environ), "__iter__", self._noting("variables")
        for name in ("exists", "isfile"):
            yield os.path, name, self._noting_presence
        # What pkgutil.get_data reads, and no module.
        yield sys.modules["_frozen_importlib_external"].FileLoader, "get_data", self._noting_data

    def _noting(self, kind: str) -> Callable[[Any], Any]:
        def noting(original: Any) -> Any:
            def ask_and_note(*words: Any) -> Any:
                self._lookups.surroundings.add(kind)
                return original(*words)

            return ask_and_note

        return noting

    def _noting_variable(self, original: Any) -> Any:
        def read_and_note(environment: object, name: Any) -> Any:
            self._lookups.variables.add(os.fsdecode(name) if isinstance(name, bytes) else str(name))
            return original(environment, name)

        return read_and_note

    def _noting_file(self, original: Any) -> Any:
        def open_and_note(file: Any, *words: Any, **more: Any) -> Any:
            if isinstance(file, (str, bytes, os.PathLike)):
                self._note_file(file)
            return original(file, *words, **more)

        return open_and_note

    def _noting_folder(self, original: Any) -> Any:
        def list_and_note(path: Any = None) -> Any:
            if not isinstance(path, int):
                self._lookups.folders.add(os.path.abspath(os.fsdecode(path or ".")))  # noqa: PTH100
            return original(path)

        return list_and_note

    def _noting_presence(self, original: Any) -> Any:
        def ask_and_note(path: Any) -> Any:
            if isinstance(path, (str, bytes, os.PathLike)) and not os.path.isdir(path):  # noqa: PTH112
                self._note_file(path)
            return original(path)

        return ask_and_note

    def _noting_data(self, original: Any) -> Any:
        def read_and_note(loader: Any, path: Any) -> Any:
            if not str(path).endswith((".py", ".pyc")):
                self._note_file(path)
            return original(loader, path)

        return read_and_note


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


def _stamp_of(module: ModuleType) -> str:
    origin = getattr(getattr(module, "__spec__", None), "origin", None)
    return file_stamp(origin) if isinstance(origin, str) else ""


def _is_package(name: str) -> bool:
    return "." not in name and not name.startswith(("__", "_distutils"))
