# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A catalogue: records as one sorted text, of which only what is asked for becomes objects.

Ten thousand plugins are a megabyte that ``str.split`` and a binary search answer from; as objects they
would cost more time than any tool takes to start.
"""

from __future__ import annotations

from brainsmith_core.index_file import END, PART_END, escaped, header_names, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from brainsmith_core.records import Record

#: The columns that every line begins with; ``key`` is the name as lookups fold it.
_HEAD = ("type", "key", "name", "source", "registered", "distribution", "distribution_version")
#: Where the version of a plugin stands in its line: after the head and four more.
_VERSION = len(_HEAD) + 4
_TUPLES = frozenset({"requires", "parameters", "members", "creates"})


class Catalogue:
    """Records by type and name.

    ``header`` has a line of the sources, for each type one of the names that work as attributes, and an
    empty line; ``body`` has one line per record, sorted, in UTF-8, of which only what is asked for becomes
    text. Two catalogues of the same records have the same.
    """

    __slots__ = ("_known", "_names", "_owned", "_sources", "body", "header")

    def __init__(self, header: str, body: bytes) -> None:
        self.header = header
        self.body = body
        self._known: dict[str, Record] = {}
        self._names: dict[str, tuple[str, ...]] = {}
        self._owned: dict[tuple[str, ...], list[str]] | None = None
        self._sources: tuple[str, ...] | None = None

    @classmethod
    def of(cls, records: Iterable[Record]) -> Catalogue:
        """The catalogue of some records."""
        return cls.from_lines(map(encode, records))

    @classmethod
    def from_lines(cls, lines: Iterable[str]) -> Catalogue:
        """The catalogue of records that are lines already, in any order."""
        ordered = sorted(lines)
        from brainsmith_core.records import RECORD_CLASSES

        shown, sources = _header(ordered)
        head = ["\t".join(("sources", *sorted(sources)))]
        head += ["\t".join((type_, *shown[type_])) for type_ in RECORD_CLASSES]
        return cls("\n".join(head) + END, _encoded("\n".join((*ordered, ""))))

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources that have a record, sorted."""
        if self._sources is None:
            self._sources = tuple(map(plain, self.header[: self.header.index("\n")].split("\t")[1:]))
        return self._sources

    def names(self, type: str) -> tuple[str, ...]:
        """The names of a type that work as attributes, sorted; an ambiguous one as ``source.Name``."""
        names = self._names.get(type)
        if names is None:
            names = self._names[type] = header_names(self.header, type)
        return names

    def lookup(self, type: str, key: str) -> list[Record]:
        """The records of a type under a folded name."""
        prefix = _encoded(f"{type}\t{key}\t")
        position = self._position(prefix)
        found = []
        while self.body.startswith(prefix, position):
            end = self.body.find(b"\n", position)
            found.append(self._record(_decoded(self.body[position:end])))
            position = end + 1
        return found

    def lines(self) -> list[str]:
        """Every record as its line."""
        return _decoded(self.body).split("\n")[:-1]

    def references(self) -> set[str]:
        """Every name, bare and with its source, without making a record."""
        found = set()
        for line in self.lines():
            _, _, name, source, _ = line.split("\t", 4)
            found |= {name, f"{plain(source)}:{name}"}
        return found

    def of_types(self, types: Iterable[str]) -> Catalogue:
        """The part of the catalogue that has some types only."""
        wanted = set(types)
        return Catalogue.from_lines(line for line in self.lines() if line.partition("\t")[0] in wanted)

    def lines_of(self, source: str, distribution: str, version: str) -> tuple[str, ...]:
        """The records of one pack as lines."""
        if self._owned is None:
            self._owned = {}
            for line in self.lines():
                _, _, _, given_by, _, in_distribution, of_version, _ = line.split("\t", len(_HEAD))
                self._owned.setdefault((given_by, in_distribution, of_version), []).append(line)
        owner = escaped(source), escaped(distribution), escaped(version)
        return tuple(self._owned.get(owner, ()))

    def lines_of_all(self, owners: Iterable[tuple[str, str, str]]) -> list[str]:
        """The records of several packs as lines, still sorted; an owner is source, distribution, version."""
        from operator import itemgetter

        wanted = {tuple(map(escaped, owner)) for owner in owners}
        owner_of = itemgetter(*map(_HEAD.index, ("source", "distribution", "distribution_version")))
        return [line for line in self.lines() if owner_of(line.split("\t", len(_HEAD))) in wanted]

    def records(self, type: str | None = None) -> Iterator[Record]:
        """Every record, or every one of a type, by type, name and source."""
        from brainsmith_core.records import RECORD_CLASSES

        for each in (type,) if type else RECORD_CLASSES:
            start, end = self._position(_encoded(f"{each}\t")), self._position(_encoded(f"{each}\n"))
            lines = _decoded(self.body[start:end]).split("\n")[:-1]
            yield from sorted(map(self._record, lines), key=_order)

    def __len__(self) -> int:
        return self.body.count(b"\n")

    def _record(self, line: str) -> Record:
        # One object for one line, so that whoever asks twice is not misled by two that are equal.
        known = self._known.get(line)
        return known if known is not None else self._known.setdefault(line, decode(line))

    def _position(self, prefix: bytes) -> int:
        """Where the first line stands that is not smaller than ``prefix``."""
        # Sorted text stays sorted in UTF-8.
        text, low, high = self.body, 0, len(self.body)
        size = len(prefix)
        while low < high:
            middle = text.rfind(b"\n", low, (low + high) // 2) + 1 or low
            if text[middle : middle + size] < prefix:
                low = text.find(b"\n", middle) + 1
            else:
                high = middle
        return low


def fold(type: str, name: str) -> str:
    """A name as lookups spell it: blueprints write kernels in any case, other types keep to Python's."""
    return name.lower() if type == "kernel" else name


def encode(record: Record) -> str:
    """A record as one line of tab-separated columns."""
    owner = (record.source, record.distribution, record.distribution_version)
    return next(encoded((record,), *owner))


def encoded(
    records: Iterable[Record], source: str, distribution: str, distribution_version: str
) -> Iterator[str]:
    """The lines of records, as they are once their owner is stamped on them."""
    from operator import attrgetter

    from brainsmith_core.records import RECORD_CLASSES

    owner = [escaped(source), "", escaped(distribution), escaped(distribution_version)]
    tails: dict[type[Record], Callable[[Record], Iterable[str | tuple[str, ...]]]] = {}
    for record in records:
        cls = type(record)
        if cls not in tails:
            # A pack may give records of classes of its own, of which only what we know is kept.
            tails[cls] = attrgetter(*_tail(RECORD_CLASSES[cls.type]))
        owner[1] = "1" if record.registered else ""
        cells = [cls.type, fold(cls.type, record.name), record.name, *owner]
        cells += ["" if not cell else _cell(cell) for cell in tails[cls](record)]
        cells[_VERSION] = cells[_VERSION] or owner[-1]
        yield "\t".join(cells)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", "surrogatepass")


def _cell(value: str | tuple[str, ...]) -> str:
    return escaped(value) if isinstance(value, str) else "".join([escaped(part) + PART_END for part in value])


def decode(line: str) -> Record:
    """The record that ``encode`` wrote."""
    from brainsmith_core.records import RECORD_CLASSES

    cells = line.split("\t")
    cls = RECORD_CLASSES[cells[0]]
    unescaped = "\\" not in line
    values: dict[str, object] = dict(zip(_HEAD, cells if unescaped else map(plain, cells), strict=False))
    del values["type"], values["key"]
    values["registered"] = cells[4] == "1"
    for field, cell in zip(_tail(cls), cells[len(_HEAD) :], strict=True):
        parts = cell.split(PART_END)[:-1] if field in _TUPLES else [cell]
        if not unescaped:
            parts = list(map(plain, parts))
        values[field] = tuple(parts) if field in _TUPLES else parts[0]
    record = object.__new__(cls)
    record.__dict__.update(values)
    return record


def _tail(cls: type[Record]) -> tuple[str, ...]:
    """The columns that follow the head, for records of a class."""
    return tuple(field for field in cls.fields if field not in _HEAD)


def _header(lines: Sequence[str]) -> tuple[dict[str, list[str]], set[str]]:
    """What each record is called as an attribute, and all sources, from lines in order."""
    from itertools import groupby
    from operator import itemgetter

    from brainsmith_core.records import RECORD_CLASSES, TYPES

    rows = [line.split("\t", 5) for line in lines]
    shown: dict[str, list[str]] = {type_: [] for type_ in RECORD_CLASSES}
    for type_, of_type in groupby(rows, itemgetter(0)):
        if type_ in TYPES:
            shown[type_] = _shown(type_, list(of_type))
    return shown, set(map(itemgetter(3), rows))


def _shown(type: str, rows: Sequence[Sequence[str]]) -> list[str]:
    """The names of one type's records as attributes, sorted."""
    names = [row[2] for row in rows]
    if len(set(names)) == len(rows) and all(row[4] for row in rows):
        # In order already but for kernels, which are in that of their folded names.
        return sorted(names)
    total: dict[str, int] = {}
    registered: dict[str, int] = {}
    for row in rows:
        total[row[2]] = total.get(row[2], 0) + 1
        registered[row[2]] = registered.get(row[2], 0) + bool(row[4])
    shown = set()
    for _, _, name, source, is_registered, _ in rows:
        # Only a step means something by its bare name alone if its framework does not register it.
        alone_in = registered if is_registered else total if type == "step" else {}
        shown.add(name if alone_in.get(name) == 1 else f"{source}.{name}")
    return sorted(shown)


def _order(record: Record) -> tuple[str, str, str]:
    return (record.name, record.source, record.target)
