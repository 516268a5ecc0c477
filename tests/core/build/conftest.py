# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What the tests of builds share: a small quantised network, plans of real transforms, real models."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper, save

from brainsmith_core.blueprint.plan import Plan, PlannedStep
from brainsmith_core.build.progress import Progress
from brainsmith_core.frameworks import ModelAccess
from brainsmith_core.records import TransformRecord
from brainsmith_qonnx_bridge.adapter import QONNXAdapter

TRANSFORMS = {
    "GemmToMatMul": "qonnx.transformation.gemm_to_matmul:GemmToMatMul",
    "ConvertDivToMul": "qonnx.transformation.general:ConvertDivToMul",
    "FoldConstants": "qonnx.transformation.fold_constants:FoldConstants",
    "RemoveIdentityOps": "qonnx.transformation.remove:RemoveIdentityOps",
    "GiveUniqueNodeNames": "qonnx.transformation.general:GiveUniqueNodeNames",
    "GiveRandomTensorNames": "qonnx.transformation.general:GiveRandomTensorNames",
    "InferShapes": "qonnx.transformation.infer_shapes:InferShapes",
    "InsertTopK": "qonnx.transformation.insert_topk:InsertTopK",
    "FoldConstantsFiltered": "qonnx.transformation.fold_constants:FoldConstantsFiltered",
}


@pytest.fixture(scope="session")
def models() -> ModelAccess:
    access = QONNXAdapter().models()
    assert access is not None
    return access


def transform(name: str, **stamps: str) -> TransformRecord:
    words = {"source": "qonnx", "distribution": "qonnx", "distribution_version": "1.0.0"} | stamps
    return TransformRecord(name=name, target=TRANSFORMS.get(name, name)).stamped(**words)


def planned(step: str | Callable[..., Any] | PlannedStep) -> PlannedStep:
    if isinstance(step, PlannedStep):
        return step
    if isinstance(step, str):
        return PlannedStep(step, "steps", record=transform(step))
    return PlannedStep(step.__name__, "steps", function=step)


@pytest.fixture(scope="session")
def plan_of() -> Callable[..., Plan]:
    """A plan of the steps: names of QONNX transforms, functions, or planned steps."""

    def make(*steps: Any, **fields: Any) -> Plan:
        return Plan(name="demo", steps=tuple(map(planned, steps)), **fields)

    return make


@pytest.fixture(scope="session")
def qonnx_transform() -> Callable[..., TransformRecord]:
    return transform


def make_network(path: Path, inputs: int = 8, classes: int = 3, batch: int = 1) -> Path:
    """Quant, Gemm with quantised weights, Div, Identity, and an Add of two constants that can be folded."""
    rng = np.random.default_rng(3)
    constants = {
        "scale": np.float32(0.25),
        "zero": np.float32(0),
        "bits": np.float32(4),
        "weights": rng.standard_normal((inputs, classes)).astype(np.float32),
        "offset": rng.standard_normal(classes).astype(np.float32),
        "divisor": np.float32(4),
        "left": np.ones(classes, np.float32),
        "right": np.full(classes, 0.5, np.float32),
    }
    quant = {"domain": "qonnx.custom_op.general", "signed": 1, "narrow": 0, "rounding_mode": "ROUND"}
    nodes = [
        helper.make_node("Quant", ["x", "scale", "zero", "bits"], ["xq"], **quant),
        helper.make_node("Quant", ["weights", "scale", "zero", "bits"], ["wq"], **quant),
        helper.make_node("Gemm", ["xq", "wq", "offset"], ["gemm"]),
        helper.make_node("Div", ["gemm", "divisor"], ["scaled"]),
        helper.make_node("Add", ["left", "right"], ["sum"]),
        helper.make_node("Identity", ["scaled"], ["same"]),
        helper.make_node("Add", ["same", "sum"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "network",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [batch, inputs])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [batch, classes])],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    opsets = [helper.make_opsetid("", 13), helper.make_opsetid("qonnx.custom_op.general", 1)]
    save(helper.make_model(graph, opset_imports=opsets, ir_version=8), path)
    return path


@pytest.fixture(scope="session")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a small quantised classifier: input (1, 8), three scores."""
    return make_network(tmp_path_factory.mktemp("model") / "network.onnx")


@pytest.fixture(scope="session")
def network_of() -> Callable[..., Path]:
    return make_network


#: Steps that change the small network, each in its own way.
STEPS: Sequence[str] = (
    "InferShapes",
    "GemmToMatMul",
    "ConvertDivToMul",
    "FoldConstants",
    "RemoveIdentityOps",
)


@pytest.fixture(scope="session")
def tidy_plan(plan_of: Callable[..., Plan]) -> Plan:
    """A plan of five real transforms that leave alone what the network computes."""
    return plan_of(*STEPS)


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "out"


class Notes(Progress):
    """What a build tells, kept."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.steps: list[str] = []
        self.stopped = 0

    def note(self, text: str) -> None:
        self.notes.append(text)

    def step_started(self, index: int, count: int, planned: PlannedStep) -> None:
        self.steps.append(planned.name)

    def build_stopped(self) -> None:
        self.stopped += 1


@pytest.fixture
def notes() -> Notes:
    return Notes()
