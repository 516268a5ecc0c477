# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The look at a model and a plan: each node's fate, and why the build must fail if it must."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from brainsmith_core.blueprint.plan import Plan, PlannedKernel, PlannedStep
from brainsmith_core.preflight import NodeOutlook, Preflight, PreflightFault
from brainsmith_finn_bridge.folding_file import REMEDY, read
from brainsmith_finn_bridge.installation import Installation
from brainsmith_finn_bridge.preflight.dataflow import Dataflow
from brainsmith_finn_bridge.preflight.fates import Fates
from brainsmith_finn_bridge.preflight.source import StepSource
from brainsmith_finn_bridge.step_order import finn_step

_CONVERT = "step_convert_to_hw"
_PARTITION = "step_create_dataflow_partition"
_SPECIALIZE = "step_specialize_layers"
_ESTIMATE = "step_generate_estimate_reports"
_FOLD = "step_apply_folding_config"
_PARALLELIZE = "step_target_fps_parallelization"
#: FINN's default of max_multithreshold_bit_width.
_WIDEST = 8
#: Steps before the inference of hardware whose effect on a node's fate is taken into account.
_KNOWN_STEPS = {"step_qonnx_to_finn", "step_tidy_up", "step_streamline"}
#: Transforms of QONNX that leave every node what it is.
_NEUTRAL = {
    "GiveRandomTensorNames", "GiveReadableTensorNames", "GiveUniqueNodeNames", "GiveUniqueParameterTensors",
    "InferDataLayouts", "InferDataTypes", "InferShapes", "RemoveStaticGraphInputs", "RemoveUnusedTensors",
    "SortGraph",
}  # fmt: skip
#: FINN's steps after the inference of hardware that make no node of a back end.
_PASSIVE = {
    _CONVERT, _PARTITION, _PARALLELIZE, _ESTIMATE, _FOLD, "step_minimize_bit_width",
    "step_minimize_bit_width_initial", "step_minimize_bit_width_datatype_only",
}  # fmt: skip
#: Operators of which FINN makes several nodes, some of which may become hardware: scales, biases, transposes.
_MAKE_OTHERS = {"Quant", "BipolarQuant", "BinaryQuant", "Trunc", "Conv", "ConvTranspose", "Gemm"}
_SPECIALISED = ("finn.custom_op.fpgadataflow.hls", "finn.custom_op.fpgadataflow.rtl")


def look(model: Any, plan: Plan, installation: Installation) -> Preflight:
    """What becomes of the model's nodes by the plan, and every reason for which it cannot be built."""
    flow = Dataflow(model)
    names = [finn_step(step) for step in plan.steps]
    faults = [
        *_missing_steps(flow, plan, names),
        *_missing_target(plan, names),
        *_folding_faults(plan, names),
    ]
    if _CONVERT not in names:
        return Preflight(faults=faults)
    before = plan.steps[: names.index(_CONVERT)]
    foreign = [step for step in before if not _is_known(step)]
    settings = plan.framework_config.get("finn", {})
    converts = "step_qonnx_to_finn" in names[: len(before)]
    widest = settings.get("max_multithreshold_bit_width", _WIDEST)
    fates = Fates(flow, StepSource(installation), converts=converts, widest=widest)
    outlooks = [_outlook(flow, fates, index, foreign, plan.kernels) for index in range(len(flow.nodes))]
    if _PARTITION in names[len(before) :]:
        faults += _partition_faults(flow, fates, outlooks)
    return Preflight(outlooks, faults)


def _is_known(step: PlannedStep) -> bool:
    if finn_step(step) in _KNOWN_STEPS:
        return True
    record = step.record
    return record is not None and record.source == "qonnx" and record.name in _NEUTRAL


def _outlook(
    flow: Dataflow, fates: Fates, index: int, foreign: Sequence[PlannedStep], kernels: Sequence[PlannedKernel]
) -> NodeOutlook:
    fate, kernel, reason = fates.of(index)
    if foreign and fate in ("hardware", "host") and not flow.nodes[index].domain.startswith("finn."):
        others = ", ".join(dict.fromkeys(step.name for step in foreign))
        fate, kernel, reason = "open", "", f"depends on what {others} makes of it"
    chosen = next((each for each in kernels if each.is_chosen and each.record.name == kernel), None)
    backends = tuple(backend.name for backend in chosen.backends) if chosen else ()
    return NodeOutlook(flow.name(index), flow.nodes[index].op_type, fate, kernel, backends, reason)


