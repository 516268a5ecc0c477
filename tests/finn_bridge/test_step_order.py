# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Steps in an order that cannot work are told before anything runs; every order that works is let through."""

from __future__ import annotations

import pytest

from brainsmith_core.blueprint.plan import PlannedKernel, PlannedStep
from brainsmith_core.records import BackendRecord, KernelRecord, StepRecord
from brainsmith_finn_bridge.step_order import backend_faults, finn_step, order_faults

ESTIMATES = [
    "qonnx_to_finn",
    "tidy_up",
    "streamline",
    "convert_to_hw",
    "create_dataflow_partition",
    "specialize_layers",
    "target_fps_parallelization",
    "apply_folding_config",
    "minimize_bit_width",
    "generate_estimate_reports",
    "hw_codegen",
]


def step(name, source="finn"):
    record = StepRecord(name=name, target=f"finn.builder.build_dataflow_steps:{name}").stamped(
        source=source, distribution="bridge", distribution_version="1"
    )
    return PlannedStep(name, "steps", record=record)


def faults(*names):
    return [(fault.subject.name, fault.fact) for fault in order_faults([step(f"step_{n}") for n in names])]


def moved(name, before):
    """The estimate flow with one step moved to before another."""
    steps = [each for each in ESTIMATES if each != name]
    steps.insert(steps.index(before), name)
    return steps


def test_FINN_s_own_order_has_no_fault():
    assert faults(*ESTIMATES) == []


@pytest.mark.parametrize(
    ("name", "before", "needed"),
    [
        ("streamline", "qonnx_to_finn", "step_qonnx_to_finn"),
        ("convert_to_hw", "streamline", "step_streamline"),
        ("create_dataflow_partition", "convert_to_hw", "step_convert_to_hw"),
        ("target_fps_parallelization", "specialize_layers", "step_specialize_layers"),
        ("generate_estimate_reports", "specialize_layers", "step_specialize_layers"),
        ("hw_codegen", "minimize_bit_width", "step_minimize_bit_width"),
    ],
)
def test_a_step_that_comes_before_what_it_needs_is_told_with_it(name, before, needed):
    found = faults(*moved(name, before))
    assert any(step_ == f"step_{name}" and f"needs {needed} before it" in fact for step_, fact in found)


@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("tidy_up", "qonnx_to_finn"),
        ("specialize_layers", "create_dataflow_partition"),
        ("apply_folding_config", "specialize_layers"),
        ("minimize_bit_width", "create_dataflow_partition"),
        ("generate_estimate_reports", "target_fps_parallelization"),
    ],
)
def test_an_order_that_FINN_carries_through_has_no_fault(name, before):
    assert faults(*moved(name, before)) == []


@pytest.mark.parametrize("name", ESTIMATES)
def test_only_the_partition_cannot_be_cut_out_twice(name):
    found = faults(*ESTIMATES, name)
    assert bool(found) == (name == "create_dataflow_partition")


def test_a_step_that_is_left_out_is_no_fault():
    assert faults("specialize_layers", "generate_estimate_reports") == []


def test_steps_of_others_are_not_FINN_s():
    assert finn_step(step("step_streamline", source="acme")) == ""
    assert finn_step(PlannedStep("mine", "steps", function=lambda model, cfg: model)) == ""


def test_a_kernel_of_which_no_wanted_back_end_exists_is_a_fault_with_those_there_are():
    kernel = KernelRecord(name="MVAU", target="finn.x:MVAU").stamped(
        source="finn", distribution="bridge", distribution_version="1"
    )
    backend = BackendRecord(name="MVAU_hls", target="finn.x:MVAU_hls", kernel="MVAU", language="hls")
    wanted = PlannedKernel(kernel, missing_backends=("aie",), is_chosen=True, offered=(backend,))
    (fault,) = backend_faults([step("step_specialize_layers")], [wanted])
    assert (fault.fact, fault.remedy) == ("finn:MVAU has no back end aie", "there are MVAU_hls (hls)")
    assert list(backend_faults([step("step_tidy_up")], [wanted])) == []
    some = PlannedKernel(kernel, backends=(backend,), missing_backends=("aie",), is_chosen=True)
    assert list(backend_faults([step("step_specialize_layers")], [some])) == []
    none = PlannedKernel(kernel, is_chosen=True, offered=(backend,))
    (fault,) = backend_faults([step("step_specialize_layers")], [none])
    assert (fault.fact, fault.remedy) == ("finn:MVAU is given no back end", "there are MVAU_hls (hls)")
