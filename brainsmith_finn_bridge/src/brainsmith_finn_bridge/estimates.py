# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Estimates: what FINN's report files say of a design, as sections of a build's page."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from brainsmith_core.build.chart import stacked_bars
from brainsmith_core.build.section import Cell, Section, Table

#: Where the choice of back ends is kept in the output folder.
BACKENDS_FILE = "backends.json"
#: Where it is kept whence the resources of other packs' kernels come.
SOURCES_FILE = "resource_sources.json"

_FOLDER = "report"
_CYCLES = "estimate_layer_cycles.json"
_RESOURCES = "estimate_layer_resources.json"
_PERFORMANCE = "estimate_network_performance.json"
#: What is taken over into the data, number for number.
_DATA = {
    "performance": _PERFORMANCE,
    "layer_cycles": _CYCLES,
    "layer_resources": _RESOURCES,
    "op_and_param_counts": "op_and_param_counts.json",
}
_TOTAL = "total"
_FORMULAS = "FINN's formula"
#: FINN's word for each resource, and ours; in this order.
_KINDS = {"LUT": "LUT", "BRAM_18K": "BRAM (18 Kb)", "URAM": "URAM", "DSP": "DSP"}


def sections(output_dir: Path) -> list[Section]:
    """The performance of the network, then cycles and resources of each layer; what no step left is left out.

    Numbers are FINN's estimates before synthesis. An operator for which FINN has no estimate counts as 0.
    """
    cycles = _figures(output_dir, _CYCLES)
    resources = _figures(output_dir, _RESOURCES)
    performance = _figures(output_dir, _PERFORMANCE)
    return [
        *_performance(performance, resources.get(_TOTAL, {})),
        *_cycles(cycles),
        *_resources({name: each for name, each in resources.items() if name != _TOTAL}, _sources(output_dir)),
        *_backends(_read(output_dir / BACKENDS_FILE)),
    ]


def data(output_dir: Path) -> dict[str, Any]:
    """What there is of ``estimates`` with FINN's own numbers, and ``backends`` with each node's choice.

    ``resource_sources`` tells whence the resources of other packs' kernels come; all else is FINN's formulas.
    """
    figures = {name: found for name, file in _DATA.items() if (found := _figures(output_dir, file))}
    found = {
        "estimates": figures,
        "resource_sources": _sources(output_dir),
        "backends": _read(output_dir / BACKENDS_FILE),
    }
    return {name: each for name, each in found.items() if each}


def _performance(performance: Mapping[str, Any], totals: Mapping[str, Any]) -> Iterator[Section]:
    rows = []
    if "estimated_throughput_fps" in performance:
        rows.append(
            _row("throughput", f"{performance['estimated_throughput_fps']:,.1f}", "frames per second")
        )
    if "estimated_latency_ns" in performance:
        rows.append(_row("latency", f"{performance['estimated_latency_ns'] / 1000:,.2f}", "µs"))
    if "critical_path_cycles" in performance:
        rows.append(_row("critical path", f"{performance['critical_path_cycles']:,}", "cycles"))
    if "max_cycles" in performance:
        bottleneck = str(performance.get("max_cycles_node_name", ""))
        rows.append(_row("bottleneck", f"{performance['max_cycles']:,}", f"cycles of {bottleneck}"))
    rows += [
        _row(title, _count(totals[kind]), "in all layers") for kind, title in _KINDS.items() if kind in totals
    ]
    if rows:
        text = f"As FINN estimates it, in {_FOLDER}/{_PERFORMANCE} and {_FOLDER}/{_RESOURCES}."
        yield Section("FINN estimates", "table", Table(("", "estimate", ""), rows), text)


def _row(title: str, figure: str, unit: str) -> list[Cell]:
    return [Cell(title), Cell(figure, "number"), Cell(unit)]


def _cycles(cycles: Mapping[str, Any]) -> Iterator[Section]:
    if not cycles:
        return
    slowest = max(cycles.values())
    marked = [
        {"bottleneck" if count == slowest else "other layers": math.ceil(count)} for count in cycles.values()
    ]
    text = f"How many clock cycles each layer needs for a frame ({_FOLDER}/{_CYCLES})."
    chart = stacked_bars(list(cycles), marked, "cycles of each layer")
    yield Section("Cycles per layer", "chart", chart, text)
    rows = [
        [
            Cell(name),
            Cell(f"{count:,}", "number"),
            Cell(f"{count / slowest:.1%}" if slowest else "", "number"),
            Cell("bottleneck", "bad") if count == slowest else Cell(""),
        ]
        for name, count in cycles.items()
    ]
    table = Table(("layer", "cycles", "of the bottleneck's", ""), rows)
    yield Section(
        "Cycles", "table", table, "The bottleneck sets the throughput: fold it less, or others more."
    )


def _resources(resources: Mapping[str, Mapping[str, Any]], sources: Mapping[str, str]) -> Iterator[Section]:
    if not resources:
        return
    used = {
        kind: title
        for kind, title in _KINDS.items()
        if any(layer.get(kind, 0) for layer in resources.values())
    }
    for kind, title in used.items():
        counts = [{title: math.ceil(layer.get(kind, 0))} for layer in resources.values()]
        chart = stacked_bars(list(resources), counts, f"{title} of each layer")
        yield Section(f"{title} per layer", "chart", chart, f"As in {_FOLDER}/{_RESOURCES}.")
    rows = [
        [
            Cell(name),
            *(Cell(_count(layer.get(kind, 0)), "number") for kind in _KINDS),
            Cell(sources.get(name, _FORMULAS), "quiet"),
        ]
        for name, layer in resources.items()
    ]
    text = "FINN has no estimate for some operators, and gives 0."
    yield Section("Resources", "table", Table(("layer", *_KINDS.values(), "source"), rows), text)


def _count(value: float) -> str:
    """A number of cells; FINN gives some whole ones as floats."""
    return f"{int(value):,}" if float(value).is_integer() else f"{value:,}"


def _backends(choices: Sequence[Mapping[str, Any]] | None) -> Iterator[Section]:
    if choices:
        columns = ("node", "kernel", "back end", "wanted", "because")
        rows = [
            [
                Cell(choice["node"]),
                Cell(choice["kernel"]),
                Cell(choice["backend"], "code"),
                Cell(", ".join(choice["wanted"]) or "open", "quiet"),
                Cell(choice["reason"]),
            ]
            for choice in choices
        ]
        text = "Which back end each node got at step_specialize_layers."
        yield Section("Back ends", "table", Table(columns, rows), text)


def _sources(output_dir: Path) -> dict[str, str]:
    found = _read(output_dir / SOURCES_FILE)
    return found if isinstance(found, dict) else {}


def _figures(output_dir: Path, name: str) -> dict[str, Any]:
    found = _read(output_dir / _FOLDER / name)
    return found if isinstance(found, dict) else {}


def _read(file: Path) -> Any:
    try:
        # FINN writes infinite ratios as bare words, which are not JSON.
        return json.loads(file.read_text("utf-8"), parse_constant=str)
    except (OSError, ValueError):
        return None
