# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The page: a build's report as one HTML file that needs nothing from anywhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from brainsmith_core.build.chart import stacked_bars
from brainsmith_core.build.section import Cell, Section, Table

Report = Mapping[str, Any]

#: Where the parts of a name meet: ``step_|convert``, ``finn:|MVAU``, ``models/|a.|onnx``, ``Fold|Constants``.
_JOINT = re.compile(r"((?<=\w)[_:./](?=[^\W\d])|[a-z0-9](?=[A-Z][a-z]))")


def render(report: Report, more: Iterable[Section] = ()) -> str:
    """The page of a report; ``more`` are sections to add at its end. All text in it is escaped."""
    sections = [section for section in (*_sections(report), *more) if section is not None]
    template = _templates().get_template("report.html.jinja")
    return template.render(report=report, sections=sections, tiles=_tiles(report))


@cache
def _templates() -> Environment:
    """The templates, each compiled once in a process."""
    environment = Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["breakable"] = breakable
    return environment


def _sections(report: Report) -> Iterable[Section | None]:
    done = [step for step in report["steps"] if step["status"] == "done"]
    yield _pipeline(report)
    yield _chart(report, done)
    yield _changes(done)
    yield _steps(report)
    yield _verification(report, done)
    yield _accuracy(report)
    yield _kernels(report)
    yield _missing(report)
    yield _environment(report)


def _tiles(report: Report) -> list[Cell]:
    """The few figures at the top; a tile's ``note`` names it."""
    done = [step for step in report["steps"] if step["status"] == "done"]
    mark = {"finished": "good", "failed": "bad"}.get(report["status"], "quiet")
    tiles = [
        Cell(report["status"], mark, "build"),
        Cell(f"{len(done)} of {len(report['steps'])}", note="steps done"),
        Cell(seconds(sum(step["seconds"] for step in done)), note="in steps"),
    ]
    before = sum(report["input"]["op_counts"].values())
    after = sum(done[-1]["op_counts_after"].values()) if done else before
    tiles.append(Cell(f"{before} → {after}", note="nodes"))
    differences = [step["difference"] for step in done if step["difference"] is not None]
    if differences:
        tiles.append(Cell(number(max(differences)), note="largest output change"))
    for when in ("before", "after"):
        accuracy = report["accuracy"][when]
        if accuracy:
            tiles.append(Cell(f"{accuracy['fraction']:.2%}", note=f"accuracy {when}"))
    return tiles


def _pipeline(report: Report) -> Section:
    longest = max((step.get("seconds", 0.0) for step in report["steps"]), default=0.0) or 1.0
    stages = [
        {
            "number": step["number"],
            "name": step["name"],
            "status": step["status"],
            "time": seconds(step["seconds"]) if "seconds" in step else step["status"],
            "share": round(100 * step.get("seconds", 0.0) / longest, 2),
            "nodes": _nodes(step),
            "title": f"{step['plugin'] or step['target']} · {step['phase']}",
        }
        for step in report["steps"]
    ]
    return Section("Pipeline", "pipeline", stages)


def _nodes(step: Mapping[str, Any]) -> str:
    if "op_counts_after" not in step:
        return ""
    before, after = sum(step["op_counts_before"].values()), sum(step["op_counts_after"].values())
    return f"{after} nodes" if before == after else f"{before} → {after} nodes"


def _chart(report: Report, done: Sequence[Mapping[str, Any]]) -> Section:
    labels = ["given model", *(f"{step['number']} {step['name']}" for step in done)]
    counts = [report["input"]["op_counts"], *(step["op_counts_after"] for step in done)]
    return Section("Nodes by op type", "chart", stacked_bars(labels, counts), "The graph after each step.")


def _changes(done: Sequence[Mapping[str, Any]]) -> Section:
    rows = []
    for step in done:
        words = [f"{change:+d} {op}" for op, change in step["op_changes"].items()]
        cell = Cell(", ".join(words)) if words else Cell("same numbers of nodes", "quiet")
        rows.append(
            [Cell(str(step["number"]), "number"), Cell(step["name"]), cell, Cell(step["model"], "code")]
        )
    return Section("Changes", "table", Table(("", "step", "nodes", "model after it"), rows))


