# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A transform set as a class, so that it is applied like any other transform."""

from __future__ import annotations

from brainsmith_core.errors import PluginNotFoundError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, Protocol

    from brainsmith_core.records import Record

    class Lookup(Protocol):
        """What a set needs of the registry."""

        def get(self, type: str, name: str) -> Any:
            """The loaded object of a plugin."""

        def candidates(self, type: str, name: str) -> Sequence[Record]:
            """The records that a name could mean."""


def transform_set(record: Record, registry: Lookup) -> type:
    """A class whose ``apply(model)`` applies each member in turn with ``model.transform``.

    Members marked ``~`` that are not installed are passed over; the others raise as ``registry.get``
    does, when the set is applied.
    """

    def apply(_self: object, model: Any) -> tuple[Any, bool]:
        for member in getattr(record, "members", ()):
            try:
                transformation = registry.get("transform", member_name(member, record, registry))
            except PluginNotFoundError:
                if not member.startswith("~"):
                    raise
                continue
            model = model.transform(transformation())
        # Each member ran to its own fixpoint; to be asked again would only repeat them.
        return model, False

    return type(record.name, (), {"apply": apply, "__doc__": record.description, "__module__": __name__})


def member_name(member: str, owner: Record, registry: Lookup) -> str:
    """The name that a member of a set stands for, without ``~``.

    A bare name means the plugin of the set's own pack if that has one of the name: what a pack's set does
    must not depend on which other packs are installed.
    """
    name = member.removeprefix("~")
    own = f"{owner.source}:{name}"
    return own if ":" not in name and registry.candidates("transform", own) else name
