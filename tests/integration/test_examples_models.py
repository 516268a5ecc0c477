# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The example models: what their READMEs say of them is so."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx
from sklearn.datasets import load_digits

from brainsmith_kernels.steps.cleanup import cleanup
from brainsmith_kernels.steps.hardware_inference import hardware_inference

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NAMES = ("digits", "digits_transformer")
TOLERANCE = 1e-4
NONLINEAR = ("LayerNormalization", "Softmax", "Erf")

pytestmark = pytest.mark.parametrize("name", NAMES)


def load_model(name: str) -> ModelWrapper:
    return ModelWrapper(str(EXAMPLES / name / "model.onnx"))


def load_vectors(name: str) -> dict[str, np.ndarray[Any, Any]]:
    with np.load(EXAMPLES / name / "test_vectors.npz") as arrays:
        return {key: arrays[key] for key in arrays.files}


def load_accuracy(name: str) -> dict[str, Any]:
    accuracy: dict[str, Any] = json.loads((EXAMPLES / name / "accuracy.json").read_text(encoding="utf-8"))
    return accuracy


def execute(model: ModelWrapper, rows: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    first, last = model.graph.input[0].name, model.graph.output[0].name
    return np.concatenate([execute_onnx(model, {first: row[np.newaxis]})[last] for row in rows])


def test_the_executed_model_gives_the_expected_logits(name: str) -> None:
    vectors = load_vectors(name)
    rows = slice(None, None, 12)
    found = execute(load_model(name), vectors["inputs"][rows])
    np.testing.assert_allclose(found, vectors["outputs"][rows], rtol=0, atol=TOLERANCE)


@pytest.mark.slow
def test_the_executed_model_has_the_stated_accuracy_on_all_test_rows(name: str) -> None:
    vectors = load_vectors(name)
    found = execute(load_model(name), vectors["inputs"])
    np.testing.assert_allclose(found, vectors["outputs"], rtol=0, atol=TOLERANCE)
    np.testing.assert_array_equal(found.argmax(axis=1), vectors["outputs"].argmax(axis=1))
    stated = load_accuracy(name)
    assert len(found) == stated["rows"]
    assert round(float((found.argmax(axis=1) == vectors["labels"]).mean()), 4) == stated["accuracy"]


@pytest.mark.slow
def test_the_compiled_model_has_the_stated_accuracy_and_hardly_ever_another_logit(name: str) -> None:
    vectors = load_vectors(name)
    compiled = hardware_inference(cleanup(load_model(name), None), None)
    operators = {node.op_type for node in compiled.graph.node if node.domain == "finn_brainsmith"}
    kernels = {"digits": set(), "digits_transformer": {"IntLayerNorm", "IntSoftmax", "LutActivation"}}
    assert operators == {"MatMul"} | kernels[name]
    found = execute(compiled, vectors["inputs"])
    stated = load_accuracy(name)
    assert round(float((found.argmax(axis=1) == vectors["labels"]).mean()), 4) == stated["compiled_accuracy"]
    # A normalisation may lie so near a tie that float32 rounds it the other way.
    assert (np.abs(found - vectors["outputs"]).max(axis=1) > TOLERANCE).mean() < 0.05


def test_the_stated_accuracy_is_that_of_the_expected_logits_and_at_least_93_percent(name: str) -> None:
    vectors = load_vectors(name)
    fraction = float((vectors["outputs"].argmax(axis=1) == vectors["labels"]).mean())
    assert round(fraction, 4) == load_accuracy(name)["accuracy"] >= 0.93


def test_the_readmes_state_the_measured_accuracy(name: str) -> None:
    stated = load_accuracy(name)
    own = (EXAMPLES / name / "README.md").read_text(encoding="utf-8")
    row = next(line for line in own.splitlines() if line.startswith("| Accuracy"))
    percentages = [float(text) for text in re.findall(r"([\d.]+) %", row)]
    stages = ("float_accuracy", "accuracy", "compiled_accuracy")
    assert percentages == pytest.approx([100 * stated[stage] for stage in stages])
    index = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    row = next(line for line in index.splitlines() if f"]({name})" in line)
    assert f"{stated['accuracy']:.2%}".replace("%", " %") in row


def test_the_readme_counts_the_nodes(name: str) -> None:
    counts = Counter(node.op_type for node in load_model(name).graph.node)
    own = (EXAMPLES / name / "README.md").read_text(encoding="utf-8")
    row = next(line for line in own.splitlines() if line.startswith("| Nodes"))
    total, listed = re.fullmatch(r"\| Nodes \| (\d+): (.*) \|", row).groups()  # type: ignore[union-attr]
    assert int(total) == counts.total()
    assert {op: int(count) for count, op in re.findall(r"(\d+) (\w+)", listed)} == counts


def test_the_test_vectors_are_digits_that_each_occur_once(name: str) -> None:
    vectors = load_vectors(name)
    digits = load_digits()
    known: dict[bytes, int] = {
        image.astype(np.float32).tobytes(): int(label)
        for image, label in zip(digits.images, digits.target, strict=True)
    }
    rows = [row.tobytes() for row in vectors["inputs"]]
    assert [known[row] for row in rows] == vectors["labels"].tolist()
    assert len(set(rows)) == len(rows) == 360


def test_the_model_is_for_one_row_of_five_bit_pixels(name: str) -> None:
    model, vectors = load_model(name), load_vectors(name)
    (image,) = model.graph.input
    assert model.get_tensor_shape(image.name) == [1, *vectors["inputs"].shape[1:]]
    assert str(model.get_tensor_datatype(image.name)) == "UINT5"


def test_the_sample_is_the_first_test_row_in_the_shape_of_the_models_input(name: str) -> None:
    with np.load(EXAMPLES / name / "sample.npz") as arrays:
        assert arrays.files == ["image"]
        sample = arrays["image"]
    model = load_model(name)
    assert list(sample.shape) == model.get_tensor_shape(model.graph.input[0].name)
    np.testing.assert_array_equal(sample[0], load_vectors(name)["inputs"][0])


def test_every_scale_is_one_power_of_two_and_no_quantiser_has_a_zero_point(name: str) -> None:
    model = load_model(name)
    for node in model.graph.node:
        if node.op_type == "Quant":
            scale, zero_point = (model.get_initializer(tensor) for tensor in node.input[1:3])
            mantissa, _ = np.frexp(scale.item())
            assert (mantissa, zero_point.item()) == (0.5, 0), node.name


def test_the_model_is_valid_onnx_with_unique_node_names(name: str) -> None:
    path = EXAMPLES / name / "model.onnx"
    onnx.checker.check_model(onnx.load(path))
    names = [node.name for node in load_model(name).graph.node]
    assert all(names)
    assert len(set(names)) == len(names)


def test_nonlinear_operators_read_quantised_values(name: str) -> None:
    model = load_model(name)
    for node in model.graph.node:
        if node.op_type in NONLINEAR:
            producer = model.find_producer(node.input[0])
            while producer.op_type == "Div":
                producer = model.find_producer(producer.input[0])
            assert producer.op_type == "Quant", node.name
            assert ("Quant" in _readers(model, node)) == (node.op_type != "Erf")


def test_every_file_is_small_enough_to_be_committed(name: str) -> None:
    for path in (EXAMPLES / name).iterdir():
        assert not path.is_file() or path.stat().st_size < 500_000


def _readers(model: ModelWrapper, node: onnx.NodeProto) -> list[str]:
    return [reader.op_type for reader in model.find_consumers(node.output[0])]
