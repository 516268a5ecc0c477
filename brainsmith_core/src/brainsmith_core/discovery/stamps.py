# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Stamps: what tells, without asking anyone, that the installed packs are still the same."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from brainsmith_core.discovery.entry_points import PackRef

    Stamp = tuple[str, int, int]


def installed_stamps() -> tuple[Stamp, ...]:
    """Path, time and size of the record of every installed distribution, in the order of ``sys.path``.

    An install, upgrade or removal changes them; an edit inside an editable pack does not, see
    ``source_stamps``.
    """
    return tuple(stamp for folder in sys.path for stamp in _distribution_stamps(folder or "."))


def source_stamps(refs: Iterable[PackRef]) -> tuple[Stamp, ...]:
    """Path, time and size of every source file of the packs' packages."""
    packages = sorted({ref.value.partition(":")[0].partition(".")[0].strip() for ref in refs})
    return tuple(stamp for package in packages for stamp in _package_stamps(package))


def _distribution_stamps(folder: str) -> Iterator[Stamp]:
    try:
        names = sorted(
            entry.name for entry in os.scandir(folder) if entry.name.endswith((".dist-info", ".egg-info"))
        )
    except OSError:
        return
    for name in names:
        path = Path(folder, name)
        for record in (path / "RECORD", path / "entry_points.txt", path):
            stamp = file_stamp(record)
            if stamp:
                yield stamp
                break


def _package_stamps(package: str) -> Iterator[Stamp]:
    try:
        spec = find_spec(package)
    except (ImportError, ValueError):
        return
    if spec is None:
        return
    if spec.submodule_search_locations is None:
        paths = [Path(spec.origin)] if spec.origin else []
    else:
        paths = [
            path for root in spec.submodule_search_locations for path in sorted(Path(root).rglob("*.py"))
        ]
    yield from filter(None, map(file_stamp, paths))


def file_stamp(path: str | Path) -> Stamp | None:
    """Path, time and size of a file; ``None`` if it cannot be looked at."""
    try:
        status = Path(path).stat()
    except OSError:
        return None
    return str(path), status.st_mtime_ns, status.st_size
