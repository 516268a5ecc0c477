# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The folding file: whether it is one for the model at hand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from qonnx.custom_op.registry import getCustomOp

from brainsmith_core.errors import BuildError

_DEFAULTS = "Defaults"
#: Nodes that FINN makes after folding; a file from a finished build has them as well.
_MADE_LATER = (
    "StreamingFIFO", "StreamingDataWidthConverter", "IODMA", "TLastMarker", "InstrumentationWrapper",
    "InnerShuffle", "OuterShuffle", "FINNLoop",
)  # fmt: skip
#: What divides what, by FINN's attributes.
_DIVIDES = (("PE", "MH"), ("SIMD", "MW"), ("PE", "Channels"), ("PE", "NumChannels"), ("SIMD", "IFMChannels"))
#: What an attribute's value must be, by qonnx's letter for its type.
_KINDS: dict[str, tuple[type, str]] = {"i": (int, "whole number"), "s": (str, "text")}
_REMEDY = "give a folding_config_file that was made for this model, or leave it out to have one computed"


def check_file(file: Path, model: Any) -> None:
    """Raise ``BuildError`` for a file that cannot be read, or that sets what the model does not have.

    FINN passes over what it does not find, and numbers nodes by kind, so a file for another model would
    silently fold some of this one's nodes as if they were those.
    """
    configuration = _read(file)
    names = {node.name for node in model.graph.node}
    given = [name for name in configuration if name != _DEFAULTS and not name.startswith(_MADE_LATER)]
    absent = [name for name in given if name not in names]
    if absent:
        raise BuildError(
            f"{file} is for another model: it sets {_some(absent)}, and the model has {_some(sorted(names))}",
            remedy=_REMEDY,
        )
    odd = list(_odd_values(model, configuration))
    if odd:
        raise BuildError(f"{file} says what has no meaning: " + "; ".join(odd), remedy=_REMEDY)


def check_result(file: Path, model: Any) -> None:
    """Raise ``BuildError`` where a folding that was applied does not divide what it folds."""
    configuration = _read(file)
    faults = list(_faults(model, configuration))
    if faults:
        raise BuildError(f"{file} does not fit the model: " + "; ".join(faults), remedy=_REMEDY)


def _odd_values(model: Any, configuration: Mapping[str, Any]) -> Iterator[str]:
    for node, operator in _operators(model, configuration):
        known = operator.get_nodeattr_types()
        for attribute, value in configuration[node.name].items():
            kind = known[attribute][0] if attribute in known else ""
            if kind in _KINDS and not isinstance(value, _KINDS[kind][0]):
                yield f"{attribute} of {node.name} is {value!r}, which is no {_KINDS[kind][1]}"


def _operators(model: Any, configuration: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """The nodes that the file sets and that have attributes of their own, each with its operator."""
    for node in model.graph.node:
        if node.name in configuration and node.domain:
            yield node, getCustomOp(node)


def _faults(model: Any, configuration: Mapping[str, Any]) -> Iterator[str]:
    for node, operator in _operators(model, configuration):
        known = operator.get_nodeattr_types()
        for folding, dimension in _DIVIDES:
            if folding in known and dimension in known:
                factor, whole = operator.get_nodeattr(folding), operator.get_nodeattr(dimension)
                if isinstance(whole, int) and (factor < 1 or whole % factor):
                    yield f"{folding}={factor} of {node.name} does not divide its {dimension}={whole}"


def _read(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BuildError(f"{file} cannot be read: {error}", remedy=_REMEDY) from error
    if not isinstance(found, dict):
        raise BuildError(f"{file} holds no settings by node", remedy=_REMEDY)
    odd = [name for name, settings in found.items() if not isinstance(settings, dict)]
    if odd:
        raise BuildError(
            f"{file} has no settings by attribute for {_some(odd)}",
            remedy=f'write "{odd[0]}": {{"PE": 1}}, with the attributes that the node is folded by',
        )
    return found


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
