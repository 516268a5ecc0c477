# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The measurement of cells: ``python -m brainsmith_kernels.hardware.measure BACKEND…`` rewrites their tables.

Each back end is ``module:Class``. The parameters of the points are those that the table has.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

from brainsmith_kernels.hardware.backend import Backend
from brainsmith_kernels.simulation.synthesis import FAMILIES


def measure(backend: type[Backend]) -> None:
    """Synthesise every point of the back end's table for both device families, and write them down."""
    chosen: list[dict[str, str]] = []
    for point in backend.cost.points():
        if point["parameters"] not in chosen:
            chosen.append(point["parameters"])
    points = [_point(backend, given, family) for family in FAMILIES for given in chosen]
    table = backend.cost.table
    command = f"python -m brainsmith_kernels.hardware.measure {backend.__module__}:{backend.__name__}"
    lines = ",\n".join("  " + json.dumps(point) for point in points)
    text = f'{{"command": {json.dumps(command)},\n "points": [\n{lines}\n]}}\n'
    temporary = table.with_suffix(f".{os.getpid()}")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(table)


def _point(backend: type[Backend], given: dict[str, str], family: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        found = backend.synthesize(backend.parse(given), family=family, folder=Path(folder))
    point = {"parameters": given, **found.as_dict()}
    point.pop("measured")
    print(point, flush=True)
    return point


if __name__ == "__main__":
    for word in sys.argv[1:]:
        module, _, attribute = word.partition(":")
        measure(getattr(import_module(module), attribute))
