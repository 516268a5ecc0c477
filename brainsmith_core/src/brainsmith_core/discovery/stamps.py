# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Stamps: short texts that differ as soon as what they stand for has changed."""

from __future__ import annotations

import os
import sys

from brainsmith_core.discovery.lookups import is_foreign
from brainsmith_core.index_file import READERS, SEPARATOR, is_source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    #: What is stamped, which one, and its stamp: ``('file', path, '71 3 1690 1690')``.
    Stamp = tuple[str, str, str]

#: A change within this many nanoseconds after another may leave all of a file's times alone, since the
#: kernel's clock ticks at 100 to 1000 Hz; where the file system counts whole seconds, or two, it is longer.
TICK = 50_000_000
COARSE_TICK = 2_100_000_000


def take(kind: str, subject: str) -> Stamp:
    """The stamp of something as it is now."""
    return kind, subject, READERS[kind](subject)


def take_files(paths: Iterable[str]) -> list[Stamp]:
    """The stamps of several files: one for all, since each line of an index takes its time to read."""
    ordered = sorted(paths)
    together = [path for path in ordered if SEPARATOR not in path]
    apart = [take("file", path) for path in ordered if SEPARATOR in path]
    return [take("files", SEPARATOR.join(together)), *apart] if together else apart


def holds(stamp: Iterable[str]) -> bool:
    """Whether what was stamped is as it was; an unknown kind never is."""
    kind, subject, text = stamp
    reader = READERS.get(kind)
    return reader is not None and reader(subject) == text


def environment_stamps() -> list[Stamp]:
    """The interpreter, each folder of its search path, and core itself where it is being worked on."""
    folders = (take("folder", entry) for entry in sys.path)
    return [take("environment", ""), *folders, *package_stamps("brainsmith_core")]


def package_stamps(package: str, site: str = "") -> Iterator[Stamp]:
    """Every source file of a top-level package, and the names in each of its folders.

    Nothing for one that an installer put where it is, as it did with everything in the folder ``site``:
    replacing it changes the folder it lies in, which is stamped anyway. Nothing for one that is not there:
    its coming changes such a folder as well.
    """
    for location in locations(package):
        parent = os.path.dirname(location)  # noqa: PTH120
        if parent == site or _is_installed(parent):
            continue
        if not os.path.isdir(location):  # noqa: PTH112
            yield take("file", location)
            continue
        for folder, folders, files in os.walk(location):
            folders[:] = sorted(filter(is_source, folders))
            yield take("names", folder)
            for name in sorted(files):
                if name.endswith(".py"):
                    yield take("file", os.path.join(folder, name))  # noqa: PTH118


def foreign_files(package: str) -> set[str]:
    """The source files of others' modules that are imported now and that no installer put where they are.

    While a pack is listed, these are the ones that it imported, and those that were there before.
    """
    files: set[str] = set()
    installed: dict[str, bool] = {}
    for name, module in list(sys.modules.items()):
        top = name.partition(".")[0]
        if top == package or not is_foreign(top):
            continue
        spec = getattr(module, "__spec__", None)
        origin = getattr(spec, "origin", None)
        if not isinstance(origin, str) or not origin.endswith(".py"):
            continue
        home = os.path.dirname(origin)  # noqa: PTH120
        for _ in range(name.count(".") + bool(getattr(spec, "submodule_search_locations", None))):
            home = os.path.dirname(home)  # noqa: PTH120
        if home not in installed:
            installed[home] = _is_installed(home)
        if not installed[home]:
            files.add(origin)
    return files


def locations(package: str) -> list[str]:
    """The folders of a top-level package, or the file of a module, without importing it."""
    try:
        if package in sys.modules:
            spec = sys.modules[package].__spec__
        else:
            from importlib.util import find_spec

            spec = find_spec(package)
    except (ImportError, ValueError, AttributeError):
        return []
    if spec is None:
        return []
    own = [spec.origin] if spec.has_location and spec.origin else []
    return list(spec.submodule_search_locations or own)


def _is_installed(folder: str) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(entry.name.endswith(".dist-info") for entry in entries)
    except OSError:
        return False


def settled(stamps: Iterable[Stamp], taken: int) -> bool:
    """Whether all files were old enough at ``taken`` (ns since 1970) for any later change to show."""
    for kind, _, text in stamps:
        if kind not in ("file", "files", "folder"):
            continue
        for status in filter(None, text.split(SEPARATOR)):
            if not is_settled(int(status.rpartition(" ")[2]), taken):
                return False
    return True


def is_settled(changed: int, taken: int) -> bool:
    """Whether any change after ``taken`` shows in a time that says ``changed`` (both ns since 1970)."""
    return changed <= taken - (TICK if changed % 1_000_000 else COARSE_TICK)
