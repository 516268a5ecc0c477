# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The step ``hardware_inference``."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from qonnx.core.datatype import DataType

from brainsmith_core.blueprint.plan import PlannedKernel
from brainsmith_core.build.log import NOTES
from brainsmith_kernels import plugins
from brainsmith_kernels.steps.hardware_inference import hardware_inference

KERNELS = {record.name: record for record in plugins.kernels()}
TRANSFORMS = {record.name: record for record in plugins.transforms()}


@pytest.fixture
def block(make_model, quantise):
    """Each kernel's operator between quantisers, and one of them once more without."""
    scales = {"s": 1 / 8, "t": 1 / 128, "zero": 0.0, "eight": 8.0}
    return make_model(
        "float[2,8] x",
        "float[2,4] y, float[2,4] z",
        f"""
        a = {quantise("x", "s")} b = LayerNormalization(a, g) c = {quantise("b", "s")}
        d = MatMul(c, w) e = {quantise("d", "s")} f = Gelu(e) h = {quantise("f", "s")}
        i = Tanh(h) j = {quantise("i", "s")} k = Softmax(j) y = {quantise("k", "t", signed=0)}
        z = Softmax(d)
        """,
        opset=20,
        infer=False,
        g=np.full(8, 2.0),
        w=np.random.default_rng(8).standard_normal((8, 4)),
        **scales,
    )


INTEGER = {"kernel.IntLayerNorm": 1, "kernel.IntSoftmax": 1, "kernel.LutActivation": 2, "kernel.MatMul": 1}


def planned(*names):
    return [PlannedKernel(record=KERNELS[name], inference=(TRANSFORMS[f"Infer{name}"],)) for name in names]


def kernels(counts):
    return {name: count for name, count in counts.items() if name.startswith("kernel.")}


@pytest.mark.parametrize(
    "cfg",
    [None, SimpleNamespace(), SimpleNamespace(kernels=()), SimpleNamespace(kernels=None)],
    ids=["nothing", "another framework's", "empty", "none"],
)
def test_without_kernels_to_choose_from_all_are_inferred(cfg, block, op_counts):
    assert kernels(op_counts(hardware_inference(block, cfg))) == INTEGER


def test_only_the_kernels_of_the_build_are_inferred(block, op_counts):
    cfg = SimpleNamespace(kernels=planned("Softmax", "MatMul"))
    counts = op_counts(hardware_inference(block, cfg))
    assert kernels(counts) == {"kernel.IntSoftmax": 1, "kernel.MatMul": 1}
    assert (counts["LayerNormalization"], counts["Gelu"], counts["Tanh"]) == (1, 1, 1)


def test_what_stays_is_told_with_its_reason(block, caplog):
    names = (node for node in block.graph.node if node.output[0] == "z")
    next(names).name = "last"
    with caplog.at_level("INFO", logger="brainsmith.build"):
        hardware_inference(block, None)
    assert "InferSoftmax leaves last as it is: its input 'd' is not quantised" in caplog.messages


def test_each_kernel_of_the_build_that_replaces_nothing_is_noted(make_model, caplog):
    model = make_model("float[8] x", "float[4] y", "m = MatMul(x, w) y = Softmax(m)", w=np.ones((8, 4)))
    hardware_inference(model, SimpleNamespace(kernels=planned("Softmax", "MatMul")))
    assert [record.message for record in caplog.records if record.name == NOTES] == [
        f":{name}: :Infer{name} found nothing in the model to replace" for name in ("Softmax", "MatMul")
    ]


def test_a_kernel_that_replaces_something_and_one_that_nobody_chose_are_not_noted(block, make_model, caplog):
    hardware_inference(block, SimpleNamespace(kernels=planned("Softmax", "MatMul")))
    hardware_inference(make_model("float[2] x", "float[2] y", "y = Relu(x)"), None)
    assert NOTES not in {record.name for record in caplog.records}


def test_a_kernel_that_nothing_infers_changes_nothing(block, op_counts):
    cfg = SimpleNamespace(kernels=[PlannedKernel(record=KERNELS["Gelu"])])
    assert op_counts(hardware_inference(block, cfg)) == op_counts(block)


def test_the_values_stay(block, run, rng):
    x = rng.standard_normal((2, 8)).astype(np.float32)
    found = run(hardware_inference(block, None), x=x)
    for ours, expected in zip(found, run(block, x=x), strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-5, atol=1e-6)


def test_shapes_and_datatypes_are_known_afterwards(block):
    model = hardware_inference(block, None)
    assert model.check_all_tensor_shapes_specified()
    assert model.get_tensor_datatype("y") == DataType["FLOAT32"]
    last = next(node for node in model.graph.node if node.op_type == "IntSoftmax")
    assert model.get_tensor_datatype(last.output[0]) == DataType["UINT8"]


def test_integer_operands_are_found_without_having_been_annotated(make_model):
    model = make_model(
        "float[2,8] x", "float[2,4] y", "s = Sign(x) y = MatMul(s, w)", infer=False, w=np.ones((8, 4))
    )
    model.set_tensor_datatype("w", DataType["BIPOLAR"])
    inferred = hardware_inference(model, None)
    assert inferred.get_tensor_datatype("y") == DataType["INT5"]


def test_the_model_that_was_given_stays_as_it_is(block):
    before = block.model.SerializeToString(deterministic=True)
    hardware_inference(block, None)
    assert block.model.SerializeToString(deterministic=True) == before
