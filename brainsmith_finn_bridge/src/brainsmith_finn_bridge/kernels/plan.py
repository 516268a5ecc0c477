# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What a plan with FINN's steps needs for kernels of other packs: the bridge's own two steps, and where."""

from __future__ import annotations

from brainsmith_core.frameworks import StepToAdd
from brainsmith_core.records import StepRecord

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from brainsmith_core.blueprint.plan import PlannedKernel, PlannedStep

INFER = "infer_kernels"
HAND_OVER = "hand_over_kernels"
_SOURCE = "finn"
_CONVERSION = "qonnx_to_finn"
_INFERENCE_STAGE = "hardware_inference"
_STEPS = "brainsmith_finn_bridge.kernels.steps"
#: FINN's steps that want its own operators in the graph, in the order of its flow.
_TAKING = ("step_convert_to_hw", "step_create_dataflow_partition", "step_specialize_layers")


def steps() -> list[StepRecord]:
    """The records of the bridge's steps."""
    return [
        StepRecord(
            name=INFER,
            target=f"{_STEPS}:{INFER}",
            stage=_INFERENCE_STAGE,
            description="Make nodes of the blueprint's kernels that other packs than FINN's have.",
            author="The Brainsmith authors",
        ),
        StepRecord(
            name=HAND_OVER,
            target=f"{_STEPS}:{HAND_OVER}",
            stage="kernels",
            description="Make nodes of other packs' kernels nodes of FINN's.",
            author="The Brainsmith authors",
        ),
    ]


def steps_to_add(steps: Sequence[PlannedStep], kernels: Sequence[PlannedKernel]) -> list[StepToAdd]:
    """The two steps, where the plan has kernels of other packs with back ends and lacks them.

    ``infer_kernels`` stands before the first thing of FINN's, while the model still has QONNX's quantisers,
    unless another pack's step does hardware inference; ``hand_over_kernels`` before FINN looks for hardware.
    """
    converting = [index for index, step in enumerate(steps) if _converts(step)]
    foreign = [kernel for kernel in kernels if kernel.record.source != _SOURCE and kernel.backends]
    ours = [index for index, step in enumerate(steps) if _source(step) == _SOURCE]
    taking = [index for index in ours if steps[index].record and _name(steps[index]) in _TAKING]
    present = {_name(step) for step in steps if _source(step) == _SOURCE}
    if not foreign or not taking:
        return []
    names = ", ".join(dict.fromkeys(kernel.record.qualified_name for kernel in foreign))
    added = []
    # FINN's own step of that stage knows only FINN's kernels.
    inferred = any(_infers(step) and (_source(step) != _SOURCE or _name(step) == INFER) for step in steps)
    if not inferred and any(kernel.inference for kernel in foreign):
        added.append(StepToAdd(converting[0], f"{_SOURCE}:{INFER}", f"added to infer {names}"))
    if HAND_OVER not in present:
        added.append(StepToAdd(taking[0], f"{_SOURCE}:{HAND_OVER}", f"added to give FINN {names}"))
    return added


def _infers(step: PlannedStep) -> bool:
    return step.record is not None and step.record.stage == _INFERENCE_STAGE


def _converts(step: PlannedStep) -> bool:
    """Whether it is FINN's, of whatever type, or another pack's step that makes FINN's dialect of QONNX's."""
    return step.record is not None and (step.record.source == _SOURCE or step.name == _CONVERSION)


def _source(step: PlannedStep) -> str:
    return step.record.source if step.record is not None and step.record.type == "step" else ""


def _name(step: PlannedStep) -> str:
    return step.record.name if step.record is not None else ""
