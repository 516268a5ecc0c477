# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The index: a discovery on disk, believed only if everything it depends on is as it was.

What the file looks like, and how it is read, ``brainsmith_core.index_file`` knows. Any doubt is a miss.
"""

from __future__ import annotations

import os

from brainsmith_core import index_file
from brainsmith_core.catalogue import Catalogue
from brainsmith_core.index_file import END, READERS, SITE, IndexFile, escaped, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from brainsmith_core.discovery.discover import Discovery
    from brainsmith_core.discovery.entry_points import PackRef
    from brainsmith_core.discovery.pack import Framework, Pack
    from brainsmith_core.discovery.stamps import Evidence

#: Index files of other environments and queries that are kept beside the one being written.
KEPT = 24

_FRAMEWORKS = ("framework\t", "prefix\t", "base\t")


class Index:
    """A discovery as an index file tells it; ``catalogue`` is ready, packs are made on demand."""

    def __init__(self, file: IndexFile) -> None:
        self._file = file
        self.catalogue = Catalogue(file.header, file.body or b"")

    def holds(self) -> bool:
        """Whether nothing has changed that the index depends on, and every change would show."""
        return self._file.holds()

    def discovery(self) -> Discovery:
        """The discovery that was written; none of its packs has been asked in this process."""
        from brainsmith_core.discovery.discover import Discovery

        return Discovery(self._marked_packs, catalogue=self.catalogue)

    def frameworks(self) -> list[Framework]:
        """The frameworks of all packs."""
        lines = [line for line in self._file.lines if line.startswith(_FRAMEWORKS)]
        return _frameworks(map(_cells, lines)) if lines else []

    def unchanged_packs(self, refs: Sequence[PackRef], places: Mapping[PackRef, str]) -> dict[PackRef, Pack]:
        """The packs among ``refs``, now at ``places``, that need not be asked again.

        Those whose own stamps hold and were settled; if what is installed has changed, only those that are
        where they were and depend on no package but their own. None if core is another one, or where the file
        tells of packs what makes no sense.
        """
        try:
            return dict(self._unchanged(refs, places))
        except (ValueError, IndexError):
            return {}

    def _unchanged(
        self, refs: Sequence[PackRef], places: Mapping[PackRef, str]
    ) -> Iterator[tuple[PackRef, Pack]]:
        from brainsmith_core.discovery.stamps import core_stamp, holds

        site = self._file.packs.partition(b"\n")[0].decode("utf-8", "surrogatepass").split("\t")
        if site[:2] != ["site", core_stamp()]:
            return
        same_site = site[2:] == ["settled"] and self._file.stamps_hold(SITE)
        wanted = {(ref.key, ref.location): ref for ref in refs}
        for pack, is_settled in self._packs():
            ref = wanted.get((pack.ref.key, pack.ref.location))
            if not ref or not is_settled:
                continue
            same_place = same_site or (pack.alone and places.get(ref) == pack.place)
            if same_place and all(map(holds, pack.stamps)):
                yield ref, pack

    def _marked_packs(self) -> list[Pack]:
        from brainsmith_core.discovery.discover import mark_shared_sources

        packs = [pack for pack, _ in self._packs()]
        mark_shared_sources(packs)
        return packs

    def _packs(self) -> Iterator[tuple[Pack, bool]]:
        lines = self._file.packs.decode("utf-8", "surrogatepass").split("\n")
        block: list[list[str]] = []
        for cells in map(_cells, [*lines, "pack"]):
            if cells[0] == "pack":
                if block:
                    yield _restored(block, self.catalogue)
                block = [cells]
            elif block:
                block.append(cells)


def read(path: str) -> Index | None:
    """The index in a file; ``None`` for one that is missing, damaged, of another schema or not ours."""
    file = index_file.read(path)
    return Index(file) if file else None


def write(path: str, discovery: Discovery, evidence: Evidence) -> bool:
    """Write a discovery and what it rests on; false if that cannot be done.

    The file is written aside and put in its place whole.
    """
    from brainsmith_core.discovery.stamps import core_stamp, settled

    frameworks = [framework for pack in discovery.packs for framework in pack.frameworks]
    head = ["settled\t1" if evidence.is_reliable else "settled\t0"]
    head += map(_line, (*evidence.stamps, *_framework_cells(frameworks)))
    site = [stamp for stamp in evidence.stamps if stamp[0] in SITE]
    packs = [_line(("site", core_stamp(), "settled" if settled(site, evidence.taken) else ""))]
    packs += [
        _line(cells)
        for pack in discovery.packs
        for cells in _pack_cells(pack, settled(pack.stamps, evidence.taken))
    ]
    catalogue = discovery.catalogue
    content = index_file.sealed("\n".join(head) + END + catalogue.header, catalogue.body, "\n".join(packs))
    aside = f"{path}.{os.getpid()}.{evidence.taken:x}.tmp"
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)  # noqa: PTH103, PTH120
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123
            file.write(content)
        os.replace(aside, path)  # noqa: PTH105
        _forget_old(path)
    except OSError:
        _remove(aside)
        return False
    return True


def is_writable(path: str) -> bool:
    """Whether an index could be written here, judged by the nearest folder that exists."""
    place = os.path.dirname(path)  # noqa: PTH120
    while place and not os.path.lexists(place):
        place = os.path.dirname(place)  # noqa: PTH120
    return os.path.isdir(place) and os.access(place, os.W_OK | os.X_OK)  # noqa: PTH112


def _cells(line: str) -> list[str]:
    cells = line.split("\t")
    return cells if "\\" not in line else list(map(plain, cells))


def _line(cells: Iterable[str]) -> str:
    return "\t".join(map(escaped, cells))


def _pack_cells(pack: Pack, is_settled: bool) -> Iterator[Sequence[str]]:
    ref = pack.ref
    alone = "alone" if pack.alone else ""
    trusted = "settled" if is_settled and pack.stamps else ""
    yield ("pack", *ref.key, ref.location, str(pack.seconds), alone, trusted, pack.place)
    yield from pack.stamps
    for warning in pack.warnings:
        yield ("warning", warning)
    yield from _framework_cells(pack.frameworks)


def _framework_cells(frameworks: Iterable[Framework]) -> Iterator[Sequence[str]]:
    for framework in frameworks:
        yield ("framework", framework.name)
        for type_, prefix in framework.prefixes.items():
            yield ("prefix", type_, prefix)
        for type_, names in framework.base_classes.items():
            yield ("base", type_, *names)


def _restored(block: list[list[str]], catalogue: Catalogue) -> tuple[Pack, bool]:
    from brainsmith_core.discovery.entry_points import PackRef
    from brainsmith_core.discovery.pack import Pack

    _, source, distribution, version, value, location, seconds, alone, trusted, place = block[0]
    ref = PackRef(distribution=distribution, version=version, source=source, value=value, location=location)
    stamps = tuple((kind, cells[0], cells[1]) for kind, *cells in block if kind in READERS)
    frameworks = _frameworks(cells for cells in block if f"{cells[0]}\t" in _FRAMEWORKS)
    pack = Pack(
        ref,
        catalogue=catalogue,
        frameworks=tuple(frameworks),
        warnings=tuple(cells[1] for cells in block if cells[0] == "warning"),
        seconds=float(seconds),
        stamps=stamps,
        alone=bool(alone),
        place=place,
    )
    return pack, bool(trusted)


def _frameworks(rows: Iterable[list[str]]) -> list[Framework]:
    from brainsmith_core.discovery.pack import Framework

    found: list[Framework] = []
    for kind, first, *rest in rows:
        if kind == "framework":
            found.append(Framework(first, {}, {}))
        elif kind == "prefix":
            found[-1].prefixes[first] = rest[0]
        else:
            found[-1].base_classes[first] = tuple(rest)
    return found


def _forget_old(path: str) -> None:
    """Remove the index files that were written longest ago, and what killed processes left aside."""
    folder = os.path.dirname(path)  # noqa: PTH120
    entries = [entry for entry in os.scandir(folder) if entry.name.endswith((".index", ".tmp"))]
    if len(entries) > KEPT:
        entries.sort(key=lambda entry: entry.stat().st_mtime_ns)
        for entry in entries[: len(entries) - KEPT]:
            _remove(entry.path)


def _remove(path: str) -> None:
    try:
        os.unlink(path)  # noqa: PTH108
    except OSError:
        # Somebody else removed it, or it never came to be: either way it is not there.
        return
