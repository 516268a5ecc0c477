# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The folding file: whether it is one for the model at hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from onnx import NodeProto
from qonnx.custom_op.registry import getCustomOp, is_custom_op

from brainsmith_core.errors import BuildError, HardwareError
from brainsmith_finn_bridge.folding_file import DEFAULTS, REMEDY, Default, defaults, read

#: Nodes that FINN makes after folding; a file from a finished build has them as well.
_MADE_LATER = (
    "StreamingFIFO", "StreamingDataWidthConverter", "IODMA", "TLastMarker", "InstrumentationWrapper",
    "InnerShuffle", "OuterShuffle", "FINNLoop",
)  # fmt: skip
#: What a file may set besides a kernel's own folding: how a node is built and placed, not what it computes.
#: All of what FINN writes into such files is among it.
SETTABLE = {
    "PE", "SIMD", "EmbFold", "SeqFold", "M", "TH", "parallel_window", "ram_style", "ram_style_thresholds",
    "ram_style_mask", "depth", "impl_style", "preferred_impl_style", "resType", "mac_resource", "mem_mode",
    "runtime_writeable_weights", "dynamic_mode", "inFIFODepths", "outFIFODepths", "depth_trigger_uram",
    "depth_trigger_bram", "pumpedMemory", "pumpedCompute", "deep_pipeline", "uniform_thres", "slr",
    "mem_port", "partition_id", "device_id", "pblock",
}  # fmt: skip
#: What divides what, by FINN's attributes.
_DIVIDES = (("PE", "MH"), ("SIMD", "MW"), ("PE", "Channels"), ("PE", "NumChannels"), ("SIMD", "IFMChannels"))
#: What an attribute's value must be, by qonnx's name for its type.
_KINDS = {"i": "whole number", "f": "decimal number", "s": "text", "ints": "list of whole numbers"}


def check(file: Path, model: Any) -> None:
    """Raise ``BuildError`` with all that is wrong with a file, for itself and for the model.

    FINN passes over what it does not find, and numbers nodes by kind, so a file for another model would
    silently fold some of this one's nodes as if they were those.
    """
    settings, unreadable = read(file)
    if unreadable:
        raise BuildError(f"{file} cannot be used:\n  " + "\n  ".join(unreadable), remedy=REMEDY)
    facts = list(_absences(file, model, settings))
    wrong = list(_faults(model, settings))
    if wrong:
        facts.append("\n  ".join([f"{file} does not fit the model:", *wrong]))
    if facts:
        raise BuildError("\n  ".join(facts), remedy=REMEDY)


def _absences(file: Path, model: Any, settings: Mapping[str, Any]) -> Iterator[str]:
    names = {node.name for node in model.graph.node}
    given = [name for name in settings if name != DEFAULTS and not name.startswith(_MADE_LATER)]
    absent = [name for name in given if name not in names]
    if absent:
        there = _some(sorted(names))
        yield f"{file} is for another model: it sets {_some(absent)}, and the model has {there}"


def _faults(model: Any, settings: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    general = list(defaults(settings))
    operators = [
        (node, getCustomOp(_copy(node)))
        for node in model.graph.node
        if is_custom_op(node.domain, node.op_type)
    ]
    yield from _default_faults(general, operators)
    for node, operator in operators:
        settable = _settable(operator)
        chosen = [each for each in general if each.is_for(node.op_type) and each.attribute in settable]
        given = {each.attribute: each.value for each in chosen}
        given |= settings.get(node.name, {})
        yield from _node_faults(node.name, operator, given)


def _copy(node: NodeProto) -> NodeProto:
    copy = NodeProto()
    copy.CopyFrom(node)
    return copy


def _node_faults(name: str, operator: Any, given: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a node's settings, which are tried out on it: it must be a copy."""
    kinds = _kinds(operator)
    settable = sorted(_settable(operator))
    tried = []
    for attribute, value in given.items():
        if attribute not in settable:
            yield _refusal(name, attribute, attribute in kinds, settable)
            continue
        kind, _, _, *allowed = kinds[attribute]
        if kind in _KINDS and not _is_a(kind, value):
            yield f"{attribute} of {name} is {value!r}, which is no {_KINDS[kind]}"
        elif allowed and allowed[0] is not None and value not in allowed[0]:
            choices = ", ".join(map(repr, sorted(allowed[0])))
            yield f"{attribute} of {name} is {value!r}, and may be {choices}"
        else:
            try:
                operator.set_nodeattr(attribute, value)
            except HardwareError as error:
                yield f"node {name}: {error.fact}" + (f"; {error.remedy}" if error.remedy else "")
            else:
                tried.append(attribute)
    for folding, dimension in _DIVIDES:
        if folding in tried and dimension in kinds:
            factor, whole = operator.get_nodeattr(folding), operator.get_nodeattr(dimension)
            if isinstance(whole, int) and (factor < 1 or whole % factor):
                yield f"{folding}={factor} of {name} does not divide its {dimension}={whole}"


def _kinds(operator: Any) -> dict[str, Any]:
    """The attributes with their types, the one by which FINN folds other packs' kernels among them."""
    alias = {"PE": ("i", False, 1)} if _own_folding(operator) else {}
    return {**alias, **operator.get_nodeattr_types()}


def _settable(operator: Any) -> set[str]:
    return (SETTABLE | set(_own_folding(operator))) & set(_kinds(operator))


def _own_folding(operator: Any) -> Mapping[str, str]:
    """What the kernel of another pack is folded by; nothing for FINN's own."""
    found: Mapping[str, str] = getattr(getattr(operator, "op", None), "folding", {})
    return found


def _refusal(name: str, attribute: str, is_known: bool, settable: Sequence[str]) -> str:
    if is_known:
        return (
            f"{attribute} of {name} says what the node computes or is kept by FINN; "
            f"a folding file may set {', '.join(settable)}"
        )
    return f"{name} has no attribute {attribute}; {_meant(attribute, settable)}"


def _default_faults(general: Sequence[Default], operators: Sequence[tuple[Any, Any]]) -> Iterator[str]:
    """Defaults that cannot be set, once for each, however many nodes they are for."""
    anywhere = SETTABLE.union(*(_own_folding(operator) for _, operator in operators))
    unknown = dict.fromkeys(each.attribute for each in general if each.attribute not in anywhere)
    for attribute in unknown:
        yield f"{attribute} of {DEFAULTS} is nothing that may be set; {_meant(attribute, sorted(anywhere))}"
    for each in general:
        nodes = [
            node.name
            for node, operator in operators
            if each.is_for(node.op_type) and each.attribute not in _settable(operator)
        ]
        if nodes and each.attribute not in unknown:
            yield (
                f"{each.attribute} of {DEFAULTS} is for {_some(nodes)} as well, which have none; "
                "name the op types that have it"
            )


def _meant(attribute: str, settable: Sequence[str]) -> str:
    names = {name.casefold(): name for name in settable}
    near = get_close_matches(attribute.casefold(), names, n=1)
    return f"did you mean {names[near[0]]}?" if near else f"it may set {', '.join(settable) or 'nothing'}"


def _is_a(kind: str, value: Any) -> bool:
    if kind == "ints":
        return isinstance(value, list) and all(_is_a("i", each) for each in value)
    wanted = {"i": int, "f": float, "s": str}[kind]
    return isinstance(value, wanted) and not isinstance(value, bool)


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
