# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The kernels' ONNX domain, as qonnx resolves it."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import helper
from qonnx.custom_op.registry import getCustomOp

import finn_brainsmith
from brainsmith_kernels import plugins
from brainsmith_kernels.domain import DOMAIN, make_kernel_node, onnx_opset
from brainsmith_kernels.softmax.infer import InferSoftmax

EXECUTE = """
import sys
import numpy as np
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx
from qonnx.transformation.infer_shapes import InferShapes
model = ModelWrapper(sys.argv[1]).transform(InferShapes())
np.save(sys.argv[3], execute_onnx(model, {"x": np.load(sys.argv[2])})["y"])
"""


@pytest.mark.parametrize("record", plugins.kernels(), ids=lambda record: record.name)
def test_qonnx_resolves_every_kernel_s_op_type(record, make_model):
    model = make_model("float[1,2] x", "float[1,2] y", "y = Relu(x)")
    node = make_kernel_node(model, record.op_type, ["x"], "y")
    assert type(getCustomOp(node)) is finn_brainsmith.custom_op[record.op_type]


def test_the_domain_is_a_module_and_begins_as_old_qonnx_demands():
    assert finn_brainsmith.__name__ == DOMAIN
    assert DOMAIN.startswith("finn")


def test_the_domain_is_imported_once_and_after_the_standard_one(make_model):
    model = make_model("float[1,2] x", "float[1,2] y", "y = Relu(x)", opset=13)
    for _ in range(2):
        make_kernel_node(model, "Softmax", ["x"], "y")
    assert [(entry.domain, entry.version) for entry in model.model.opset_import] == [("", 13), (DOMAIN, 1)]


@pytest.mark.parametrize("domain", ["", "ai.onnx"])
def test_the_opset_is_that_of_the_standard_domain_wherever_it_stands(domain, make_model):
    model = make_model("float[1,2] x", "float[1,2] y", "y = Relu(x)")
    del model.model.opset_import[:]
    model.model.opset_import.extend([helper.make_opsetid("custom", 3), helper.make_opsetid(domain, 9)])
    assert onnx_opset(model) == 9


def test_a_saved_model_executes_in_a_process_that_registers_nothing(
    make_model, run, in_fresh_process, tmp_path, rng
):
    model = make_model("float[3,8] x", "float[3,8] y", "y = Softmax(x)").transform(InferSoftmax())
    x = rng.standard_normal((3, 8)).astype(np.float32)
    paths = [tmp_path / name for name in ("model.onnx", "x.npy", "y.npy")]
    model.save(str(paths[0]))
    np.save(paths[1], x)
    in_fresh_process(EXECUTE, *paths)
    np.testing.assert_array_equal(np.load(paths[2]), run(model, x=x)[0])
