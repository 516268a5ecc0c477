# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Records: what discovery knows about each plugin, as immutable values.

Written out by hand because every start of every tool pays for this module: ``dataclasses`` alone
costs more than reading the whole index.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, ClassVar, Self

#: The kinds that have a namespace, in the order in which listings show them.
TYPES = ("transform", "kernel", "backend", "step")


class Record:
    """One plugin: its name, where its object is, and who gave it.

    Built by keyword from ``name``, ``target`` (``'package.module:attribute'``) and optional words:

    - ``stage``: free text that groups plugins, such as ``topology_opt``;
    - ``description``, ``author``, ``version``: text about the plugin;
    - ``requires``: requirement strings (PEP 508) of what the object needs to load; discovery tells by them
      what is ``unavailable``;
    - ``parameters``: the constructor's parameters as source text, ``('bits', 'signed=True')``;
    - ``registered``: false for an object that can be imported, but that its framework does not offer
      by name; it resolves only where the name is qualified or nothing else has it;
    - ``unavailable``: what is missing on this machine, empty if nothing is; ``remedy``: what mends it.

    ``source``, ``distribution`` and ``distribution_version`` are stamped by discovery, never passed.

    Raises ``TypeError`` for an argument that is no text, ``ValueError`` for an empty name or a target of
    another form.
    """

    type: ClassVar[str] = ""
    fields: ClassVar[tuple[str, ...]] = (
        "name",
        "target",
        "stage",
        "description",
        "author",
        "version",
        "requires",
        "parameters",
        "registered",
        "unavailable",
        "remedy",
    )
    stamps: ClassVar[tuple[str, ...]] = ("source", "distribution", "distribution_version")
    name: str
    target: str
    stage: str
    description: str
    author: str
    version: str
    requires: tuple[str, ...]
    parameters: tuple[str, ...]
    registered: bool
    unavailable: str
    remedy: str
    source: str = ""
    distribution: str = ""
    distribution_version: str = ""

    def __init__(
        self,
        *,
        name: str,
        target: str,
        stage: str = "",
        description: str = "",
        author: str = "",
        version: str = "",
        requires: Iterable[str] = (),
        parameters: Iterable[str] = (),
        registered: bool = True,
        unavailable: str = "",
        remedy: str = "",
    ) -> None:
        try:
            "".join((name, target, stage, description, author, version, unavailable, remedy))
        except TypeError:
            _refuse_other_than_text((name, target, stage, description, author, version, unavailable, remedy))
        # At once, since a discovery makes every record of every pack.
        self.__dict__.update(
            {
                "name": name,
                "target": target,
                "stage": stage,
                "description": description,
                "author": author,
                "version": version,
                "requires": () if requires == () else _texts("requires", requires),
                "parameters": () if parameters == () else _texts("parameters", parameters),
                "registered": bool(registered),
                "unavailable": unavailable,
                "remedy": remedy,
            }
        )
        if not name.isidentifier():
            raise ValueError(f"name={name!r} is not a Python identifier, so no namespace could offer it")
        self._check_target()

    def _check_target(self) -> None:
        parts = self.target.replace(":", ".", 1).split(".")
        if ":" not in self.target or not all(map(str.isidentifier, parts)):
            fact = f"target={self.target!r} of {self.name!r} is not of the form 'package.module:attribute'"
            raise ValueError(fact)

    @property
    def id(self) -> str:
        """The full id, ``type:source:name``."""
        return f"{self.type}:{self.source}:{self.name}"

    @property
    def qualified_name(self) -> str:
        """The name as a blueprint writes it where the bare name is ambiguous, ``source:name``."""
        return f"{self.source}:{self.name}"

    @property
    def module(self) -> str:
        """The module that has the plugin's object; empty for a transform set."""
        return self.target.partition(":")[0]

    @property
    def available(self) -> bool:
        """Whether nothing that the plugin needs is known to be missing."""
        return not self.unavailable

    @property
    def required_parameters(self) -> tuple[str, ...]:
        """The names of the constructor's parameters that have no default."""
        return tuple(
            text.partition(":")[0].strip() for text in self.parameters if "=" not in text and text[:1] != "*"
        )

    def stamped(self, *, source: str, distribution: str, distribution_version: str) -> Self:
        """The same record with its owner written on it; ``version`` defaults to the owner's."""
        # Copied whole: the constructor's checks would cost discovery more than all the rest.
        stamped = object.__new__(type(self))
        stamped.__dict__.update(
            self.__dict__,
            version=self.version or distribution_version,
            source=source,
            distribution=distribution,
            distribution_version=distribution_version,
        )
        return stamped

    def replace(self, **changes: Any) -> Self:
        """The same record with some fields changed; stamps stay."""
        copy = type(self)(**{**{field: getattr(self, field) for field in self.fields}, **changes})
        copy.__dict__.update((field, getattr(self, field)) for field in self.stamps)
        return copy

    def as_dict(self) -> dict[str, Any]:
        """Every field and ``type``, ``available``, with lists for tuples, as JSON can hold it."""
        values: dict[str, Any] = {"type": self.type, "source": self.source, "available": self.available}
        values |= {field: getattr(self, field) for field in (*self.fields, *self.stamps)}
        return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, field) for field in (*self.fields, *self.stamps))

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._values() == other._values()

    def __hash__(self) -> int:
        return hash((self.type, self.source, self.name, self.target))

    def __repr__(self) -> str:
        shown = ((field, getattr(self, field)) for field in (*self.fields, *self.stamps))
        words = ", ".join(f"{field}={value!r}" for field, value in shown if value not in ("", (), True))
        return f"{type(self).__name__}({words})"

    def __getitem__(self, field: str) -> Any:
        if field in ("type", "available", "backend_type") or field in self.fields or field in self.stamps:
            try:
                return getattr(self, field)
            except AttributeError:
                pass
        raise KeyError(field)

    def __setattr__(self, field: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable: use replace({field}=…)")

    def __delattr__(self, field: str) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable")

    def __reduce__(self) -> tuple[object, ...]:
        passed = {field: getattr(self, field) for field in self.fields}
        return (_rebuild, (type(self), passed, {field: getattr(self, field) for field in self.stamps}))


class TransformRecord(Record):
    """A graph transformation, or with ``members`` instead of ``target`` an ordered set of them.

    ``members`` are references (``'qonnx:FoldConstants'``, ``'~MergeOpChains'``), applied in order;
    ``creates`` names the kernels whose nodes the transformation makes, for a kernel-inference transform.
    """

    type = "transform"
    fields = (*Record.fields, "members", "creates")
    members: tuple[str, ...] = ()
    creates: tuple[str, ...] = ()

    def __init__(
        self,
        *,
        name: str,
        target: str = "",
        members: Iterable[str] = (),
        creates: Iterable[str] = (),
        **words: Any,
    ) -> None:
        if members != ():
            self.__dict__["members"] = _texts("members", members)
        if creates != ():
            self.__dict__["creates"] = _texts("creates", creates)
        super().__init__(name=name, target=target, **words)

    def _check_target(self) -> None:
        if not self.members:
            super()._check_target()
        elif self.target:
            raise ValueError(f"{self.name!r} has both members and a target; a transform set has only members")


class KernelRecord(Record):
    """A hardware operator; its target is the class of the ONNX custom op that stands for it in a graph.

    ``op_type`` is the ONNX op type of its nodes, by default the plugin's name.
    """

    type = "kernel"
    fields = (*Record.fields, "op_type")
    op_type: str

    def __init__(self, *, name: str, op_type: str = "", **words: Any) -> None:
        super().__init__(name=name, **words)
        self.__dict__["op_type"] = _text("op_type", op_type or name)


class BackendRecord(Record):
    """An implementation of a kernel in a hardware language: ``kernel`` names it, ``language`` is hls or rtl.

    ``kernel`` is empty for the few back ends of a framework that implement no kernel of their own.
    """

    type = "backend"
    fields = (*Record.fields, "kernel", "language")
    kernel: str
    language: str

    def __init__(self, *, name: str, language: str, kernel: str = "", **words: Any) -> None:
        super().__init__(name=name, **words)
        self.__dict__.update(kernel=_text("kernel", kernel), language=_text("language", language))
        if not language:
            raise ValueError(f"language of {name!r} is empty; say 'hls' or 'rtl'")

    @property
    def backend_type(self) -> str:
        """The language, under the name that design documents use for it."""
        return self.language


class StepRecord(Record):
    """A build step: a function ``(model, cfg) -> model``.

    The stage ``hardware_inference`` marks the step around which a blueprint's ``pre_hw`` and ``post_hw``
    transforms run.
    """

    type = "step"


class CustomOpRecord(Record):
    """An ONNX custom operator that is no kernel; listed for information, in no namespace."""

    type = "custom_op"


#: Every record class by its type.
RECORD_CLASSES: Mapping[str, type[Record]] = {
    cls.type: cls for cls in (TransformRecord, KernelRecord, BackendRecord, StepRecord, CustomOpRecord)
}

_TEXT_FIELDS = ("name", "target", "stage", "description", "author", "version", "unavailable", "remedy")


def _refuse_other_than_text(values: tuple[object, ...]) -> None:
    for field, value in zip(_TEXT_FIELDS, values, strict=True):
        _text(field, value)


def _text(field: str, value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{field}={value!r} must be text, not {type(value).__name__}")
    return value


def _texts(field: str, values: Iterable[str]) -> tuple[str, ...]:
    if isinstance(values, str) or not hasattr(values, "__iter__"):
        raise TypeError(f"{field}={values!r} must be a tuple of texts")
    texts = tuple(values)
    for value in texts:
        if not isinstance(value, str):
            raise TypeError(f"{field} has {value!r}, which must be text, not {type(value).__name__}")
    return texts


def _rebuild(cls: type[Record], passed: dict[str, Any], stamps: dict[str, str]) -> Record:
    record = cls(**passed)
    record.__dict__.update(stamps)
    return record