def _partition_faults(
    flow: Dataflow, fates: Fates, outlooks: Sequence[NodeOutlook]
) -> Iterator[PreflightFault]:
    host = {index for index, outlook in enumerate(outlooks) if outlook.fate == "host"}
    hardware = {index for index, outlook in enumerate(outlooks) if outlook.fate == "hardware"}
    if flow.dynamic and flow.dynamic <= host and not _MAKE_OTHERS & {node.op_type for node in flow.nodes}:
        yield PreflightFault(
            "no node of the model becomes hardware:\n  " + "\n  ".join(_lines(flow, outlooks, sorted(host))),
            "quantise the model, or replace these nodes",
            tuple(map(flow.name, sorted(host))),
        )
        return
    between = sorted(_between(flow, fates, host, hardware))
    if between:
        yield PreflightFault(
            "no single dataflow partition can be cut out, because these nodes stay on the host and lie "
            "between nodes that become hardware:\n  " + "\n  ".join(_lines(flow, outlooks, between)),
            "replace these nodes, or cut the model there; at the edge of the graph they may stay on the host",
            tuple(map(flow.name, between)),
        )


def _between(flow: Dataflow, fates: Fates, host: Collection[int], hardware: Collection[int]) -> set[int]:
    if not host:
        return set()
    moving = {index for index in range(len(flow.nodes)) if index not in host and fates.moves(index)}
    with_index = any(node.op_type == "TopK" for node in flow.nodes)
    # A scale before TopK is left out, for it does not change which is the largest.
    leading = flow.leading_to({*hardware, *(() if with_index else moving)})
    behind, behind_moving = flow.reached_from(hardware), flow.reached_from(moving)
    return {
        index
        for index in host
        if index in leading and (index in behind or (index in behind_moving and fates.is_immovable(index)))
    }


def _lines(flow: Dataflow, outlooks: Sequence[NodeOutlook], indices: Sequence[int]) -> Iterator[str]:
    for index in indices:
        yield f"  {flow.name(index)} ({outlooks[index].op_type}): {outlooks[index].reason}"


def _missing_steps(flow: Dataflow, plan: Plan, names: Sequence[str]) -> Iterator[PreflightFault]:
    """Steps that need nodes which neither the model has nor any step before makes."""
    domains = {node.domain for node in flow.nodes}
    has_hardware = any(domain.startswith("finn.custom_op.fpgadataflow") for domain in domains)
    needs: dict[str, tuple[str, bool]] = {
        _PARTITION: (_CONVERT, has_hardware),
        _SPECIALIZE: (_CONVERT, has_hardware),
    }
    settings = plan.framework_config.get("finn", {})
    if settings.get("target_fps"):
        needs[_PARALLELIZE] = (_SPECIALIZE, bool(domains & set(_SPECIALISED)))
    if "estimate_reports" in map(str.lower, map(str, settings.get("generate_outputs") or ())):
        needs[_ESTIMATE] = (_SPECIALIZE, bool(domains & set(_SPECIALISED)))
    for index, name in enumerate(names):
        needed, is_there = needs.get(name, ("", True))
        before = plan.steps[:index]
        if is_there or needed in names[:index] or not all(map(_makes_no_hardware, before)):
            continue
        yield PreflightFault(
            f"step {index + 1} {name!r} needs {needed} before it, and neither is that among the steps before "
            f"it nor has the model what it makes",
            f"add finn:{needed.removeprefix('step_')} before step {index + 1}",
        )


def _missing_target(plan: Plan, names: Sequence[str]) -> Iterator[PreflightFault]:
    settings = plan.framework_config.get("finn", {})
    given = (plan.target.board, plan.target.part, settings.get("board"), settings.get("fpga_part"))
    if _SPECIALIZE in names and not any(given):
        yield PreflightFault(
            f"step {names.index(_SPECIALIZE) + 1} {_SPECIALIZE!r} needs a part, and the blueprint names "
            "neither board nor part",
            "give 'board' or 'part' in the blueprint's target",
        )


def _folding_faults(plan: Plan, names: Sequence[str]) -> Iterator[PreflightFault]:
    """What is wrong with the folding file whatever becomes of the model."""
    file = plan.framework_config.get("finn", {}).get("folding_config_file")
    if _FOLD not in names or not file:
        return
    step = f"step {names.index(_FOLD) + 1} {_FOLD!r}"
    found = (Path(plan.blueprint).parent if plan.blueprint else Path()) / file
    if not found.is_file():
        remedy = "finn_config.folding_config_file is relative to the blueprint"
        yield PreflightFault(f"{step} needs the file {file}, and there is none", remedy)
        return
    for fault in read(found).faults:
        yield PreflightFault(f"{step} cannot use {file}: {fault}", REMEDY)


def _makes_no_hardware(step: PlannedStep) -> bool:
    if finn_step(step):
        return finn_step(step) in _KNOWN_STEPS | _PASSIVE
    return _is_known(step)
