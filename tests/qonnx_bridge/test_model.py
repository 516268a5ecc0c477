# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Models are described, prepared and run by QONNX, and never changed by that."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import ModelProto, TensorProto, helper, numpy_helper
from qonnx.core.modelwrapper import ModelWrapper

from brainsmith_core.errors import BuildError, ModelError
from brainsmith_qonnx_bridge.model import QONNXModels

MakeModel = Callable[..., ModelProto]
QONNX = "qonnx.custom_op.general"

models = QONNXModels()


def node(op_type: str, inputs: list[str], outputs: list[str], **words: Any) -> Any:
    return helper.make_node(op_type, inputs, outputs, **words)


@pytest.fixture
def linear(make_model: MakeModel) -> ModelWrapper:
    nodes = [node("MatMul", ["x", "w"], ["h"]), node("Relu", ["h"], ["r"]), node("Add", ["r", "b"], ["y"])]
    weights = np.array([[1, 0], [0, 1], [1, 1], [0, -1]], dtype=np.float32)
    return ModelWrapper(make_model(nodes, out=(1, 2), w=weights, b=np.array([1, 2], dtype=np.float32)))


@pytest.fixture
def quantised(make_model: MakeModel) -> ModelWrapper:
    quant = node(
        "Quant", ["x", "s", "z", "n"], ["y"], domain=QONNX, signed=1, narrow=0, rounding_mode="ROUND"
    )
    scalars = {name: np.array(value, dtype=np.float32) for name, value in {"s": 0.5, "z": 0, "n": 3}.items()}
    return ModelWrapper(make_model([quant], **scalars))


def test_a_saved_model_is_loaded_again(linear: ModelWrapper, tmp_path: Path) -> None:
    models.save(linear, tmp_path / "model.onnx")

    loaded = models.load(tmp_path / "model.onnx")

    assert models.is_model(loaded)
    assert loaded.graph.node == linear.graph.node


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_text("no model")

    with pytest.raises(ModelError, match="is not an ONNX model"):
        models.load(tmp_path / "model.onnx")


def test_a_model_that_qonnx_refuses_is_refused(linear: ModelWrapper, tmp_path: Path) -> None:
    linear.graph.value_info.append(helper.make_tensor_value_info("h", TensorProto.FLOAT, (1, 2)))
    linear.graph.value_info.append(helper.make_tensor_value_info("h", TensorProto.FLOAT, (1, 2)))
    (tmp_path / "model.onnx").write_bytes(linear.model.SerializeToString())

    with pytest.raises(ModelError, match="is an ONNX model that QONNX refuses: AssertionError"):
        models.load(tmp_path / "model.onnx")


def test_only_a_wrapper_is_a_model(linear: ModelWrapper) -> None:
    assert models.is_model(linear)
    assert not models.is_model(linear.model)
    assert not models.is_model((linear, True))


def test_inputs_leave_initializers_out(linear: ModelWrapper) -> None:
    linear.graph.input.append(helper.make_tensor_value_info("w", TensorProto.FLOAT, (4, 2)))

    assert [(t.name, t.shape, t.datatype) for t in models.inputs(linear)] == [("x", (1, 4), "FLOAT32")]
    assert [(t.name, t.shape, t.datatype) for t in models.outputs(linear)] == [("y", (1, 2), "FLOAT32")]


@pytest.mark.parametrize(
    ("element", "datatype", "expected"),
    [
        (TensorProto.FLOAT, "BIPOLAR", "BIPOLAR"),
        (TensorProto.FLOAT, "", "FLOAT32"),
        (TensorProto.FLOAT16, "", "FLOAT16"),
        (TensorProto.UINT8, "", "UINT8"),
        (TensorProto.INT64, "INT4", "INT4"),
        (TensorProto.DOUBLE, "", "FLOAT64"),
    ],
)
def test_a_datatype_is_the_annotation_or_else_the_element_type(
    make_model: MakeModel, element: int, datatype: str, expected: str
) -> None:
    model = ModelWrapper(make_model([node("Identity", ["x"], ["y"])], element=element, datatype=datatype))

    assert models.inputs(model)[0].datatype == expected


def test_nodes_and_their_counts_are_told(quantised: ModelWrapper, linear: ModelWrapper) -> None:
    linear.graph.node.append(node("Relu", ["y"], ["z"], name="last"))

    assert models.op_counts(linear) == {"Add": 1, "MatMul": 1, "Relu": 2}
    assert list(models.op_counts(linear)) == ["Add", "MatMul", "Relu"]
    assert [(n.op_type, n.domain) for n in models.nodes(quantised)] == [("Quant", QONNX)]
    assert models.nodes(linear)[-1].name == "last"


def test_a_model_computes_what_it_should(linear: ModelWrapper) -> None:
    outputs = models.execute(models.prepare(linear), {"x": np.array([[1, -2, 3, 4]], dtype=np.float32)})

    assert {name: array.tolist() for name, array in outputs.items()} == {"y": [[5, 2]]}


def test_a_quantised_model_computes_what_it_should(quantised: ModelWrapper) -> None:
    values = np.array([[0.3, -9, 9, 1.1]], dtype=np.float32)

    assert models.execute(models.prepare(quantised), {"x": values})["y"].tolist() == [[0.5, -2, 1.5, 1]]


