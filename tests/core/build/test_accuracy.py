# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""How many rows a model classifies right, counted on real executions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper, save

from brainsmith_core.build.accuracy import Accuracy, LabelledData, measure_accuracy
from brainsmith_core.errors import BrainsmithError, BuildError
from brainsmith_core.frameworks import ModelAccess


@pytest.fixture
def classifier(tmp_path: Path, models: ModelAccess) -> Callable[..., Any]:
    """A model whose scores are its inputs, with what follows them given as nodes."""

    def make(
        shape: list[int], *nodes: Any, output: tuple[list[int], int] | None = None, inputs: int = 1
    ) -> Any:
        constants = [numpy_helper.from_array(np.array([1], np.int64), "one")]
        out_shape, kind = output or (shape, TensorProto.FLOAT)
        names = ["x", "x2"][:inputs]
        graph = helper.make_graph(
            list(nodes) or [helper.make_node("Identity", ["x"], ["y"])],
            "classifier",
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in names],
            [helper.make_tensor_value_info("y", kind, out_shape)],
            constants,
        )
        path = tmp_path / "classifier.onnx"
        save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path)
        return models.load(path)

    return make


@pytest.fixture
def data(tmp_path: Path) -> LabelledData:
    """Five rows of three scores, of which four have their label's class."""
    rows = np.eye(3)[[0, 1, 2, 2, 1]]
    return labelled(tmp_path, rows, np.array([0, 1, 2, 2, 0]))


def labelled(folder: Path, inputs: Any, labels: Any) -> LabelledData:
    np.savez(folder / "data.npz", inputs=inputs, labels=labels)
    return LabelledData.read(folder / "data.npz")


def test_the_class_is_the_largest_score(models: ModelAccess, classifier: Any, data: LabelledData) -> None:
    assert measure_accuracy(models, classifier([1, 3]), data) == Accuracy(4, 5)


def test_a_batch_takes_several_rows_and_the_last_is_filled_up(
    models: ModelAccess, classifier: Any, data: LabelledData
) -> None:
    told: list[int] = []
    assert measure_accuracy(models, classifier([2, 3]), data, told.append) == Accuracy(4, 5)
    assert told == [2, 4, 5]


def test_rows_are_reshaped_to_the_input(models: ModelAccess, classifier: Any, data: LabelledData) -> None:
    assert measure_accuracy(models, classifier([1, 3, 1, 1]), data) == Accuracy(4, 5)


def test_an_input_without_a_batch_dimension_takes_one_row(
    models: ModelAccess, classifier: Any, data: LabelledData
) -> None:
    assert measure_accuracy(models, classifier([3]), data) == Accuracy(4, 5)


def test_a_class_index_is_taken_as_it_is(models: ModelAccess, classifier: Any, data: LabelledData) -> None:
    topk = helper.make_node("TopK", ["x", "one"], ["values", "y"])
    assert measure_accuracy(
        models, classifier([1, 3], topk, output=([1, 1], TensorProto.INT64)), data
    ) == Accuracy(4, 5)


def test_a_single_score_is_no_class(models: ModelAccess, classifier: Any, tmp_path: Path) -> None:
    one = labelled(tmp_path, np.array([[0.3], [0.7]]), np.array([0, 1]))
    with pytest.raises(
        BuildError, match=r"the first output has the shape \(1, 1\) and holds neither scores nor a class"
    ):
        measure_accuracy(models, classifier([1, 1]), one)


def test_an_output_that_is_not_rows_is_refused(
    models: ModelAccess, classifier: Any, data: LabelledData
) -> None:
    flatten = helper.make_node("ReduceSum", ["x"], ["y"], keepdims=0)
    with pytest.raises(BuildError, match=r"has the shape \(\), which is not 2 rows of scores"):
        measure_accuracy(models, classifier([2, 3], flatten, output=([], TensorProto.FLOAT)), data)


def test_rows_that_do_not_fit_are_refused_with_both_shapes(
    models: ModelAccess, classifier: Any, data: LabelledData
) -> None:
    with pytest.raises(BuildError) as caught:
        measure_accuracy(models, classifier([1, 4]), data)
    assert caught.value.fact == "has rows of the shape (3,), 3 values, but the model takes (1, 4)"
    assert caught.value.place == str(data.path)


def test_a_model_with_two_inputs_is_refused(models: ModelAccess, classifier: Any, data: LabelledData) -> None:
    add = helper.make_node("Add", ["x", "x2"], ["y"])
    with pytest.raises(BuildError, match="a model with one input; this one has 2"):
        measure_accuracy(models, classifier([1, 3], add, inputs=2), data)


def test_a_model_that_cannot_be_executed_says_so(
    models: ModelAccess, classifier: Any, data: LabelledData
) -> None:
    unknown = helper.make_node("NoSuchOp", ["x"], ["y"])
    with pytest.raises(BrainsmithError, match="NoSuchOp"):
        measure_accuracy(models, classifier([1, 3], unknown), data)


@pytest.mark.parametrize("method", ["prepare", "random_inputs", "execute"])
def test_a_framework_that_fails_without_explanation_is_explained(
    models: ModelAccess, classifier: Any, data: LabelledData, method: str
) -> None:
    def fail(*_arguments: Any) -> Any:
        raise AssertionError("graph is not sorted")

    fragile = type("Fragile", (type(models),), {method: fail})()
    with pytest.raises(BuildError, match="the model cannot be executed: AssertionError: graph is not sorted"):
        measure_accuracy(fragile, classifier([1, 3]), data)


@pytest.mark.parametrize(
    ("named", "fact"),
    [
        ({"images": np.ones((2, 3)), "labels": np.ones(2)}, "has no array 'inputs', only images, labels"),
        ({"inputs": np.ones((2, 3))}, "has no array 'labels', only inputs"),
        (
            {"inputs": np.ones((2, 3)), "labels": np.ones(3)},
            r"inputs of the shape \(2, 3\) and labels of the shape \(3,\)",
        ),
        ({"inputs": np.ones((2, 3)), "labels": np.ones((2, 1))}, r"labels of the shape \(2, 1\)"),
        ({"inputs": np.ones(()), "labels": np.ones(1)}, r"inputs of the shape \(\)"),
        ({"inputs": np.ones((0, 3)), "labels": np.ones(0)}, r"inputs of the shape \(0, 3\)"),
        (
            {"inputs": np.ones((1, 3)), "labels": np.array([0.5])},
            "'labels': has values that int64 cannot hold",
        ),
    ],
)
def test_data_that_has_no_row_for_each_label_is_refused(tmp_path: Path, named: Any, fact: str) -> None:
    np.savez(tmp_path / "data.npz", **named)
    with pytest.raises(BuildError, match=fact):
        LabelledData.read(tmp_path / "data.npz")


def test_an_accuracy_reads_as_percentage_and_count() -> None:
    assert str(Accuracy(1, 8)) == "12.50% (1 of 8)"
