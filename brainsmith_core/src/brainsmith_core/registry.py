# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The registry: records by type and name, and the rules by which a name means one of them.

Errors are imported where they are made: most processes make none, and each start imports this module.
"""

from __future__ import annotations

from brainsmith_core.catalogue import Catalogue, fold
from brainsmith_core.records import RECORD_CLASSES, TYPES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any

    from brainsmith_core.errors import AmbiguousPluginError, PluginNotFoundError
    from brainsmith_core.records import Record


#: What the records of a registry are of, if nobody says otherwise.
_EVERYTHING = "any installed pack"


class Resolution:
    """Which record a reference means, by which rule, and which others it was chosen over."""

    __slots__ = ("record", "rule", "shadowed")

    def __init__(self, record: Record, rule: str, shadowed: Sequence[Record] = ()) -> None:
        self.record = record
        self.rule = rule
        self.shadowed = tuple(shadowed)


class Registry:
    """All records of one discovery; never changes once made.

    ``priority`` lists sources, first the one that wins where several have a name. ``prefixes`` gives by
    source and plugin type what may be left out of a qualified name. ``base_classes`` gives by type the
    classes one of which a plugin must derive from; plugins of ``trusted`` sources are not checked.
    ``hints`` says, for a type and a reference that nothing has, what the user could do about it; ``absence``
    says why a source that is installed gives nothing of a type, as fact and remedy, both empty if it is not;
    ``importing`` gives what surrounds the import of a source's plugins, if anything does; ``scope`` is what
    the records are of, in the words of a message.
    """

    def __init__(
        self,
        records: Catalogue | Iterable[Record] = (),
        *,
        priority: Sequence[str] = (),
        prefixes: Mapping[str, Mapping[str, str]] | None = None,
        base_classes: Mapping[str, Sequence[str]] | None = None,
        trusted: Iterable[str] = (),
        hints: Hints | None = None,
        absence: Absence | None = None,
        importing: Importing | None = None,
        scope: str = _EVERYTHING,
    ) -> None:
        self._catalogue = records if isinstance(records, Catalogue) else Catalogue.of(records)
        self._priority = tuple(priority)
        self._prefixes = prefixes or {}
        self._base_classes = base_classes or {}
        self._trusted = frozenset(trusted)
        self._hints = hints
        self._absence = absence
        self._importing = importing
        self._scope = scope

    def __len__(self) -> int:
        return len(self._catalogue)

    def __iter__(self) -> Iterator[Record]:
        return self._catalogue.records()

    def __contains__(self, key: object) -> bool:
        try:
            self[str(key)]
        except KeyError:
            return False
        return True

    def __getitem__(self, key: str) -> Record:
        """The record of ``'type:name'`` or ``'type:source:name'``.

        Raises ``PluginNotFoundError`` (a ``KeyError``) or ``AmbiguousPluginError``.
        """
        type_, colon, reference = key.partition(":")
        if not colon:
            from brainsmith_core.errors import PluginNotFoundError

            raise PluginNotFoundError(
                f"{key!r} is no key of the registry", remedy="write 'type:name' or 'type:source:name'"
            )
        return self.resolve(type_, reference).record

    @property
    def sources(self) -> tuple[str, ...]:
        """The source names that have at least one record, in alphabetical order."""
        return self._catalogue.sources

    def names(self, type: str) -> tuple[str, ...]:
        """The names of a type that work as attributes, sorted; an ambiguous one as ``source.Name``.

        Raises ``PluginNotFoundError`` for a type that does not exist.
        """
        names = self._catalogue.names(type)
        if not names:
            check_type(type)
        if not self._priority:
            return names
        shown = {name for name in names if "." not in name}
        for name in names:
            source, dot, bare = name.partition(".")
            if dot:
                shown.add(bare if self._prefers(type, source, bare) else name)
        return tuple(sorted(shown))

    def references(self) -> set[str]:
        """Every name that some record has, bare and with its source."""
        return self._catalogue.references()

    def _prefers(self, type: str, source: str, name: str) -> bool:
        try:
            return self.resolve(type, name).record.source == source
        except KeyError:
            return False

    def find(self, type: str | None = None, /, **fields: object) -> tuple[Record, ...]:
        """All records of a type whose fields have the given values, ``find('transform', stage='cleanup')``.

        Imports nothing. Raises ``TypeError`` for a field that no record has.
        """
        if type is not None:
            check_type(type)
        known = {"type", "available", "backend_type", *record_fields()}
        for field in fields:
            if field not in known:
                raise TypeError(f"records have no field {field!r}; they have {', '.join(sorted(known))}")
        missing = object()
        return tuple(
            record
            for record in self._catalogue.records(type)
            if all(getattr(record, field, missing) == value for field, value in fields.items())
        )

    def get(self, type: str, name: str) -> Any:
        """The loaded class or function of a plugin, by ``name`` or ``source:name``.

        Raises ``PluginNotFoundError``, ``AmbiguousPluginError`` or ``PluginLoadError``.
        """
        return self.load(self.resolve(type, name).record)

    def load(self, record: Record) -> Any:
        """The loaded object of a record, checked to be what its type promises."""
        if getattr(record, "members", ()):
            from brainsmith_core.transform_set import transform_set

            return transform_set(record, self)
        from brainsmith_core.loading import load

        checked = record.source not in self._trusted
        base_classes = self._base_classes.get(record.type, ()) if checked else None
        surroundings = self._importing(record.source) if self._importing else None
        if surroundings is None:
            return load(record, base_classes=base_classes)
        with surroundings:
            return load(record, base_classes=base_classes)

    def limited(self, records: Iterable[Record], *, scope: str) -> Registry:
        """A registry with some of the records and all the rules of this one."""
        return Registry(
            records,
            priority=self._priority,
            prefixes=self._prefixes,
            base_classes=self._base_classes,
            trusted=self._trusted,
            importing=self._importing,
            scope=scope,
        )

    def candidates(self, type: str, name: str) -> tuple[Record, ...]:
        """All records that a bare name or ``source:name`` could mean, from all sources."""
        check_type(type)
        source, colon, bare = name.rpartition(":")
        found = self._catalogue.lookup(type, fold(type, bare))
        exact = [record for record in found if record.name == bare]
        chosen = [record for record in exact or found if not colon or record.source == source]
        prefix = self._prefixes.get(source, {}).get(type, "") if colon else ""
        if prefix and not bare.startswith(prefix) and not any(record.registered for record in chosen):
            # An object that can only be imported does not hide the registered one that the short name means.
            return (*self.candidates(type, f"{source}:{prefix}{bare}"), *chosen)
        return tuple(chosen)

    def resolve(self, type: str, reference: str) -> Resolution:
        """What a reference, ``name`` or ``source:name``, means.

        Raises ``PluginNotFoundError`` with the closest names or the pack that has it, and
        ``AmbiguousPluginError`` with the qualified names to choose from.
        """
        candidates = self.candidates(type, reference)
        qualified = ":" in reference
        rule = "named with its source" if qualified else "the only one of its name"
        if not candidates:
            raise self._not_found(type, reference)
        offered = [record for record in candidates if record.registered]
        if offered and len(offered) < len(candidates):
            rule = "registered with its framework; the other can only be imported"
        elif not offered and not qualified and type != "step":
            raise self._not_offered(type, reference, candidates)
        offered = offered or list(candidates)
        if len(offered) > 1 and not qualified:
            for source in self._priority:
                preferred = [record for record in offered if record.source == source]
                if preferred:
                    offered, rule = preferred, f"source {source!r} comes first in the configured priority"
                    break
        if len(offered) > 1:
            raise _ambiguous(type, reference, offered)
        winner = offered[0]
        return Resolution(winner, rule, [record for record in candidates if record is not winner])

    def _not_found(self, type: str, reference: str) -> PluginNotFoundError:
        from brainsmith_core.errors import PluginNotFoundError

        source, colon, bare = reference.rpartition(":")
        if colon and source not in self.sources:
            fact, remedy = self._absence(type, source) if self._absence else ("", "")
            if fact:
                # The pack is known, so names that merely look like its own are of no use.
                return PluginNotFoundError(f"{reference!r}: {fact}", remedy=remedy or _what_there_is(type))
            nobody = "no installed pack" if self._scope == _EVERYTHING else f"nothing of {self._scope}"
            fact = f"{reference!r}: {nobody} has the source name {source!r}"
        elif colon:
            fact = f"{bare!r} is not a {type} of {source!r}"
        else:
            fact = f"{reference!r} is not a {type} of {self._scope}"
        remedies = [text for text in (self._closest(type, source, bare), self._hint(type, reference)) if text]
        return PluginNotFoundError(fact, remedy="; ".join(remedies) or _what_there_is(type))

    def _closest(self, type: str, source: str, bare: str) -> str:
        from difflib import get_close_matches

        elsewhere = [record for record in self if record.name == bare and record.type in TYPES]
        names = {record.name.lower(): record.name for record in self if record.type == type}
        prefix = ""
        if source:
            own = [record for record in self if record.type == type and record.source == source]
            other = [record.qualified_name for record in self if record.type == type and record.name == bare]
            if other:
                return f"did you mean {_either(other)}?"
            names, prefix = {record.name.lower(): record.name for record in own}, f"{source}:"
        close = get_close_matches(bare.lower(), names, n=3, cutoff=0.6)
        if close:
            return f"did you mean {_either([prefix + names[name] for name in close])}?"
        if elsewhere:
            return f"{bare!r} is a {elsewhere[0].type}, not a {type}"
        if source and source not in self.sources:
            sources = get_close_matches(source, self.sources, n=1, cutoff=0.6)
            return f"did you mean {f'{sources[0]}:{bare}'!r}?" if sources else ""
        return ""

    def _hint(self, type: str, reference: str) -> str:
        return self._hints(type, reference) if self._hints else ""

    def _not_offered(self, type: str, reference: str, found: Sequence[Record]) -> PluginNotFoundError:
        from brainsmith_core.errors import PluginNotFoundError

        names = _either([record.qualified_name for record in found])
        fact = (
            f"{reference!r} is a {type} that its framework does not register, so its bare name means nothing"
        )
        return PluginNotFoundError(fact, remedy=f"write {names}")


if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    Hints = Callable[[str, str], str]
    from brainsmith_core.errors import BrainsmithError

    _Kind = type[BrainsmithError]
    Absence = Callable[[str, str], tuple[str, str]]
    Importing = Callable[[str], AbstractContextManager[None] | None]


def record_fields() -> set[str]:
    """Every field that some record has."""
    return {field for cls in RECORD_CLASSES.values() for field in (*cls.fields, *cls.stamps)}


def _ambiguous(type: str, reference: str, found: Sequence[Record]) -> AmbiguousPluginError:
    from brainsmith_core.errors import AmbiguousPluginError

    names = sorted({record.qualified_name for record in found})
    if len(names) == 1:
        owners = " and ".join(sorted(f"{r.distribution} {r.distribution_version}" for r in found))
        fact = f"{reference!r} is given by two packs with the one source name {found[0].source!r}: {owners}"
        remedy = f"pip uninstall {found[-1].distribution}, or ask its authors for a source name of its own"
        return AmbiguousPluginError(fact, remedy=remedy, candidates=names)
    fact = f"{reference!r} is a {type} of several packs"
    remedy = f"write {_either(names)}, or set plugin_system.priority in .brainsmith/config.yaml"
    return AmbiguousPluginError(fact, remedy=remedy, candidates=names)


def _what_there_is(type: str) -> str:
    return f"brainsmith plugins list --type {type} shows what there is"


def _either(names: Sequence[str]) -> str:
    return " or ".join(repr(name) for name in names)


def check_type(type: str, kind: _Kind | None = None) -> None:
    """Raise ``PluginNotFoundError``, or an error of another kind, for a type that does not exist."""
    if type not in RECORD_CLASSES:
        from difflib import get_close_matches

        from brainsmith_core.errors import PluginNotFoundError

        close = get_close_matches(str(type), RECORD_CLASSES, n=1, cutoff=0.8)
        remedy = f"did you mean {close[0]!r}?" if close else f"the types are {', '.join(RECORD_CLASSES)}"
        raise (kind or PluginNotFoundError)(f"{type!r} is not a type of plugin", remedy=remedy)
