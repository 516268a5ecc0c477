# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Hierarchy: which class derives from which, and what it inherits, across a universe's modules."""

from __future__ import annotations

import ast

from brainsmith_core.discovery import syntax
from brainsmith_core.discovery.scan import Foreign
from brainsmith_core.discovery.source import ClassSource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from brainsmith_core.discovery.scan import Universe

    Ancestor = ClassSource | Foreign

_CONSTRUCTORS = ("__new__", "__init__")
_ABSTRACT = {f"abc.abstract{what}" for what in ("method", "property", "classmethod", "staticmethod")}
_DATACLASSES = {"dataclasses.dataclass"}
_BARE = {"abc.ABC", "typing.Generic", "typing.Protocol"}


class Hierarchy:
    """The classes of a universe. Classes are told apart by their origin, never by their bare name."""

    def __init__(self, universe: Universe) -> None:
        self.universe = universe
        self._orders: dict[ClassSource, tuple[Ancestor, ...]] = {}
        self._abstract: dict[ClassSource, dict[str, bool]] = {}

    def subclasses(self, roots: Collection[str], package: str = "") -> Iterator[ClassSource]:
        """The classes defined in a package that derive from one of the roots (``'module:Class'``), by origin.

        The roots themselves are left out, and so is a module whose source cannot be read.
        """
        for module in self.universe.modules(package):
            for found in sorted(module.classes, key=lambda found: found.name):
                if (
                    found.header.bases
                    and found.origin not in roots
                    and self.derives(found, roots)
                    and not module.fault
                ):
                    yield found

    def derives(self, subclass: ClassSource, roots: Collection[str]) -> bool:
        """Whether a class is, or derives from, one of the roots (``'module:Class'``)."""
        dotted_roots = {root.replace(":", ".") for root in roots}
        return any(
            (ancestor.name if isinstance(ancestor, Foreign) else ancestor.origin.replace(":", "."))
            in dotted_roots
            for ancestor in self.mro(subclass)
        )

    def bases(self, subclass: ClassSource) -> tuple[Ancestor, ...]:
        """The bases as written, each followed to its origin; one that is no class is ``Foreign``."""
        return tuple(self._base(subclass, base) for base in subclass.header.bases)

    def mro(self, subclass: ClassSource) -> tuple[Ancestor, ...]:
        """The method resolution order (C3), beginning with the class itself, without ``object``.

        For bases that C3 cannot order, which Python would refuse, the order is depth first and a
        diagnostic is noted.
        """
        if subclass not in self._orders:
            self._orders[subclass] = (subclass,)  # ends a circle of bases, which Python would refuse
            bases = self.bases(subclass)
            orders = [self.mro(base) if isinstance(base, ClassSource) else (base,) for base in bases]
            merged = _merge([*orders, bases])
            if merged is None:
                self.universe.note(subclass, "its bases have no consistent order")
                merged = list(dict.fromkeys(ancestor for order in orders for ancestor in order))
            self._orders[subclass] = (subclass, *merged)
        return self._orders[subclass]

    def is_abstract(self, subclass: ClassSource) -> bool:
        """Whether Python would refuse an instance: an abstract method remains, and the metaclass minds.

        Abstract methods of classes outside the universe are not known.
        """
        settled: set[str] = set()
        remains = False
        for ancestor in self.mro(subclass):
            if isinstance(ancestor, ClassSource):
                here = self._members(ancestor)
                remains = remains or any(abstract for name, abstract in here.items() if name not in settled)
                settled |= here.keys()
        return remains and any(self._has_abstract_meta(ancestor) for ancestor in self.mro(subclass))

    def parameters(self, subclass: ClassSource) -> tuple[str, ...]:
        """The constructor's parameters, inherited or its own, as source text: ``('bits', 'signed=True')``.

        ``('*args', '**kwargs')`` where a class outside the universe may define the constructor.
        """
        for name in _CONSTRUCTORS:
            for ancestor in self.mro(subclass):
                if isinstance(ancestor, Foreign):
                    if name == "__init__" and not _is_bare(ancestor):
                        return ("*args", "**kwargs")
                    continue
                found = [statement for member, statement in ancestor.members() if member == name]
                if found and isinstance(found[-1], syntax.FUNCTIONS):
                    return syntax.parameter_texts(found[-1].args, bound=True)
                if name == "__init__" and self._is_dataclass(ancestor):
                    return self._fields(ancestor)
        return ()

    def _base(self, subclass: ClassSource, base: ast.expr) -> Ancestor:
        name = syntax.dotted(base)
        if not name:
            self.universe.note(subclass, f"its base {ast.unparse(base)} is an expression")
            return Foreign(ast.unparse(base))
        meaning = self.universe.resolve(subclass.module.name, name)
        if isinstance(meaning, (ClassSource, Foreign)):
            return meaning
        return Foreign(f"{subclass.module.name}.{name}")

    def _name(self, subclass: ClassSource, node: ast.expr) -> str:
        """The dotted origin of a name used in a class statement, ``''`` for what is no name."""
        name = syntax.dotted(node.func if isinstance(node, ast.Call) else node)
        meaning = self.universe.resolve(subclass.module.name, name) if name else None
        return meaning.name if isinstance(meaning, Foreign) else ""

    def _members(self, found: ClassSource) -> dict[str, bool]:
        """What a class binds itself, each with whether it is an abstract method."""
        if found not in self._abstract:
            members = found.members()
            self._abstract[found] = {
                name: self._is_abstract_method(found, statement) for name, statement in members
            }
        return self._abstract[found]

    def _is_abstract_method(self, subclass: ClassSource, statement: ast.stmt) -> bool:
        decorators = statement.decorator_list if isinstance(statement, syntax.FUNCTIONS) else []
        return any(self._name(subclass, decorator) in _ABSTRACT for decorator in decorators)

    def _has_abstract_meta(self, ancestor: Ancestor) -> bool:
        if isinstance(ancestor, Foreign):
            return ancestor.name in ("abc.ABC", "typing.Protocol") or ancestor.name.startswith(
                "collections.abc."
            )
        keywords = ancestor.header.keywords
        return any(
            word.arg == "metaclass" and self._name(ancestor, word.value) == "abc.ABCMeta" for word in keywords
        )

    def _is_dataclass(self, ancestor: ClassSource) -> bool:
        return any(self._name(ancestor, decorator) in _DATACLASSES for decorator in ancestor.decorators)

    def _fields(self, subclass: ClassSource) -> tuple[str, ...]:
        fields: dict[str, str] = {}
        for ancestor in reversed(self.mro(subclass)):
            if isinstance(ancestor, ClassSource) and self._is_dataclass(ancestor):
                for statement in ancestor.node.body:
                    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                        _set_field(fields, statement.target.id, statement)
        return tuple(fields.values())


