# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The bridge's own steps: which kernels are inferred, and what is said of those that are not."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from onnx import TensorProto, helper
from qonnx.core.modelwrapper import ModelWrapper

from brainsmith.plugin import get_plugin_manager
from brainsmith_core.blueprint.plan import PlannedKernel


@pytest.fixture
def model():
    node = helper.make_node("Softmax", ["x"], ["y"], name="Softmax_0", axis=-1)
    tensors = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [2, 8]) for name in "xy"]
    graph = helper.make_graph([node], "floats", tensors[:1], tensors[1:])
    return ModelWrapper(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8))


def planned(kernel):
    registry = get_plugin_manager().registry
    inference = registry.resolve("transform", f"brainsmith:Infer{kernel}").record
    return PlannedKernel(registry.resolve("kernel", f"brainsmith:{kernel}").record, inference=(inference,))


@pytest.mark.finn
def test_a_kernel_that_takes_no_operator_s_place_is_told_with_the_reason(model, caplog):
    from brainsmith_finn_bridge.kernels.steps import infer_kernels

    caplog.set_level("INFO", logger="brainsmith.build")
    infer_kernels(model, SimpleNamespace(kernels=[planned("Softmax")]))
    reason, warning = caplog.records
    assert reason.message.startswith("InferSoftmax leaves Softmax_0 as it is: ")
    assert warning.levelname == "WARNING"
    assert warning.message == (
        "brainsmith:Softmax: brainsmith:InferSoftmax found nothing in the model to replace"
    )
