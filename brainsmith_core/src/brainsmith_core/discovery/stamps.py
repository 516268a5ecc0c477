# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Stamps: short texts that differ as soon as what they stand for has changed."""

from __future__ import annotations

import os
import sys

from brainsmith_core.index_file import READERS, SEPARATOR, checksum, folder_stamp, is_shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import ModuleType

    from brainsmith_core.discovery.discover import Discovery
    from brainsmith_core.discovery.entry_points import PackRef

    #: What is stamped, which one, and its stamp: ``('file', path, '71 3 1690 1690')``.
    Stamp = tuple[str, str, str]

#: A change within this many nanoseconds after another may leave all of a file's times alone, since the
#: kernel's clock ticks at 100 to 1000 Hz; where the file system counts whole seconds, or two, it is longer.
TICK = 50_000_000
COARSE_TICK = 2_100_000_000
#: What a folder has in which somebody works, and no folder into which an installer puts packages.
_SOURCE = ("pyproject.toml", "setup.py", "setup.cfg")


def take(kind: str, subject: str) -> Stamp:
    """The stamp of something as it is now."""
    return kind, subject, READERS[kind](subject)


def take_files(paths: Iterable[str], start: str = "") -> list[Stamp]:
    """The stamps of several files: one for those whose paths begin with ``start``, one for the others."""
    ordered = sorted(paths)
    apart = [take("file", path) for path in ordered if SEPARATOR in path]
    together = [path for path in ordered if SEPARATOR not in path]
    inside = [path[len(start) :] for path in together if path.startswith(start)]
    outside = [path for path in together if not path.startswith(start)]
    several = ((start, inside), ("", outside))
    return [*(take("files", SEPARATOR.join((each, *names))) for each, names in several if names), *apart]


def merged(stamps: Iterable[Stamp]) -> list[Stamp]:
    """Fewer stamps that hold exactly when all these hold: each once, and files together.

    Each line of an index takes its time to read, and a discovery has stamps of every pack.
    """
    several: dict[str, dict[tuple[str, str], None]] = {}
    others: dict[Stamp, None] = {}
    for stamp in stamps:
        kind, subject, text = stamp
        if kind == "files":
            start, *names = subject.split(SEPARATOR)
            several.setdefault(start, {}).update(
                dict.fromkeys(zip(names, text.split(SEPARATOR), strict=True))
            )
        else:
            others[stamp] = None
    together = [
        (
            "files",
            SEPARATOR.join((start, *(name for name, _ in found))),
            SEPARATOR.join(text for _, text in found),
        )
        for start, found in several.items()
    ]
    return [*others, *together]


def holds(stamp: Iterable[str]) -> bool:
    """Whether what was stamped is as it was; an unknown kind never is."""
    kind, subject, text = stamp
    reader = READERS.get(kind)
    return reader is not None and reader(subject) == text


def environment_stamps() -> list[Stamp]:
    """The interpreter, each folder of its search path, and core itself where it is being worked on."""
    folders = (take("folder", entry) for entry in sys.path)
    metadata = take_files(_metadata_of_sources())
    return [take("environment", ""), *folders, *metadata, *package_stamps("brainsmith_core")]


def _metadata_of_sources() -> Iterator[str]:
    """The files that make a source folder on the path a distribution: setuptools writes them in place."""
    for folder in sys.path:
        try:
            found = [name for name in os.listdir(folder or ".") if name.endswith(".egg-info")]  # noqa: PTH208
        except OSError:
            continue
        if found and not _is_installed(folder or "."):
            for name in found:
                yield from (os.path.join(folder, name, file) for file in ("entry_points.txt", "PKG-INFO"))  # noqa: PTH118


def core_stamp() -> str:
    """Differs when core is another one, which may make other records of what packs give."""
    stamps = [take("file", __file__), *package_stamps("brainsmith_core")]
    return checksum(repr(stamps).encode("utf-8", "surrogatepass")).decode()


def places(refs: Iterable[PackRef]) -> dict[PackRef, str]:
    """Of each pack, the stamp of its metadata's folder, and the folders of the path that have its package.

    A pack installed anew has other metadata, though its hook module may be an old file, as where one source
    folder takes the place of another. A folder that comes may hide the package, as in the working directory.
    """
    refs = list(refs)
    packages = {ref.module.partition(".")[0] for ref in refs}
    having: dict[str, list[str]] = {package: [] for package in packages}
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")  # noqa: PTH208
        except OSError:
            continue
        for package in packages.intersection([name.partition(".")[0] for name in names]):
            having[package].append(folder)
    return {
        ref: SEPARATOR.join((folder_stamp(ref.location), *having[ref.module.partition(".")[0]]))
        for ref in refs
        if ref.location
    }


def package_stamps(package: str, site: str = "") -> Iterator[Stamp]:
    """Every source file of a top-level package, and the names in each of its folders, hidden ones aside.

    Nothing for one that an installer put where it is, as it did with everything in the folder ``site``:
    replacing it changes the folder it lies in, which is stamped anyway. Nothing for one that is not there:
    its coming changes such a folder as well.
    """
    for location in locations(package):
        parent = os.path.dirname(location)  # noqa: PTH120
        # What is linked to lies elsewhere, whoever made the link, and is edited there.
        if (parent == site or _is_installed(parent)) and not os.path.islink(location):  # noqa: PTH114
            continue
        if not os.path.isdir(location):  # noqa: PTH112
            yield take("file", location)
            continue
        seen = set()
        for folder, folders, files in os.walk(location, followlinks=True):
            folders[:] = sorted(filter(is_shown, folders))
            real = os.path.realpath(folder)
            if real in seen:  # a link to a folder around it
                folders.clear()
                continue
            seen.add(real)
            yield take("names", folder)
            for name in sorted(files):
                if name.endswith(".py"):
                    yield take("file", os.path.join(folder, name))  # noqa: PTH118


def files_of_others(package: str, modules: Iterable[tuple[str, ModuleType]]) -> set[str]:
    """The source files of modules that are not the package's own and that no installer put where they are."""
    files: set[str] = set()
    installed: dict[str, bool] = {}
    for name, module in modules:
        if name.partition(".")[0] == package:
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
    # A source folder may have metadata as well, from "pip install --target ." for example.
    if any(os.path.lexists(os.path.join(folder, name)) for name in _SOURCE):  # noqa: PTH118
        return False
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


class Evidence:
    """Stamps of the environment and of every pack, for a discovery that began at ``taken`` (ns since 1970).

    ``is_reliable`` says that any later change would show. Not so if a file changed in the very moment of
    the discovery, or if a pack failed: a failure may have causes that leave no stamp.
    """

    def __init__(self, discovery: Discovery, taken: int) -> None:
        self.taken = taken
        of_packs = (stamp for pack in discovery.packs for stamp in pack.stamps)
        self.stamps = merged([*environment_stamps(), *of_packs])
        failed = any(not pack.stamps for pack in discovery.packs)
        self.is_reliable = not failed and settled(self.stamps, taken)

    def holds(self) -> bool:
        """Whether everything is as it was, and certainly so."""
        return self.is_reliable and all(map(holds, self.stamps))