def test_preparing_and_executing_leave_the_model_as_it_was(
    linear: ModelWrapper, quantised: ModelWrapper, make_model: MakeModel
) -> None:
    open_batch = ModelWrapper(make_model([node("Relu", ["x"], ["y"])], shape=("N", 4)))
    for model in (linear, quantised, open_batch):
        before = model.model.SerializeToString(deterministic=True)
        prepared = models.prepare(model)
        models.execute(prepared, models.random_inputs(prepared, 0))

        assert model.model.SerializeToString(deterministic=True) == before


def test_a_prepared_model_has_shapes_datatypes_and_node_names(
    quantised: ModelWrapper, linear: ModelWrapper
) -> None:
    next(tensor for tensor in quantised.graph.initializer if tensor.name == "s").CopyFrom(
        numpy_helper.from_array(np.array(1, dtype=np.float32), "s")
    )
    assert models.outputs(models.prepare(quantised))[0].datatype == "INT3"
    prepared = models.prepare(linear)
    assert prepared.get_tensor_shape("h") == [1, 2]
    assert [n.name for n in models.nodes(prepared)] == ["MatMul_0", "Relu_0", "Add_0"]


def test_an_open_batch_dimension_becomes_one(make_model: MakeModel) -> None:
    nodes = [node("MatMul", ["x", "w"], ["h"]), node("Relu", ["h"], ["y"])]
    model = ModelWrapper(make_model(nodes, shape=("N", 4), out=("N", 2), w=np.ones((4, 2), dtype=np.float32)))
    assert models.inputs(model)[0].shape == (None, 4)

    prepared = models.prepare(model)
    outputs = models.execute(prepared, models.random_inputs(model, 0))

    assert models.outputs(prepared)[0].shape == (1, 2)
    assert outputs["y"].shape == (1, 2)


def test_shapes_that_nodes_compute_are_inferred(make_model: MakeModel) -> None:
    nodes = [
        node("Shape", ["x"], ["shape"]),
        node("Gather", ["shape", "zero"], ["batch"]),
        node("Unsqueeze", ["batch", "axes"], ["batches"]),
        node("Concat", ["batches", "rest"], ["target"], axis=0),
        node("Reshape", ["x", "target"], ["y"]),
    ]
    tensors = {"zero": np.array(0), "axes": np.array([0]), "rest": np.array([-1])}
    model = ModelWrapper(make_model(nodes, shape=("N", 2, 3), out=("N", "M"), **tensors))

    prepared = models.prepare(model)

    assert models.execute(prepared, models.random_inputs(prepared, 0))["y"].shape == (1, 6)


def test_an_optional_input_that_is_left_out_is_no_obstacle(make_model: MakeModel) -> None:
    model = ModelWrapper(
        make_model([node("Clip", ["x", "", "top"], ["y"])], top=np.array(1, dtype=np.float32))
    )

    outputs = models.execute(models.prepare(model), {"x": np.array([[-5, 0, 1, 5]], dtype=np.float32)})

    assert outputs["y"].tolist() == [[-5, 0, 1, 1]]


def test_random_inputs_depend_on_the_seed_alone(make_model: MakeModel) -> None:
    model = ModelWrapper(make_model([node("Identity", ["x"], ["y"])], datatype="BIPOLAR", shape=(8, 8)))
    first, again, other = (models.random_inputs(model, seed)["x"] for seed in (1, 1, 2))

    assert set(first.flat) == {-1, 1}
    assert first.dtype == np.float32
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize(
    ("inputs", "fact"),
    [
        ({}, "no value is given for input 'x'"),
        ({"x": np.zeros((1, 4)), "v": np.zeros(1)}, "the model has no input 'v'"),
        ({"x": np.zeros((2, 4))}, "input 'x' has shape [2, 4], not [1, 4]"),
    ],
)
def test_wrong_inputs_are_refused(linear: ModelWrapper, inputs: dict[str, Any], fact: str) -> None:
    with pytest.raises(ModelError) as caught:
        models.execute(models.prepare(linear), inputs)

    assert caught.value.fact == fact
    assert caught.value.remedy == "the model's inputs are x [1, 4]"


def test_a_node_that_cannot_be_executed_is_named(make_model: MakeModel) -> None:
    nodes = [
        node("Identity", ["x"], ["h"], name="fine"),
        node("Gather", ["x", "i"], ["y"], name="look_up", axis=1),
    ]
    model = ModelWrapper(make_model(nodes, out=(1, 1), i=np.array([7])))

    with pytest.raises(BuildError) as caught:
        models.execute(models.prepare(model), {"x": np.zeros((1, 4), dtype=np.float32)})

    assert caught.value.fact.startswith("node 'Gather_0' (Gather) cannot be executed: ")


def test_an_operator_that_nothing_knows_is_named(make_model: MakeModel) -> None:
    model = ModelWrapper(make_model([node("Unheard", ["x"], ["y"], domain="acme.ops", name="u")]))

    with pytest.raises(BuildError) as caught:
        models.prepare(model)

    assert caught.value.fact.startswith("shapes and datatypes of the model cannot be inferred: ")
    assert "Unheard" in caught.value.fact
    assert caught.value.remedy == "is the pack that has its operators installed?"


def test_a_shape_that_depends_on_the_data_is_named(make_model: MakeModel) -> None:
    nodes = [node("NonZero", ["x"], ["found"]), node("Cast", ["found"], ["y"], to=TensorProto.FLOAT)]
    model = ModelWrapper(make_model(nodes, out=("a", "b")))

    with pytest.raises(BuildError, match="the shape of tensor 'found' cannot be inferred"):
        models.prepare(model)
