# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The index: a discovery on disk, believed only if everything it depends on is as it was.

A file of plain lines: a seal, then stamps, packs and rules, an empty line, and the catalogue. Reading it
runs no code and can fail only by giving nothing. Any doubt is a miss.
"""

from __future__ import annotations

import os

from brainsmith_core.catalogue import Catalogue, escaped, plain
from brainsmith_core.discovery.stamps import environment_stamp, holds, settled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from brainsmith_core.discovery.discover import Discovery
    from brainsmith_core.discovery.entry_points import PackRef
    from brainsmith_core.discovery.evidence import Evidence
    from brainsmith_core.discovery.pack import Framework, Pack

#: Changes whenever the meaning of a line does.
SCHEMA = "brainsmith index 1"
#: Index files of other environments and queries that are kept beside the one being written.
KEPT = 24

_SITE = ("environment\t", "folder\t")
_STAMPS = (*_SITE, "file\t", "names\t", "variable\t")
_FRAMEWORKS = ("framework\t", "prefix\t", "base\t")


class Index:
    """An index file as it was read; ``catalogue`` is ready, packs are made on demand."""

    def __init__(self, text: str) -> None:
        end = text.index("\n\n")
        self._lines = text[:end].split("\n")
        self.catalogue = Catalogue(text[end + 2 :])

    def holds(self) -> bool:
        """Whether nothing has changed that the index depends on, and every change would show."""
        return self._lines[0] == "settled\t1" and self._hold(_STAMPS)

    def discovery(self) -> Discovery:
        """The discovery that was written; none of its packs has been asked in this process."""
        from brainsmith_core.discovery.discover import Discovery

        return Discovery(self._marked_packs, catalogue=self.catalogue)

    def frameworks(self) -> list[Framework]:
        """The frameworks of all packs."""
        lines = [line for line in self._lines if line.startswith(_FRAMEWORKS)]
        return _frameworks(map(_cells, lines))

    def unchanged_packs(self, refs: Sequence[PackRef]) -> dict[PackRef, Pack]:
        """The packs among ``refs`` that need not be asked again, although something else has changed.

        Those whose own stamps hold and were settled; if what is installed has changed, only those that
        depend on no package but their own.
        """
        same_site = self._hold(_SITE)
        wanted = {(ref.key, ref.location): ref for ref in refs}
        found = {}
        for pack, is_settled in self._packs():
            ref = wanted.get((pack.ref.key, pack.ref.location))
            if ref and is_settled and (same_site or pack.alone) and all(map(holds, pack.stamps)):
                found[ref] = pack
        return found

    def _hold(self, kinds: tuple[str, ...]) -> bool:
        return all(holds(_cells(line)) for line in self._lines if line.startswith(kinds))

    def _marked_packs(self) -> list[Pack]:
        from brainsmith_core.discovery.discover import mark_shared_sources

        packs = [pack for pack, _ in self._packs()]
        mark_shared_sources(packs)
        return packs

    def _packs(self) -> Iterator[tuple[Pack, bool]]:
        block: list[list[str]] = []
        for cells in map(_cells, [*self._lines, "pack"]):
            if cells[0] == "pack":
                if block:
                    yield _restored(block, self.catalogue)
                block = [cells]
            elif block:
                block.append(cells)


def read(path: str) -> Index | None:
    """The index in a file; ``None`` for one that is missing, damaged, of another schema or not ours."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0))
    except (OSError, ValueError):
        return None
    try:
        status = os.fstat(descriptor)
        if not _is_ours(status):
            return None
        content = _whole(descriptor, status.st_size)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    seal, newline, body = content.partition(b"\n")
    if not newline or seal != _seal(body):
        return None
    try:
        return Index(body.decode("utf-8", "surrogatepass"))
    except ValueError:
        return None


