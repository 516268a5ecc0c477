# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Inventory: which modules some packages have, as files, and whether these are still what they were."""

from __future__ import annotations

import os
from time import time_ns

from brainsmith_core.discovery.stamps import is_settled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import TypeAlias

    #: Path, time of the last change in nanoseconds, and size in bytes.
    FileStamp: TypeAlias = tuple[str, int, int]


class Inventory:
    """The files of the packages given by name and folders, found without reading any.

    ``modules`` has for each module's full name the stamp of its file and whether it is a package. A folder
    without an ``__init__.py`` is a package with no file, whose path is empty.
    """

    __slots__ = ("_folders", "_taken", "modules", "packages")

    def __init__(self, packages: Mapping[str, Sequence[str]]) -> None:
        self.packages = {package: tuple(folders) for package, folders in packages.items()}
        self.modules: dict[str, tuple[FileStamp, bool]] = {}
        self._folders: dict[str, tuple[int, int]] = {}
        self._taken = time_ns()
        for package, folders in self.packages.items():
            for folder in folders:
                for name, stamp, is_package in self._walk(package, folder):
                    # As for an import, the first folder wins, and a package wins over a module.
                    if name not in self.modules or (is_package and not self.modules[name][1]):
                        self.modules[name] = stamp, is_package

    def stamp(self) -> tuple[FileStamp, ...]:
        """The stamp of every file: while they hold, a scan gives the same answers."""
        return tuple(stamp for stamp, _ in self.modules.values() if stamp[0])

    def holds(self) -> bool:
        """Whether an inventory taken now would surely be the same, judged by times alone.

        ``False`` as well where a folder changed so shortly before it was listed that a later change need
        not show.
        """
        for folder, state in self._folders.items():
            if _folder_state(folder) != state or not is_settled(state[0], self._taken):
                return False
        return all(not stamp[0] or _stamp(stamp[0]) == stamp for stamp, _ in self.modules.values())

    def current(self, packages: Mapping[str, Sequence[str]]) -> Inventory:
        """This inventory if it is one of just these packages and holds, else a new one."""
        same = self.packages == {package: tuple(folders) for package, folders in packages.items()}
        return self if same and self.holds() else Inventory(packages)

    def _walk(self, package: str, folder: str) -> Iterator[tuple[str, FileStamp, bool]]:
        # Before the listing, so that a change during it shows.
        self._folders[folder] = _folder_state(folder)
        try:
            entries = list(os.scandir(folder))
        except OSError:
            return
        modules, folders, own = [], [], ""
        for entry in entries:
            name = entry.name
            if name == "__init__.py":
                own = entry.path
            elif name.endswith(".py"):
                if name[:-3].isidentifier() and name != "__main__.py":
                    modules.append((f"{package}.{name[:-3]}", entry.path))
            elif name.isidentifier() and name != "__pycache__" and entry.is_dir():
                folders.append((f"{package}.{name}", entry.path))
        yield package, _stamp(own) if own else ("", 0, 0), True
        for module, path in sorted(modules):
            yield module, _stamp(path), False
        for inner, path in sorted(folders):
            yield from self._walk(inner, path)


def _stamp(path: str) -> FileStamp:
    try:
        status = os.stat(path)  # noqa: PTH116 (half the time of Path.stat, for hundreds of files)
    except OSError:
        return path, 0, 0
    return path, status.st_mtime_ns, status.st_size


def _folder_state(path: str) -> tuple[int, int]:
    try:
        status = os.stat(path)  # noqa: PTH116 (as above)
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_ino
