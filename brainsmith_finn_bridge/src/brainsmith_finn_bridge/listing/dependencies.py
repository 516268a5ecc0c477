# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Dependencies: whether what FINN imports from other packages is there, found without importing them."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from brainsmith_core.discovery.locate import is_importable, locate
from brainsmith_core.discovery.source import ModuleSource

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
        self._files: dict[Path, _File] = {}

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
        folders = locate(package)
        if not folders:
            return ""
        places = _places(folders, module.split(".")[1:])
        if not places:
            return f"{module}, which the installed {titled(package)} does not have"
        if (
            not attribute
            or _places(folders, [*module.split(".")[1:], attribute])
            or self._offers(places[0], attribute)
        ):
            return ""
        return f"{attribute} from {module}, which the installed {titled(package)} does not have"

    def _offers(self, place: Path, name: str) -> bool:
        path = place / "__init__.py" if place.is_dir() else place
        if path.suffix != ".py":
            return True
        if path not in self._files:
            self._files[path] = _File(path)
        return self._files[path].offers(name)


def titled(package: str) -> str:
    """The package with the version of its distribution, if a folder beside it tells it: ``onnx 1.21.0``."""
    for folder in locate(package):
        for info in Path(folder).parent.glob(f"{package}-*.dist-info"):
            return f"{package} {info.name.removesuffix('.dist-info').partition('-')[2]}"
    return package


def _places(folders: tuple[str, ...], parts: list[str]) -> list[Path]:
    """The files or folders that could be a module of a package."""
    found = []
    for folder in folders:
        path = Path(folder).joinpath(*parts)
        if path.is_dir():
            found.append(path)
        elif path.with_suffix(".py").is_file():
            found.append(path.with_suffix(".py"))
        else:
            found += [each for each in path.parent.glob(f"{path.name}.*") if each.name.endswith(_COMPILED)]
    return found


class _File:
    """One source file of another package, and the names that it offers."""

    __slots__ = ("_path", "_surely_bound", "_text")

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            # Without an __init__.py it is a namespace package, which offers its modules alone.
            self._text = ""
        # Most names are found by how their lines look; parsing all of a large package would take long.
        lines = " ".join(word for words in _BINDING.findall(self._text) for word in words)
        self._surely_bound = frozenset(re.findall(r"\w+", re.sub(r"\b\w+ as ", "", lines)))

    def offers(self, name: str) -> bool:
        """Whether it binds a name, or may do so in ways that its source does not show."""
        if name in self._surely_bound:
            return True
        source = ModuleSource(self._path.stem, str(self._path), False, self._text)
        is_open = source.fault or source.stars or "__getattr__" in source.bindings
        return name in source.bindings or bool(is_open) or any(word in self._text for word in _DYNAMIC)
