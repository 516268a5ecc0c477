# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The measurement of cells: ``python -m brainsmith_kernels.hardware.measure BACKEND POINT…`` writes a table.

The back end is ``module:Class``, a point such as ``size=64,simd=1``. With points, those alone are synthesised
and added to the table; without, every point that the table has is synthesised anew.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from brainsmith_core.errors import HardwareError
from brainsmith_kernels.hardware.backend import Backend
from brainsmith_kernels.simulation.synthesis import FAMILIES

Given = dict[str, str]


def measure(backend: type[Backend], added: Iterable[Given] = ()) -> None:
    """Synthesise points of the back end's table for both device families, and write the table."""
    known = backend.cost.points()
    added = list(added)
    kept = [point for point in known if added and point["parameters"] not in added]
    wanted = added or _distinct(point["parameters"] for point in known)
    # A parameter out of range is said before an hour of synthesis, not after it.
    for given in wanted:
        backend.parse(given)
    made = [point for family in FAMILIES for given in wanted if (point := _point(backend, given, family))]
    points = [point for family in FAMILIES for point in [*kept, *made] if point["family"] == family]
    _write(backend, points)


def _distinct(parameters: Iterable[Given]) -> list[Given]:
    chosen: list[Given] = []
    for given in parameters:
        if given not in chosen:
            chosen.append(given)
    return chosen


def _write(backend: type[Backend], points: Iterable[Mapping[str, Any]]) -> None:
    table = backend.cost.table
    command = f"python -m brainsmith_kernels.hardware.measure {backend.__module__}:{backend.__name__}"
    lines = ",\n".join("  " + json.dumps(point) for point in points)
    text = f'{{"command": {json.dumps(command)},\n "points": [\n{lines}\n]}}\n'
    temporary = table.with_suffix(f".{os.getpid()}")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(table)


def _point(backend: type[Backend], given: Given, family: str) -> dict[str, Any] | None:
    """The point, or nothing where the tool fails or takes too long, so that one does not cost the others."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            found = backend.synthesize(backend.parse(given), family=family, folder=Path(folder))
    except HardwareError as error:
        print(error, file=sys.stderr, flush=True)
        return None
    point = {"parameters": given, **found.as_dict()}
    point.pop("measured")
    print(json.dumps(point), flush=True)
    return point


if __name__ == "__main__":
    module, _, attribute = sys.argv[1].partition(":")
    given_points = [dict(pair.split("=", 1) for pair in word.split(",")) for word in sys.argv[2:]]
    measure(getattr(import_module(module), attribute), given_points)
