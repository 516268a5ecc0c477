# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The order of FINN's steps: what each needs before it, by FINN's source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from brainsmith_core.blueprint.plan import PlannedKernel, PlannedStep
from brainsmith_core.frameworks import PlanFault

_SPECIALISED = "it reads nodes of a back end, which only step_specialize_layers makes"
#: By step, the steps that must not only come after it, and why.
_BEFORE: Mapping[str, Mapping[str, str]] = {
    "step_streamline": {
        "step_qonnx_to_finn": "it moves scales into thresholds, which step_qonnx_to_finn makes",
    },
    "step_convert_to_hw": {
        "step_qonnx_to_finn": "it knows thresholds, which step_qonnx_to_finn makes of quantisers",
        "step_streamline": "it needs integers at the inputs of layers, which step_streamline sees to",
    },
    "step_create_dataflow_partition": {
        "step_convert_to_hw": "it cuts out the hardware nodes, which step_convert_to_hw makes",
    },
    "step_specialize_layers": {
        "step_convert_to_hw": "it gives hardware nodes a back end, and step_convert_to_hw makes them",
    },
    "step_target_fps_parallelization": {"step_specialize_layers": _SPECIALISED},
    "step_generate_estimate_reports": {"step_specialize_layers": _SPECIALISED},
    "step_hw_codegen": {
        "step_specialize_layers": _SPECIALISED,
        "step_minimize_bit_width": "it writes whole thresholds, and step_minimize_bit_width rounds them",
    },
    "step_hw_ipgen": {
        "step_hw_codegen": "it synthesises the code that step_hw_codegen writes",
    },
    "step_create_stitched_ip": {
        "step_hw_ipgen": "it stitches the blocks that step_hw_ipgen makes",
    },
    "step_measure_rtlsim_performance": {
        "step_create_stitched_ip": "it simulates the design that step_create_stitched_ip makes",
    },
    "step_out_of_context_synthesis": {
        "step_create_stitched_ip": "it synthesises the design that step_create_stitched_ip makes",
    },
}
#: Steps that cannot be repeated, and why.
_ONCE = {
    "step_create_dataflow_partition": "the second would lose the nodes that stay on the host",
}


def finn_step(planned: PlannedStep) -> str:
    """The name of FINN's function behind a planned step; empty for anything else."""
    record = planned.record
    if record is None or record.source != "finn" or record.type != "step":
        return ""
    return record.target.rpartition(":")[2]


def order_faults(steps: Sequence[PlannedStep]) -> Iterator[PlanFault]:
    """Each step that comes before all of those that it needs, or again where it cannot be repeated.

    A step that is left out altogether is no fault: the model may be what it would have made.
    """
    names = [finn_step(step) for step in steps]
    for index, (planned, name) in enumerate(zip(steps, names, strict=True)):
        for needed, reason in _BEFORE.get(name, {}).items():
            if needed in names[index:] and needed not in names[:index]:
                yield PlanFault(
                    planned,
                    f"{name} needs {needed} before it, which is step {names.index(needed) + 1} and so comes "
                    f"after it: {reason}",
                    f"move {needed} before step {index + 1}",
                )
        if name in _ONCE and name in names[:index]:
            yield PlanFault(
                planned,
                f"{name} is step {names.index(name) + 1} already, and cannot be given twice: {_ONCE[name]}",
                f"remove step {index + 1}",
            )


def backend_faults(steps: Sequence[PlannedStep], kernels: Sequence[PlannedKernel]) -> Iterator[PlanFault]:
    """Each kernel that step_specialize_layers would have to give a back end that nobody has."""
    if "step_specialize_layers" not in map(finn_step, steps):
        return
    for kernel in kernels:
        if not kernel.is_chosen or kernel.backends or not (kernel.missing_backends or kernel.offered):
            continue
        name, missing = kernel.record.qualified_name, " or ".join(kernel.missing_backends)
        offered = [f"{each.name} ({each.language})" for each in kernel.offered]
        yield PlanFault(
            kernel,
            f"{name} has no back end {missing}" if missing else f"{name} is given no back end",
            f"there are {', '.join(offered)}" if offered else "no installed pack has a back end of it",
        )
