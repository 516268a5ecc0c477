# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Hierarchy: which class derives from which, and what it inherits, across a universe's modules."""

from __future__ import annotations

import ast

from brainsmith_core.discovery import syntax
from brainsmith_core.discovery.definition import ClassSource, FunctionSource
from brainsmith_core.discovery.scan import Foreign

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
        self._lineages: dict[ClassSource, frozenset[str]] = {}
        self._signatures: dict[str, tuple[str, ...]] = {}
        self._binding: dict[tuple[ClassSource, str], bool] = {}
        self._constructors: dict[tuple[ClassSource, str], tuple[str, ...] | None] = {}
        self._abstract: dict[ClassSource, frozenset[str]] = {}

    def subclasses(self, roots: Collection[str], package: str = "") -> Iterator[ClassSource]:
        """The classes defined in a package that derive from one of the roots (``'module:Class'``), by origin.

        The roots themselves are left out, and so is a module whose source cannot be read.
        """
        for module in self.universe.modules(package):
            for found in sorted(module.classes, key=lambda found: found.name):
                if (
                    found.bases
                    and found.origin not in roots
                    and self.derives(found, roots)
                    and not module.fault
                ):
                    yield found

    def derives(self, subclass: ClassSource, roots: Collection[str]) -> bool:
        """Whether a class is, or derives from, one of the roots (``'module:Class'``)."""
        lineage = self._lineage(subclass)
        return any(root.replace(":", ".") in lineage for root in roots)

    def _lineage(self, subclass: ClassSource) -> frozenset[str]:
        """The dotted origins of a class and its ancestors."""
        if subclass not in self._lineages:
            self._lineages[subclass] = frozenset(
                ancestor.name if isinstance(ancestor, Foreign) else ancestor.origin.replace(":", ".")
                for ancestor in self.mro(subclass)
            )
        return self._lineages[subclass]

    def bases(self, subclass: ClassSource) -> tuple[Ancestor, ...]:
        """The bases as written, each followed to its origin; one that is no class is ``Foreign``."""
        return tuple(self._base(subclass, base) for base in subclass.bases)

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
        remaining: frozenset[str] = frozenset()
        for ancestor in reversed(self.mro(subclass)):
            if isinstance(ancestor, ClassSource):
                own = self._own_abstract(ancestor)
                remaining = own.union(name for name in remaining if not self._binds(ancestor, name))
        return bool(remaining) and any(map(self._has_abstract_meta, self.mro(subclass)))

    def _own_abstract(self, found: ClassSource) -> frozenset[str]:
        """The abstract methods that a class has itself."""
        if found not in self._abstract:
            may_have = found.may_have_decorated(lambda name: self._origin(found, name) in _ABSTRACT)
            members = dict(found.members()) if may_have else {}
            self._abstract[found] = frozenset(
                name
                for name, member in members.items()
                if isinstance(member, FunctionSource)
                and any(self._name(found, decorator) in _ABSTRACT for decorator in member.decorators)
            )
        return self._abstract[found]

    def _binds(self, found: ClassSource, name: str) -> bool:
        key = (found, name)
        if key not in self._binding:
            self._binding[key] = found.binds(name)
        return self._binding[key]

    def parameters(self, subclass: ClassSource) -> tuple[str, ...]:
        """The constructor's parameters, inherited or its own, as source text: ``('bits', 'signed=True')``.

        ``('*args', '**kwargs')`` where a class outside the universe may define the constructor.
        """
        for name in _CONSTRUCTORS:
            for ancestor in self.mro(subclass):
                if isinstance(ancestor, Foreign):
                    if name == "__init__" and not _is_bare(ancestor):
                        return ("*args", "**kwargs")
                elif (found := self._own_parameters(ancestor, name)) is not None:
                    return found
        return ()

    def _own_parameters(self, found: ClassSource, name: str) -> tuple[str, ...] | None:
        """Those of the constructor ``name`` that a class has itself; ``None`` if it has none."""
        key = (found, name)
        if key not in self._constructors:
            member = found.member(name)
            if isinstance(member, FunctionSource):
                self._constructors[key] = self._parameters_of(member)
            else:
                is_field_wise = name == "__init__" and self._is_dataclass(found)
                self._constructors[key] = self._fields(found) if is_field_wise else None
        return self._constructors[key]

    def _parameters_of(self, constructor: FunctionSource) -> tuple[str, ...]:
        # Dozens of classes have the same words there.
        text = constructor.header_text
        if not text:
            return constructor.bound_parameters
        if text not in self._signatures:
            self._signatures[text] = constructor.bound_parameters
        return self._signatures[text]

    def _base(self, subclass: ClassSource, base: str) -> Ancestor:
        if not base.replace(".", "").isidentifier():
            self.universe.note(subclass, f"its base {base} is an expression")
            return Foreign(base)
        meaning = self.universe.resolve(subclass.module.name, base)
        if isinstance(meaning, (ClassSource, Foreign)):
            return meaning
        return Foreign(f"{subclass.module.name}.{base}")

    def _name(self, subclass: ClassSource, node: ast.expr) -> str:
        """The dotted origin of a name used in a class statement, ``''`` for what is no name."""
        return self._origin(subclass, syntax.dotted(node.func if isinstance(node, ast.Call) else node))

    def _origin(self, subclass: ClassSource, name: str) -> str:
        meaning = self.universe.resolve(subclass.module.name, name) if name else None
        return meaning.name if isinstance(meaning, Foreign) else ""

    def _has_abstract_meta(self, ancestor: Ancestor) -> bool:
        if isinstance(ancestor, Foreign):
            return ancestor.name in ("abc.ABC", "typing.Protocol") or ancestor.name.startswith(
                "collections.abc."
            )
        return any(
            word.arg == "metaclass" and self._name(ancestor, word.value) == "abc.ABCMeta"
            for word in ancestor.keywords
        )

    def _is_dataclass(self, ancestor: ClassSource) -> bool:
        return any(self._name(ancestor, decorator) in _DATACLASSES for decorator in ancestor.decorators)

    def _fields(self, subclass: ClassSource) -> tuple[str, ...]:
        fields: dict[str, str] = {}
        for ancestor in reversed(self.mro(subclass)):
            if isinstance(ancestor, ClassSource) and self._is_dataclass(ancestor):
                for statement in ancestor.whole.body:
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
