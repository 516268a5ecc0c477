# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A catalogue: records as one sorted text, of which only what is asked for becomes objects.

Ten thousand plugins are a megabyte that ``str.split`` and a binary search answer from; as objects they
would cost more time than any tool takes to start.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from brainsmith_core.records import Record

_set = object.__setattr__

#: The columns that every line begins with; ``key`` is the name as lookups fold it.
_HEAD = ("type", "key", "name", "source", "registered", "distribution", "distribution_version")
_TUPLES = frozenset({"requires", "parameters", "members", "creates"})
#: Ends each part of a cell that holds several.
_END = "\x1f"


class Catalogue:
    """Records by type and name.

    ``text`` holds for each type a line of the names that work as attributes, an empty line, and then one
    line per record, sorted. Two catalogues of the same records have the same text.
    """

    __slots__ = ("_body", "_known", "_names", "_owned", "_sources", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._body = text.find("\n\n") + 2
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
        return cls("\n".join((*head, "", *ordered, "")))

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources that have a record, sorted."""
        if self._sources is None:
            self._sources = tuple(self.text[: self.text.find("\n")].split("\t")[1:])
        return self._sources

    def names(self, type: str) -> tuple[str, ...]:
        """The names of a type that work as attributes, sorted; an ambiguous one as ``source.Name``."""
        names = self._names.get(type)
        if names is None:
            start = self.text.find(f"\n{type}\t", 0, self._body) + 1
            line = self.text[start : self.text.find("\n", start)] if start else ""
            names = self._names[type] = tuple(line.split("\t")[1:])
        return names

    def lookup(self, type: str, key: str) -> list[Record]:
        """The records of a type under a folded name."""
        prefix = f"{type}\t{key}\t"
        position = self._position(prefix)
        found = []
        while self.text.startswith(prefix, position):
            end = self.text.find("\n", position)
            found.append(self._record(self.text[position:end]))
            position = end + 1
        return found

    def lines(self) -> list[str]:
        """Every record as its line."""
        return self.text[self._body :].split("\n")[:-1]

    def of_types(self, types: Iterable[str]) -> Catalogue:
        """The part of the catalogue that has some types only."""
        wanted = set(types)
        return Catalogue.from_lines(line for line in self.lines() if line.partition("\t")[0] in wanted)

    def lines_of(self, source: str, distribution: str, version: str) -> tuple[str, ...]:
        """The records of one pack as lines."""
        if self._owned is None:
            self._owned = {}
            for line in self.lines():
                cells = line.split("\t", len(_HEAD))
                self._owned.setdefault((cells[3], *cells[5:7]), []).append(line)
        return tuple(self._owned.get((source, distribution, version), ()))

    def records(self, type: str | None = None) -> Iterator[Record]:
        """Every record, or every one of a type, by type, name and source."""
        from brainsmith_core.records import RECORD_CLASSES

        for each in (type,) if type else RECORD_CLASSES:
            start, end = self._position(f"{each}\t"), self._position(f"{each}\n")
            yield from sorted(map(self._record, self.text[start:end].split("\n")[:-1]), key=_order)

    def __len__(self) -> int:
        return self.text.count("\n", self._body)

    def _record(self, line: str) -> Record:
        # One object for one line, so that whoever asks twice is not misled by two that are equal.
        known = self._known.get(line)
        return known if known is not None else self._known.setdefault(line, decode(line))

    def _position(self, prefix: str) -> int:
        """Where the first line stands that is not smaller than ``prefix``."""
        text, low, high = self.text, self._body, len(self.text)
        size = len(prefix)
        while low < high:
            middle = text.rfind("\n", low, (low + high) // 2) + 1 or low
            if text[middle : middle + size] < prefix:
                low = text.find("\n", middle) + 1
            else:
                high = middle
        return low


def fold(type: str, name: str) -> str:
    """A name as lookups spell it: blueprints write kernels in any case, other types keep to Python's."""
    return name.lower() if type == "kernel" else name


def encode(record: Record) -> str:
    """A record as one line of tab-separated columns."""
    cells = [record.type, fold(record.type, record.name), record.name, record.source]
    cells += ["1" if record.registered else "", record.distribution, record.distribution_version]
    for field in _tail(type(record)):
        value = getattr(record, field)
        if field in _TUPLES:
            cells.append("".join([escaped(part) + _END for part in value]))
        else:
            cells.append(escaped(value))
    return "\t".join(cells)


def decode(line: str) -> Record:
    """The record that ``encode`` wrote."""
    from brainsmith_core.records import RECORD_CLASSES

    cells = line.split("\t")
    cls = RECORD_CLASSES[cells[0]]
    record = object.__new__(cls)
    _set(record, "name", cells[2])
    _set(record, "source", cells[3])
    _set(record, "registered", cells[4] == "1")
    _set(record, "distribution", cells[5])
    _set(record, "distribution_version", cells[6])
    unescaped = "\\" not in line
    for field, cell in zip(_tail(cls), cells[len(_HEAD) :], strict=True):
        value: str | tuple[str, ...] = cell if unescaped else plain(cell)
        if field in _TUPLES:
            parts = cell.split(_END)[:-1]
            value = tuple(parts) if unescaped else tuple(map(plain, parts))
        _set(record, field, value)
    return record


def _tail(cls: type[Record]) -> tuple[str, ...]:
    """The columns that follow the head, for records of a class."""
    return tuple(field for field in cls.fields if field not in _HEAD)


def _header(lines: Sequence[str]) -> tuple[dict[str, list[str]], set[str]]:
    """What each record is called as an attribute, and all sources."""
    from brainsmith_core.records import RECORD_CLASSES, TYPES

    shown: dict[str, list[str]] = {type_: [] for type_ in RECORD_CLASSES}
    sources = set()
    rows = [line.split("\t", 5)[:5] for line in lines]
    registered_by_name: dict[tuple[str, str], int] = {}
    by_name: dict[tuple[str, str], int] = {}
    for type_, _, name, _, registered in rows:
        by_name[type_, name] = by_name.get((type_, name), 0) + 1
        registered_by_name[type_, name] = registered_by_name.get((type_, name), 0) + bool(registered)
    for type_, _, name, source, registered in rows:
        sources.add(source)
        if type_ in TYPES:
            # Only a step means something by its bare name alone if its framework does not register it.
            alone_in = registered_by_name if registered else by_name if type_ == "step" else {}
            alone = alone_in.get((type_, name)) == 1
            shown[type_].append(name if alone else f"{source}.{name}")
    return {type_: sorted(set(names)) for type_, names in shown.items()}, sources


def _order(record: Record) -> tuple[str, str, str]:
    return (record.name, record.source, record.target)


_ESCAPES = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), (_END, "\\u"))


def escaped(text: str) -> str:
    """A text as one cell of a line."""
    if text.isprintable() and "\\" not in text:
        return text
    for character, escape in _ESCAPES:
        text = text.replace(character, escape)
    return text


def plain(text: str) -> str:
    """The text that ``escaped`` made a cell of."""
    if "\\" not in text:
        return text
    parts = text.split("\\\\")
    for escape, character in (("\\t", "\t"), ("\\n", "\n"), ("\\u", _END)):
        parts = [part.replace(escape, character) for part in parts]
    return "\\".join(parts)