def _is_bare(ancestor: Foreign) -> bool:
    """Whether a class outside the universe is known to add no constructor of its own."""
    module, _, name = ancestor.name.rpartition(".")
    return ancestor.name in _BARE or module == "collections.abc" or name == "object"


def _set_field(fields: dict[str, str], name: str, statement: ast.AnnAssign) -> None:
    if "ClassVar" in ast.unparse(statement.annotation):
        return
    value = statement.value
    text = f"{name}={ast.unparse(value)}" if value else name
    if isinstance(value, ast.Call) and syntax.dotted(value.func).rpartition(".")[2] == "field":
        words = {word.arg: word.value for word in value.keywords}
        if isinstance(words.get("init"), ast.Constant) and not words["init"].value:  # type: ignore[attr-defined]
            return
        default = words.get("default") or words.get("default_factory")
        text = f"{name}={ast.unparse(default)}" if default else name
    fields[name] = text


def _merge(orders: Sequence[Sequence[Ancestor]]) -> list[Ancestor] | None:
    """The C3 merge of some orders, ``None`` where they contradict each other."""
    rest = [list(order) for order in orders if order]
    merged: list[Ancestor] = []
    while rest:
        for order in rest:
            head = order[0]
            if not any(head in other[1:] for other in rest):
                break
        else:
            return None
        merged.append(head)
        rest = [shorter for order in rest if (shorter := order[1:] if order[0] == head else order)]
    return merged