def _steps(report: Report) -> Section:
    rows = [
        [
            Cell(str(step["number"]), "number"),
            Cell(step["name"], note=f"of the set {step['member_of']}" if step["member_of"] else ""),
            Cell(step["plugin"] or step["type"], note=step["target"]),
            Cell(step["distribution"], note=step["version"]),
            Cell(step["phase"], note=step["stage"]),
            Cell(step["rule"]),
        ]
        for step in report["steps"]
    ]
    columns = ["", "step", "plugin", "distribution", "phase", "why this"]
    if not any(step["rule"] for step in report["steps"]):
        columns, rows = columns[:-1], [row[:-1] for row in rows]
    return Section("Plan", "table", Table(columns, rows))


def _verification(report: Report, done: Sequence[Mapping[str, Any]]) -> Section | None:
    rows = [
        [Cell(str(step["number"]), "number"), Cell(step["name"]), Cell(number(step["difference"]), "number")]
        for step in done
        if step["difference"] is not None
    ]
    if not rows:
        return None
    settings, text = report["verification"], "The model was executed before and after each of these steps"
    if settings:
        source = f"seed {settings['seed']}" if settings["inputs"] == "random" else settings["inputs"]
        text += f" on random inputs, {source}" if settings["inputs"] == "random" else f" on {source}"
        text += "; an output may move by"
        text += f" {settings['atol']:g} + {settings['rtol']:g} · |value|"
    return Section(
        "Verification", "table", Table(("", "step", "largest change of an output"), rows), f"{text}."
    )


def _accuracy(report: Report) -> Section | None:
    rows = [
        [
            Cell(f"{when} the build"),
            Cell(f"{found['correct']} of {found['total']}"),
            Cell(f"{found['fraction']:.2%}"),
        ]
        for when, found in report["accuracy"].items()
        if found
    ]
    if not rows:
        return None
    return Section(
        "Accuracy", "table", Table(("of the model", "rows classified right", "top-1 accuracy"), rows)
    )


def _kernels(report: Report) -> Section | None:
    rows = []
    for kernel in report["kernels"]:
        backends = [
            Cell(f"{item['name']} ({item['language']})", "good", item["plugin"])
            for item in kernel["backends"]
        ]
        backends += [Cell(name, "bad", "no installed pack has it") for name in kernel["missing_backends"]]
        for position, backend in enumerate(backends or [Cell("none asked for", "quiet")]):
            owner = f"{kernel['distribution']} {kernel['version']}".strip()
            first = [
                Cell(kernel["name"], note=kernel["plugin"]),
                Cell(", ".join(kernel["inference"])),
                Cell(owner, note=kernel["rule"]),
            ]
            rows.append([*(first if position == 0 else [Cell("")] * len(first)), backend])
    if not rows:
        return None
    return Section("Kernels", "table", Table(("kernel", "made by", "distribution", "back end"), rows))


def _missing(report: Report) -> Section | None:
    rows = [
        [
            Cell(item["type"]),
            Cell(item["reference"], "bad"),
            Cell(item["place"], "code"),
            Cell(item["reason"]),
        ]
        for item in report["missing"]
    ]
    if not rows:
        return None
    text = "Optional plugins that are not here; the build went on without them."
    return Section("Left out", "table", Table(("type", "plugin", "where", "why"), rows), text)


def _environment(report: Report) -> Section:
    facts = {
        **report["environment"],
        "model": report["input"]["path"],
        "its SHA-256": report["input"]["sha256"],
    }
    facts |= {f"target {key}": value for key, value in report["target"].items() if value}
    facts |= report["packages"]
    rows = [[Cell(key), Cell(str(value), "code")] for key, value in facts.items()]
    return Section(
        "Environment", "table", Table(("", ""), rows, folded=f"{len(report['packages'])} packages and more")
    )


def breakable(text: object) -> Markup:
    """A text, escaped, whose long names may be broken where their parts meet."""
    return Markup(_JOINT.sub(r"\1<wbr>", str(escape(text))))


def seconds(value: float) -> str:
    """A duration in the unit that suits it."""
    if value >= 60:
        return f"{int(value // 60)} min {value % 60:.0f} s"
    return f"{value:.2f} s" if value >= 0.1 else f"{value * 1000:.1f} ms"


def number(value: float) -> str:
    """A difference in few digits."""
    return "0" if value == 0 else f"{value:.2g}"
