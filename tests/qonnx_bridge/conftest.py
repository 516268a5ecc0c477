# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Environments with different versions and parts of QONNX, and small ONNX models."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

import brainsmith_core
import brainsmith_qonnx_bridge

HERE = Path(__file__).parent
REPOSITORY = HERE.parents[1]
PINS = ["qonnx==0.4.0", "onnx==1.17.0", "onnxruntime==1.26.0", "numpy==2.4.6", "setuptools<81"]

RunScript = Callable[[str], Any]
MakeModel = Callable[..., ModelProto]


@pytest.fixture(scope="session")
def here() -> RunScript:
    """Run one of this folder's scripts in this environment, and give what it prints."""

    def run(script: str) -> Any:
        return _json([sys.executable, str(HERE / script)])

    return run


@pytest.fixture(scope="session")
def first_qonnx(tmp_path_factory: pytest.TempPathFactory) -> RunScript:
    """Run a script in an environment of its own with QONNX 0.4.0, the oldest that is supported."""
    folder = tmp_path_factory.mktemp("qonnx_0_4") / "venv"
    venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    ours = [str(REPOSITORY / name) for name in ("brainsmith_core", "brainsmith_qonnx_bridge")]
    subprocess.run([python, "-m", "pip", "install", "--quiet", *PINS, *ours], check=True)

    def run(script: str) -> Any:
        return _json([python, str(HERE / script)])

    return run


@pytest.fixture
def without(tmp_path: Path) -> Callable[[str, str], Any]:
    """Run a script where one package of this environment is missing."""

    def run(package: str, script: str) -> Any:
        site = tmp_path / f"without_{package}"
        if not site.exists():
            link_all_but(package, site)
        ours = [str(Path(pack.__path__[0]).parent) for pack in (brainsmith_core, brainsmith_qonnx_bridge)]
        paths = [str(site), *(path for path in ours if path != sysconfig.get_path("purelib"))]
        run = f"runpy.run_path({str(HERE / script)!r}, run_name='__main__')"
        start = f"import runpy, sys; sys.path += {paths!r}; {run}"
        return _json([sys.executable, "-I", "-S", "-c", start])

    def link_all_but(package: str, site: Path) -> None:
        site.mkdir()
        for entry in Path(sysconfig.get_path("purelib")).iterdir():
            if entry.name.partition(".")[0].partition("-")[0] != package:
                (site / entry.name).symlink_to(entry)

    return run


def _json(command: list[str]) -> Any:
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "PYTHONWARNINGS": "ignore"}
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture
def make_model() -> MakeModel:
    """Make a model of some nodes from input ``x`` to output ``y``; ``tensors`` are its initializers."""

    def make(
        nodes: list[NodeProto],
        *,
        shape: tuple[int | str, ...] = (1, 4),
        out: tuple[int | str, ...] | None = None,
        element: int = TensorProto.FLOAT,
        datatype: str = "",
        **tensors: np.ndarray[Any, Any],
    ) -> ModelProto:
        graph = helper.make_graph(
            nodes,
            "test",
            [helper.make_tensor_value_info("x", element, shape)],
            [helper.make_tensor_value_info("y", TensorProto.FLOAT, out or shape)],
            [numpy_helper.from_array(array, name) for name, array in tensors.items()],
        )
        if datatype:
            annotation = graph.quantization_annotation.add(tensor_name="x")
            annotation.quant_parameter_tensor_names.add(key="finn_datatype", value=datatype)
        opsets = [helper.make_opsetid("", 13), helper.make_opsetid("qonnx.custom_op.general", 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=8)

    return make
