# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack as discovery found it: what it gave, or why it gave nothing."""

from __future__ import annotations

from brainsmith_core.catalogue import Catalogue, decode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from brainsmith_core.discovery.entry_points import PackRef
    from brainsmith_core.discovery.stamps import Stamp
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


class Framework:
    """What core has to know of a framework adapter in order to read names, without having the adapter.

    ``prefixes`` are its ``optional_prefixes``; ``base_classes`` are its base classes by plugin type.
    """

    __slots__ = ("base_classes", "name", "prefixes")

    def __init__(
        self, name: str, prefixes: Mapping[str, str], base_classes: Mapping[str, Sequence[str]]
    ) -> None:
        self.name = name
        self.prefixes = dict(prefixes)
        self.base_classes = {type_: tuple(names) for type_, names in base_classes.items()}


class Pack:
    """An installed pack: its reference, its records and frameworks, its failure or its warnings.

    A pack whose import or hook failed has no records; one that merely shares its source name with another
    keeps them. ``seconds`` and ``megabytes`` (10⁶ bytes) are what asking it took. ``stamps`` are what the
    records depend on; ``alone`` says that they depend on no package but the pack's own. ``lines`` are the
    records as a catalogue has them; a pack that was not asked, because an index knew it, has its part of a
    ``catalogue``, and no adapters yet. ``place`` says where what was asked had been put, and when.
    """

    __slots__ = (
        "_lines",
        "_records",
        "adapters",
        "alone",
        "catalogue",
        "failure",
        "frameworks",
        "megabytes",
        "place",
        "ref",
        "seconds",
        "stamps",
        "warnings",
    )

    def __init__(
        self,
        ref: PackRef,
        *,
        lines: tuple[str, ...] = (),
        catalogue: Catalogue | None = None,
        adapters: tuple[FrameworkAdapter, ...] = (),
        frameworks: tuple[Framework, ...] = (),
        failure: PackFailure | None = None,
        warnings: tuple[str, ...] = (),
        seconds: float = 0.0,
        megabytes: float = 0.0,
        stamps: tuple[Stamp, ...] = (),
        alone: bool = False,
        place: str = "",
    ) -> None:
        self.ref = ref
        self._records: tuple[Record, ...] | None = None
        self._lines = lines if catalogue is None else None
        self.catalogue = catalogue
        self.adapters = adapters
        self.frameworks = frameworks
        self.failure = failure
        self.warnings = warnings
        self.seconds = seconds
        self.megabytes = megabytes
        self.stamps = stamps
        self.alone = alone
        self.place = place

    @property
    def records(self) -> tuple[Record, ...]:
        """The records as objects."""
        if self._records is None:
            self._records = tuple(map(decode, self.lines))
        return self._records

    @property
    def lines(self) -> tuple[str, ...]:
        """The records as lines."""
        if self._lines is None and self.catalogue is not None:
            self._lines = self.catalogue.lines_of(*self.ref.owner)
        return self._lines or ()

    @property
    def status(self) -> str:
        """``ok``, ``warning`` or ``failed``."""
        if self.failure:
            return "failed"
        return "warning" if self.warnings else "ok"

    def as_dict(self) -> dict[str, Any]:
        """The pack as JSON can hold it, with the number of plugins of each type."""
        counts: dict[str, int] = {}
        for line in self.lines:
            type_ = line.partition("\t")[0]
            counts[type_] = counts.get(type_, 0) + 1
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
