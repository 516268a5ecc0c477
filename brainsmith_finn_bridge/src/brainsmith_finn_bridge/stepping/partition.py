# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The dataflow partition: why FINN cannot cut one out of a model, node by node."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from brainsmith_core.errors import BuildError

_HARDWARE = "finn.custom_op.fpgadataflow"


def failure(model: Any, error: Exception) -> BuildError | None:
    """An error that names every node in the way of a partition; ``None`` if nodes are not the cause."""
    nodes = list(model.graph.node)
    hardware = {index for index, node in enumerate(nodes) if node.domain.startswith(_HARDWARE)}
    if not hardware:
        listed = ", ".join(f"{node.name} ({node.op_type})" for node in nodes)
        return _error(
            f"no node of the model has become hardware; it has {listed or 'no nodes'}",
            "FINN makes hardware of quantised layers: look at the model before step_convert_to_hw",
            error,
        )
    between = _between(nodes, hardware)
    if not between:
        return None
    listed = "".join(f"\n    {nodes[i].name} ({nodes[i].op_type}): {_why(model, nodes[i])}" for i in between)
    return _error(
        "these nodes stay on the host and lie between hardware nodes, so no single dataflow partition can "
        f"be cut out:{listed}",
        "replace these nodes, or cut the model there; at the edge of the graph they may stay on the host",
        error,
    )


def _error(fact: str, remedy: str, cause: Exception) -> BuildError:
    error = BuildError(fact, remedy=remedy)
    error.__cause__ = cause
    return error


def _between(nodes: list[Any], hardware: Collection[int]) -> list[int]:
    makers = {tensor: index for index, node in enumerate(nodes) for tensor in node.output}
    before = [{makers[name] for name in node.input if name in makers} for node in nodes]
    behind, leading = set(hardware), set(hardware)
    for _ in nodes:  # FINN's graphs are sorted, so one round is the rule.
        grown = {i for i, each in enumerate(before) if i in behind or each & behind}
        if grown == behind:
            break
        behind = grown
    waiting = list(hardware)
    while waiting:
        found = before[waiting.pop()] - leading
        leading |= found
        waiting += found
    return sorted((behind & leading) - set(hardware))


def _why(model: Any, node: Any) -> str:
    datatypes = [
        f"{name} is {model.get_tensor_datatype(name).name}"
        for name in node.input
        if name and model.get_tensor_shape(name) is not None
    ]
    return (
        f"FINN made no hardware of it; {', '.join(datatypes)}" if datatypes else "FINN made no hardware of it"
    )
