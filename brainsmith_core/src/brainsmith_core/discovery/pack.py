# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack as discovery found it: what it gave, or why it gave nothing."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from brainsmith_core.discovery.entry_points import PackRef
    from brainsmith_core.frameworks import FrameworkAdapter
    from brainsmith_core.records import Record


class PackFailure:
    """Why a pack, or a part of it, cannot be relied on; kept as data until someone needs the pack."""

    __slots__ = ("distribution", "entry_point", "reason", "remedy", "source", "version")

    def __init__(self, ref: PackRef, reason: str, remedy: str = "") -> None:
        self.distribution = ref.distribution
        self.version = ref.version
        self.source = ref.source
        self.entry_point = f"{ref.source} = {ref.value}"
        self.reason = reason
        self.remedy = (
            remedy or f"report it to the authors of {ref.distribution}, or pip uninstall {ref.distribution}"
        )

    @property
    def owner(self) -> str:
        """Distribution and version, as messages name it."""
        return f"{self.distribution} {self.version}".strip()

    def as_dict(self) -> dict[str, str]:
        """Every field, as JSON can hold it."""
        return {field: getattr(self, field) for field in self.__slots__}

    def __str__(self) -> str:
        return f"pack {self.source!r} of {self.owner} ({self.entry_point}): {self.reason}"

    def __repr__(self) -> str:
        return f"PackFailure({self})"


class Pack:
    """An installed pack: its reference, its records and adapters, its failure or its warnings.

    A pack whose import or hook failed has no records; one that merely shares its source name with another
    keeps them. ``seconds`` is what asking it took.
    """

    __slots__ = ("adapters", "failure", "records", "ref", "seconds", "warnings")

    def __init__(
        self,
        ref: PackRef,
        *,
        records: tuple[Record, ...] = (),
        adapters: tuple[FrameworkAdapter, ...] = (),
        failure: PackFailure | None = None,
        warnings: tuple[str, ...] = (),
        seconds: float = 0.0,
    ) -> None:
        self.ref = ref
        self.records = records
        self.adapters = adapters
        self.failure = failure
        self.warnings = warnings
        self.seconds = seconds

    @property
    def status(self) -> str:
        """``ok``, ``warning`` or ``failed``."""
        if self.failure:
            return "failed"
        return "warning" if self.warnings else "ok"

    def as_dict(self) -> dict[str, Any]:
        """The pack as JSON can hold it, with the number of plugins of each type."""
        counts: dict[str, int] = {}
        for record in self.records:
            counts[record.type] = counts.get(record.type, 0) + 1
        return {
            "source": self.ref.source,
            "distribution": self.ref.distribution,
            "version": self.ref.version,
            "entry_point": f"{self.ref.source} = {self.ref.value}",
            "status": self.status,
            "reason": self.failure.reason if self.failure else "",
            "remedy": self.failure.remedy if self.failure else "",
            "warnings": list(self.warnings),
            "plugins": counts,
            "seconds": round(self.seconds, 6),
        }
