# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The publication: a trained network written as the files that lie beside its script."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np
import onnx
import torch
from brevitas.export import export_qonnx
from qonnx.core.datatype import DataType
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx
from qonnx.transformation.double_to_single_float import DoubleToSingleFloat
from qonnx.transformation.general import (
    GiveReadableTensorNames,
    GiveUniqueNodeNames,
    RemoveStaticGraphInputs,
    RemoveUnusedTensors,
    SortGraph,
)
from qonnx.transformation.infer_datatypes import InferDataTypes
from qonnx.transformation.infer_shapes import InferShapes
from torch import Tensor, nn

from brainsmith_kernels.steps.cleanup import cleanup
from brainsmith_kernels.steps.hardware_inference import hardware_inference

OPSET = 17
TOLERANCE = 1e-4


def publish(
    network: nn.Module,
    folder: Path,
    *,
    images: Tensor,
    labels: Tensor,
    input_datatype: str,
    float_accuracy: float,
) -> None:
    """Write ``weights.npz``, ``model.onnx``, the two files of test data and ``accuracy.json`` to ``folder``.

    Nothing is written unless QONNX's executor gives Brevitas's outputs for every image to within
    ``TOLERANCE``, and the same classes; ``ValueError`` says by how much it missed.
    """
    network.eval()
    with torch.no_grad():
        outputs = network(images).numpy()
    model = export(network, tuple(images.shape[1:]), input_datatype)
    _check_equal(model, images.numpy(), outputs)
    found = float((outputs.argmax(axis=1) == labels.numpy()).mean())
    compiled = hardware_inference(cleanup(model, None), None)
    classes = _execute(compiled, images.numpy()).argmax(axis=1)
    measured = {
        "rows": len(labels),
        "float_accuracy": round(float_accuracy, 4),
        "accuracy": round(found, 4),
        "compiled_accuracy": round(float((classes == labels.numpy()).mean()), 4),
        "made_with": {
            name: version(name).partition("+")[0] for name in ("torch", "brevitas", "qonnx", "onnx")
        },
    }
    _write(folder / "weights.npz", lambda path: _save_arrays(path, _state(network)))
    _write(folder / "model.onnx", lambda path: onnx.save(model.model, path))
    vectors = {"inputs": images.numpy(), "labels": labels.numpy(), "outputs": outputs}
    _write(folder / "test_vectors.npz", lambda path: _save_arrays(path, vectors))
    sample = {"image": images.numpy()[:1]}
    _write(folder / "sample.npz", lambda path: _save_arrays(path, sample))
    _write(folder / "accuracy.json", lambda path: path.write_text(json.dumps(measured, indent=2) + "\n"))
    print(json.dumps(measured, indent=2))


def restore(network: nn.Module, folder: Path) -> None:
    """Load the parameters of ``weights.npz`` into ``network``."""
    with np.load(folder / "weights.npz") as arrays:
        network.load_state_dict({name: torch.from_numpy(arrays[name]) for name in arrays.files})


def export(network: nn.Module, row_shape: tuple[int, ...], input_datatype: str) -> ModelWrapper:
    """The QONNX model of ``network`` for one row at a time, its input annotated with its datatype."""
    exported = export_qonnx(
        network,
        args=torch.zeros(1, *row_shape),
        opset_version=OPSET,
        dynamo=False,
    )
    model = ModelWrapper(exported)
    for transformation in (
        DoubleToSingleFloat(),
        RemoveStaticGraphInputs(),
        RemoveUnusedTensors(),
        SortGraph(),
        InferShapes(),
        GiveUniqueNodeNames(),
        GiveReadableTensorNames(),
    ):
        model = model.transform(transformation)
    model.rename_tensor(model.graph.input[0].name, "image")
    model.rename_tensor(model.graph.output[0].name, "logits")
    model.set_tensor_datatype(model.graph.input[0].name, DataType[input_datatype])
    return model


def _execute(model: ModelWrapper, images: np.ndarray) -> np.ndarray:
    source, name = model.graph.input[0].name, model.graph.output[0].name
    return np.stack([execute_onnx(model, {source: row[None]})[name][0] for row in images])


def _check_equal(model: ModelWrapper, images: np.ndarray, outputs: np.ndarray) -> None:
    found = _execute(model.transform(InferDataTypes()), images)
    difference = float(np.abs(found - outputs).max())
    changed = int((found.argmax(axis=1) != outputs.argmax(axis=1)).sum())
    if difference > TOLERANCE or changed:
        raise ValueError(
            f"the exported model differs from the network by up to {difference:g} "
            f"(allowed: {TOLERANCE:g}), and in the class of {changed} of {len(images)} images"
        )


def _state(network: nn.Module) -> dict[str, np.ndarray]:
    return {name: value.numpy() for name, value in network.state_dict().items()}


def _save_arrays(path: Path, arrays: dict[str, np.ndarray]) -> None:
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)


def _write(path: Path, write: Callable[[Path], object]) -> None:
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    try:
        write(Path(temporary))
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
