# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Models, written as ONNX text, and two ways to run them."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import numpy as np
import onnxruntime
import pytest
from onnx import helper, numpy_helper, parser
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx
from qonnx.transformation.infer_shapes import InferShapes

QUANTISERS = "qonnx.custom_op.general"


@pytest.fixture(scope="session")
def quantise():
    """The text of a quantiser: ``y = {quantise('x', 's', bits='b')}``; names are those of constants."""

    def write(tensor, scale, *, zero="zero", bits="eight", signed=1, narrow=0, mode="ROUND"):
        words = f'signed = {signed}, narrow = {narrow}, rounding_mode = "{mode}"'
        return f"{QUANTISERS}.Quant<{words}>({tensor}, {scale}, {zero}, {bits})"

    return write


@pytest.fixture(scope="session")
def make_model():
    """``make_model('float[2,8] x', 'float[2,8] y', 'y = Add(x, c)', opset=13, c=np.ones(8))``."""

    def make(inputs, outputs, body, *, opset=17, infer=True, dtype=np.float32, **constants):
        graph = parser.parse_graph(f"g ({inputs}) => ({outputs}) {{ {body} }}")
        for name, value in constants.items():
            array = np.asarray(value)
            array = array.astype(dtype) if array.dtype == np.float64 else array
            graph.initializer.append(numpy_helper.from_array(array, name))
        imports = [helper.make_opsetid("", opset)]
        if any(node.domain == QUANTISERS for node in graph.node):
            imports.append(helper.make_opsetid(QUANTISERS, 1))
        # The release of ONNX that RMSNormalization came with has a newer format.
        version = 8 if opset < 23 else 11
        model = ModelWrapper(helper.make_model(graph, opset_imports=imports, ir_version=version))
        return model.transform(InferShapes()) if infer else model

    return make


@pytest.fixture(scope="session")
def run():
    """Every output, as qonnx's executor computes it node by node."""

    def execute(model, **inputs):
        results = execute_onnx(model.transform(InferShapes()), inputs)
        return [results[output.name] for output in model.graph.output]

    return execute


@pytest.fixture(scope="session")
def reference():
    """Every output, as onnxruntime computes the whole of a standard model."""

    def execute(model, **inputs):
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        session = onnxruntime.InferenceSession(model.model.SerializeToString(), options)
        return session.run(None, inputs)

    return execute


@pytest.fixture(scope="session")
def op_counts():
    """How many nodes of each op type a model has; those of the kernels' domain as ``kernel.Type``."""

    def count(model):
        return dict(
            Counter(
                f"kernel.{node.op_type}" if node.domain == "finn_brainsmith" else node.op_type
                for node in model.graph.node
            )
        )

    return count


@pytest.fixture(scope="session")
def settle():
    """Apply a transformation as ``model.transform`` does, and check that it told the truth each time."""

    def apply(model, transformation):
        model = ModelWrapper(model.model, make_deepcopy=True)
        changes = 0
        while True:
            before = model.model.SerializeToString(deterministic=True)
            model, modified = transformation.apply(model)
            assert modified == (model.model.SerializeToString(deterministic=True) != before)
            if not modified:
                return model.transform(InferShapes()), changes
            changes += 1
            assert changes < 100, "no fixed point"

    return apply


@pytest.fixture
def in_fresh_process():
    """Run Python text in a new interpreter and return what it prints."""

    def execute(text, *arguments, **environment):
        words = [sys.executable, *environment.pop("flags", ()), "-c", text, *map(str, arguments)]
        done = subprocess.run(words, capture_output=True, text=True, check=False, **environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return execute


@pytest.fixture
def rng():
    return np.random.default_rng(20240)
