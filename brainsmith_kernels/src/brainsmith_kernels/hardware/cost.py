# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The cost of a kernel: cycles by a formula, cells by measurements and a fit to them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from brainsmith_core.errors import HardwareError
from brainsmith_core.hardware import Resources
from brainsmith_kernels.hardware.least_squares import nonnegative_least_squares

_CELLS = ("lut", "ff", "dsp", "bram18")


@dataclass(frozen=True)
class Cost:
    """What a kernel costs.

    ``words`` and ``latency`` give the cycles: one word in each, and so many from the last word in to the
    last word out. ``table`` is a JSON file of measured points, written by ``python -m
    brainsmith_kernels.hardware.measure``; ``features`` are numbers that cells grow with, each in proportion.
    """

    latency: Callable[[Any], int]
    table: Path
    features: Callable[[Any], tuple[float, ...]]
    read: Callable[[Mapping[str, str]], Any]

    def cycles(self, parameters: Any, rows: int) -> int:
        """The cycles from the first word in to the last word out, both streams never standing still."""
        return int(parameters.words * rows + self.latency(parameters))

    def resources(self, parameters: Any, family: str) -> Resources:
        """The measured point of these parameters, or else a fit to all points of the family.

        Raises ``HardwareError`` for a family that was never measured.
        """
        measured = [point for point in self.points() if point["family"] == family]
        if not measured:
            families = ", ".join(sorted({point["family"] for point in self.points()}))
            raise HardwareError(f"nothing was measured for {family!r}", remedy=f"choose one of {families}")
        wanted = parameters.as_dict()
        for point in measured:
            if self.read_point(point).as_dict() == wanted:
                cells = {cell: point[cell] for cell in _CELLS}
                return Resources(family=family, source=point["source"], measured=True, **cells)
        return self._fitted(parameters, family, measured)

    def points(self) -> list[dict[str, Any]]:
        """The measured points: ``parameters`` as text, ``family``, the cells, ``source``."""
        return _read(self.table)

    def read_point(self, point: Mapping[str, Any]) -> Any:
        """The parameters of a measured point."""
        return self.read(point["parameters"])

    def leave_one_out(self, family: str) -> dict[str, list[float]]:
        """For each cell the relative errors of the points of a family, each estimated from all others.

        They say how good an estimate is where nothing was measured. What has none counts as one cell.
        """
        points = [point for point in self.points() if point["family"] == family]
        errors: dict[str, list[float]] = {cell: [] for cell in _CELLS}
        for point in points:
            others = [other for other in points if other is not point]
            estimate = self._fitted(self.read_point(point), family, others).as_dict()
            for cell in _CELLS:
                errors[cell].append((estimate[cell] - point[cell]) / max(1, point[cell]))
        return errors

    def _fitted(self, parameters: Any, family: str, points: Sequence[Mapping[str, Any]]) -> Resources:
        """What a fit to the points says of the parameters; within the fit's error, even where a point lies.

        Each cell is a sum of the features, and of a constant, none of them taken away, with the least squared
        relative error: no estimate is negative, and none falls where a feature grows.
        """
        known = np.asarray([(1.0, *_features(self, tuple(point["parameters"].items()))) for point in points])
        asked = np.asarray((1.0, *self.features(parameters)))
        cells = {}
        for cell in _CELLS:
            counts = np.asarray([float(point[cell]) for point in points])
            scale = np.maximum(counts, 1.0)
            weights = nonnegative_least_squares(known / scale[:, np.newaxis], counts / scale)
            cells[cell] = round(float(asked @ weights))
        # There is no hardware without a gate, whatever rounding says.
        cells["lut"] = max(1, cells["lut"])
        within = bool(((known.min(axis=0) <= asked) & (asked <= known.max(axis=0))).all())
        sources = ", ".join(sorted({point["source"] for point in points}))
        kind = "estimated by" if within else "extrapolated from"
        fit = f"{kind} a fit to {len(points)} points of {sources}"
        return Resources(family=family, source=fit, measured=False, **cells)


@cache
def _features(cost: Cost, given: tuple[tuple[str, str], ...]) -> tuple[float, ...]:
    # Those of a table of values take long, and every estimate needs all points'.
    return cost.features(cost.read(dict(given)))


@cache
def _read(table: Path) -> list[dict[str, Any]]:
    points: list[dict[str, Any]] = json.loads(table.read_text(encoding="utf-8"))["points"]
    return points
