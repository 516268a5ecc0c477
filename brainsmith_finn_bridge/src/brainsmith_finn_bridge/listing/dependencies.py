# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Dependencies: whether what FINN imports from other packages is there, found without importing them."""

from __future__ import annotations

import os
import re
import sys
from functools import cached_property
from pathlib import Path

from brainsmith_core.discovery.locate import is_importable, locate
from brainsmith_core.discovery.source import ModuleSource

_RENAMED = re.compile(r"\b\w+ as ")
_WORD = re.compile(r"\w+")

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_COMPILED = (".so", ".pyd")
#: What shows that a module makes names that its source does not bind.
_DYNAMIC = ("globals()", "sys.modules", "vars()", "exec(")

#: A line that binds names: a definition, an assignment, one name of a long import, a short import.
_BINDING = re.compile(
    r"^(?:(?:class|def)\s+(\w+)|(\w+)\s*[:=]|\s+(\w+),?\s*$|(?:from .* )?import (.*))", re.MULTILINE
)


class Dependencies:
    """The packages outside FINN and QONNX. Each question is answered once; see ``holds``."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str, str], str] = {}
        self._importable: dict[str, bool] = {}
        self._files: dict[str, _File] = {}
        self._contents: dict[str, frozenset[str]] = {}
        self._folders: dict[str, tuple[str, ...]] = {}

    def holds(self) -> bool:
        """Whether the packages that were asked for are still there, or still missing."""
        return all(is_importable(package) is found for package, found in self._importable.items())

    def is_installed(self, package: str) -> bool:
        """Whether an import of a top-level package would find it."""
        if package not in self._importable:
            self._importable[package] = is_importable(package)
        return self._importable[package]

    def fault(self, module: str, attribute: str = "") -> str:
        """Why ``import module``, or ``from module import attribute``, would fail; ``''`` if it would not.

        A package whose source does not show what it offers is taken to offer it.
        """
        key = (module, attribute)
        if key not in self._answers:
            self._answers[key] = self._fault(module, attribute)
        return self._answers[key]

    def _fault(self, module: str, attribute: str) -> str:
        package = module.partition(".")[0]
        if package in sys.stdlib_module_names:
            return ""
        if not self.is_installed(package):
            return f"{package}, which is not installed"
        if package not in self._folders:
            self._folders[package] = locate(package)
        folders = self._folders[package]
        if not folders:
            return ""
        places = self._places(folders, module.split(".")[1:])
        if not places:
            return f"{module}, which the installed {titled(package)} does not have"
        if (
            not attribute
            or self._places(folders, [*module.split(".")[1:], attribute])
            or self._offers(places[0], attribute)
        ):
            return ""
        return f"{attribute} from {module}, which the installed {titled(package)} does not have"

    def _offers(self, place: str, name: str) -> bool:
        if place.endswith(_COMPILED):
            return True
        path = place if place.endswith(".py") else f"{place}/__init__.py"
        if path not in self._files:
            self._files[path] = _File(path)
        return self._files[path].offers(name)

    def _places(self, folders: Sequence[str], parts: Sequence[str]) -> list[str]:
        """The files or folders that could be a module of a package."""
        if not parts:
            return list(folders)
        found = []
        for folder in folders:
            path = "/".join((folder, *parts))
            there = self._entries(path.rpartition("/")[0])
            if f"{parts[-1]}/" in there:
                found.append(path)
            elif f"{parts[-1]}.py" in there:
                found.append(f"{path}.py")
            else:
                begin = f"{parts[-1]}."
                found += [
                    f"{folder}/{name}"
                    for name in there
                    if name.startswith(begin) and name.endswith(_COMPILED)
                ]
        return found

    def _entries(self, folder: str) -> frozenset[str]:
        """What a folder contains; folders in it end in a slash."""
        if folder not in self._contents:
            try:
                entries = list(os.scandir(folder))
            except OSError:
                entries = []
            self._contents[folder] = frozenset(
                each.name + "/" if each.is_dir() else each.name for each in entries
            )
        return self._contents[folder]


def titled(package: str) -> str:
    """The package with the version of its distribution, if a folder beside it tells it: ``onnx 1.21.0``."""
    for folder in locate(package):
        for info in Path(folder).parent.glob(f"{package}-*.dist-info"):
            return f"{package} {info.name.removesuffix('.dist-info').partition('-')[2]}"
    return package


class _File:
    """One source file of another package, and the names that it offers."""

    def __init__(self, path: str) -> None:
        self._path = path
        try:
            self._text = Path(path).read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            # Without an __init__.py it is a namespace package, which offers its modules alone.
            self._text = ""

    def offers(self, name: str) -> bool:
        """Whether it binds a name, or may do so in ways that its source does not show."""
        return self._surely_binds(name) or name in self._source.bindings or self._is_open

    def _surely_binds(self, name: str) -> bool:
        # Most names are found by how their lines look; parsing all of a large package would take long.
        at = self._text.find(name)
        while at >= 0:
            line = _BINDING.match(self._text, self._text.rfind("\n", 0, at) + 1)
            if line and (name in line.groups() or name in _WORD.findall(_RENAMED.sub("", line[4] or ""))):
                return True
            at = self._text.find(name, at + 1)
        return False

    @cached_property
    def _source(self) -> ModuleSource:
        return ModuleSource(Path(self._path).stem, self._path, False, self._text)

    @cached_property
    def _is_open(self) -> bool:
        source = self._source
        is_open = source.fault or source.stars or "__getattr__" in source.bindings
        return bool(is_open) or any(word in self._text for word in _DYNAMIC)
