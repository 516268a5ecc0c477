# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The steps that a plan with FINN's steps gets for kernels of other packs."""

from __future__ import annotations

import pytest

from brainsmith_core.blueprint.plan import PlannedKernel, PlannedStep
from brainsmith_core.records import BackendRecord, KernelRecord, StepRecord, TransformRecord
from brainsmith_finn_bridge.kernels.plan import steps, steps_to_add

FLOW = ["step_qonnx_to_finn", "step_streamline", "step_convert_to_hw", "step_create_dataflow_partition"]


def step(name, source="finn", stage=""):
    record = StepRecord(name=name, target="a:b", stage=stage)
    return PlannedStep(name, "steps", record.stamped(source=source, distribution="", distribution_version=""))


def kernel(source="acme", backends=("rtl",), inferred=True):
    stamps = {"source": source, "distribution": "", "distribution_version": ""}
    return PlannedKernel(
        KernelRecord(name="Softmax", target="a:b").stamped(**stamps),
        tuple(BackendRecord(name=each, target="a:b", language=each) for each in backends),
        inference=(TransformRecord(name="InferSoftmax", target="a:b"),) if inferred else (),
    )


def added(names, kernels):
    planned = [step(name) if isinstance(name, str) else name for name in names]
    return [(each.index, each.reference) for each in steps_to_add(planned, kernels)]


def test_kernels_are_inferred_first_and_handed_over_before_FINN_looks_for_hardware():
    cleanup = step("cleanup", source="brainsmith")
    assert added([cleanup, *FLOW], [kernel()]) == [(1, "finn:infer_kernels"), (3, "finn:hand_over_kernels")]


def test_another_pack_s_conversion_to_FINN_s_dialect_comes_after_the_inference():
    flow = [step("cleanup", source="brainsmith"), step("qonnx_to_finn", source="brainsmith"), *FLOW[1:]]
    assert added(flow, [kernel()])[0] == (1, "finn:infer_kernels")


def test_the_reason_names_the_kernels():
    (infer, hand_over) = steps_to_add([step(name) for name in FLOW], [kernel()])
    assert infer.reason == "added to infer acme:Softmax"
    assert hand_over.reason == "added to give FINN acme:Softmax"


def test_another_pack_s_inference_is_enough():
    inference = step("hardware_inference", source="brainsmith", stage="hardware_inference")
    assert added([inference, *FLOW], [kernel()]) == [(3, "finn:hand_over_kernels")]


def test_FINN_s_own_inference_knows_only_FINN_s_kernels():
    flow = [step("step_convert_to_hw", stage="hardware_inference")]
    assert added(flow, [kernel()]) == [(0, "finn:infer_kernels"), (0, "finn:hand_over_kernels")]


def test_kernels_that_nothing_infers_are_handed_over_all_the_same():
    assert added(FLOW, [kernel(inferred=False)]) == [(2, "finn:hand_over_kernels")]


def test_steps_that_the_blueprint_lists_are_not_added_again():
    flow = [step(each.name, stage=each.stage) for each in steps()]
    assert added([*flow, *FLOW], [kernel()]) == []


@pytest.mark.parametrize(
    ("names", "kernels"),
    [
        (FLOW, []),
        (FLOW, [kernel(source="finn")]),
        (FLOW, [kernel(backends=())]),
        (FLOW[:2], [kernel()]),
        ([step("step_convert_to_hw", source="acme")], [kernel()]),
    ],
    ids=["no kernel", "FINN's kernel", "no back end", "no hardware", "another pack's step"],
)
def test_nothing_is_added_where_FINN_takes_no_kernels(names, kernels):
    assert added(names, kernels) == []