def write(path: str, discovery: Discovery, evidence: Evidence) -> bool:
    """Write a discovery and what it rests on; false if that cannot be done.

    The file is written aside and put in its place whole.
    """
    lines = ["settled\t1" if evidence.is_reliable else "settled\t0"]
    lines += map(_line, evidence.environment)
    for pack in discovery.packs:
        lines += map(_line, _pack_cells(pack, settled(pack.stamps, evidence.taken)))
    body = "\n".join((*lines, "", discovery.catalogue.text)).encode("utf-8", "surrogatepass")
    aside = f"{path}.{os.getpid()}.{evidence.taken:x}.tmp"
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)  # noqa: PTH103, PTH120
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123
            file.write(_seal(body) + b"\n" + body)
        os.replace(aside, path)  # noqa: PTH105
        _forget_old(path)
    except OSError:
        _remove(aside)
        return False
    return True


def index_path(key: str) -> str:
    """Where the index of this environment for a query lies; empty if there is no place for it."""
    cache = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(cache):  # noqa: PTH117
        home = os.path.expanduser("~")  # noqa: PTH111
        if not os.path.isabs(home):  # noqa: PTH117
            return ""
        cache = f"{home}/.cache"
    name = _checksum(f"{SCHEMA}\n{environment_stamp()}\n{key}".encode("utf-8", "surrogatepass"))
    return f"{cache}/brainsmith/{name:016x}.index"


def is_writable(path: str) -> bool:
    """Whether an index could be written here, judged by the nearest folder that exists."""
    place = os.path.dirname(path)  # noqa: PTH120
    while place and not os.path.lexists(place):
        place = os.path.dirname(place)  # noqa: PTH120
    return os.path.isdir(place) and os.access(place, os.W_OK | os.X_OK)  # noqa: PTH112


def _seal(body: bytes) -> bytes:
    return f"{SCHEMA}\t{len(body)}\t{_checksum(body):x}".encode()


def _checksum(content: bytes) -> int:
    # A number's hash is its remainder modulo 2**61 - 1, in every process: no power of two is a multiple of
    # that, so each flipped bit shows. zlib.crc32 would cost the loading of a library.
    return hash(int.from_bytes(content, "little"))


def _is_ours(status: os.stat_result) -> bool:
    # A regular file, 0o100000, that neither group nor others may write, 0o022; without the module stat.
    if status.st_mode & 0o170000 != 0o100000:
        return False
    return not hasattr(os, "geteuid") or (status.st_uid == os.geteuid() and not status.st_mode & 0o022)


def _whole(descriptor: int, size: int) -> bytes:
    content = os.read(descriptor, size + 1)
    while part := os.read(descriptor, 1 << 20):
        content += part
    return content


def _cells(line: str) -> list[str]:
    cells = line.split("\t")
    return cells if "\\" not in line else list(map(plain, cells))


def _line(cells: Iterable[str]) -> str:
    return "\t".join(map(escaped, cells))


def _pack_cells(pack: Pack, is_settled: bool) -> Iterator[Sequence[str]]:
    ref = pack.ref
    alone = "alone" if pack.alone else ""
    trusted = "settled" if is_settled and pack.stamps else ""
    yield ("pack", *ref.key, ref.location, str(pack.seconds), alone, trusted)
    yield from pack.stamps
    for warning in pack.warnings:
        yield ("warning", warning)
    for framework in pack.frameworks:
        yield ("framework", framework.name)
        for type_, prefix in framework.prefixes.items():
            yield ("prefix", type_, prefix)
        for type_, names in framework.base_classes.items():
            yield ("base", type_, *names)


def _restored(block: list[list[str]], catalogue: Catalogue) -> tuple[Pack, bool]:
    from brainsmith_core.discovery.entry_points import PackRef
    from brainsmith_core.discovery.pack import Pack

    _, source, distribution, version, value, location, seconds, alone, trusted = block[0]
    ref = PackRef(distribution=distribution, version=version, source=source, value=value, location=location)
    stamps = tuple((kind, cells[0], cells[1]) for kind, *cells in block if f"{kind}\t" in _STAMPS)
    frameworks = _frameworks(cells for cells in block if f"{cells[0]}\t" in _FRAMEWORKS)
    pack = Pack(
        ref,
        catalogue=catalogue,
        frameworks=tuple(frameworks),
        warnings=tuple(cells[1] for cells in block if cells[0] == "warning"),
        seconds=float(seconds),
        stamps=stamps,
        alone=bool(alone),
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
