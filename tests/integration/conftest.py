# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A small real QONNX model, and a blueprint that builds it with the real bridge and kernels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

BLUEPRINT = """\
hw_compiler:
  kernels: [matmul, softmax]
  transforms: [quantization, "~folding"]
  transforms_phased:
    pre_hw: [cleanup_transforms]
    post_hw: [optimization_transforms]
"""


def small_model() -> onnx.ModelProto:
    """A matrix product of quantised operands, a chain of constants, and Softmax between quantisers.

    The scale is no power of two, so sums of scaled numbers are not those of integers to the last bit.
    """
    rng = np.random.default_rng(0)
    constants = {
        "scale": np.float32(0.3),
        "share": np.float32(1 / 16),
        "zero": np.float32(0),
        "bits": np.float32(4),
        "weights": rng.integers(-7, 8, (6, 4)).astype(np.float32),
        "factor": np.float32(0.3),
        "again": np.float32(0.7),
        "offset": rng.normal(size=4).astype(np.float32),
    }
    quant = {"domain": "qonnx.custom_op.general", "signed": 1, "narrow": 0, "rounding_mode": "ROUND"}
    nodes = [
        helper.make_node("Quant", ["x", "scale", "zero", "bits"], ["xq"], **quant),
        helper.make_node("Quant", ["weights", "scale", "zero", "bits"], ["wq"], **quant),
        helper.make_node("MatMul", ["xq", "wq"], ["product"]),
        helper.make_node("Mul", ["product", "factor"], ["smaller"]),
        helper.make_node("Mul", ["smaller", "again"], ["scaled"]),
        helper.make_node("Add", ["scaled", "offset"], ["shifted"]),
        helper.make_node("Quant", ["shifted", "scale", "zero", "bits"], ["scores"], **quant),
        helper.make_node("Softmax", ["scores"], ["shares"], axis=-1),
        helper.make_node("Quant", ["shares", "share", "zero", "bits"], ["y"], **quant | {"signed": 0}),
    ]
    graph = helper.make_graph(
        nodes,
        "small",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 6])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 4]) for name in ("y", "shifted")],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("qonnx.custom_op.general", 1)]
    model = helper.make_model(graph, opset_imports=opsets)
    model.ir_version = 8
    return model


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.onnx"
    onnx.save(small_model(), path)
    return path


@pytest.fixture
def blueprint(tmp_path: Path) -> Path:
    path = tmp_path / "blueprint.yaml"
    path.write_text(BLUEPRINT, encoding="utf-8")
    return path


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "out"
