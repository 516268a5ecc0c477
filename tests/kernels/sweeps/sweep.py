# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""One configuration of a kernel, swept: specification, custom op, C++ and RTL compared value by value."""

from __future__ import annotations

import shutil
import time
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from configurations import Configuration, backend
from exact import Errors
from icarus import IcarusSimulator
from onnx import TensorProto, helper
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx
from qonnx.custom_op.registry import getCustomOp

from brainsmith_kernels.simulation.csim import CppSimulator
from brainsmith_kernels.simulation.rtlsim import RtlSimulator
from brainsmith_kernels.simulation.stimuli import stimuli

#: Rows in one run, so that memory stays small.
_BATCH = 5000
#: Rows for everything that is not about values: cycles, long stalls, resets, the second simulator.
_FEW = 120


def sweep(configuration: Configuration, folder: Path) -> dict[str, Any]:
    """What was found, as JSON can hold it; ``faults`` is empty if all is well."""
    started = time.monotonic()
    rtl, hls = backend(configuration.kernel, "RTL"), backend(configuration.kernel, "HLS")
    parameters = rtl.parse(configuration.given)
    streams = (parameters.module_name, parameters.input, parameters.output)
    verilog = RtlSimulator(rtl.files(parameters), *streams, folder / "rtl")
    cpp = CppSimulator(hls.files(parameters), *streams, folder / "hls")
    seed = zlib.crc32(configuration.name.encode())
    rows = stimuli(parameters.input_type, parameters.size, configuration.rows, seed)
    faults, errors, op = [], Errors(), _Op(parameters)
    stalled = 0
    for start in range(0, len(rows), _BATCH):
        batch = rows[start : start + _BATCH]
        expected = parameters.compute(batch)
        exact, cycles = verilog.run(batch, seed=seed + start)
        held_up, slow = verilog.run(batch, stall=0.3, seed=seed + start)
        answers = {
            "RTL": exact,
            "RTL with stalls": held_up,
            "C++": cpp.run(batch)[0],
            "custom op": op.run(batch),
        }
        faults += [
            f"{name}: {wrong} values differ from the specification"
            for name, found in answers.items()
            if (wrong := int((found != expected).sum()))
        ]
        if cycles != rtl.cycles(parameters, len(batch)):
            faults.append(f"{cycles} cycles where the formula says {rtl.cycles(parameters, len(batch))}")
        errors.add(parameters, batch, expected)
        stalled += slow or 0
    interval, latency, found = _throughput(verilog, rtl, parameters, rows[-_FEW:])
    faults += found + _hardships(verilog, parameters, rows[-_FEW:], seed)
    second = _second_simulator(rtl, parameters, rows, folder / "icarus")
    faults += [f"Icarus Verilog: {fault}" for fault in second[1]]
    shutil.rmtree(folder, ignore_errors=True)
    return {
        "kernel": configuration.kernel,
        "given": dict(configuration.given),
        "words": parameters.words,
        "rows": len(rows),
        "values": errors.values,
        "beyond": errors.beyond,
        "excess": float(errors.excess),
        "bound": float(getattr(parameters, "excess", 0.0)),
        "interval": interval,
        "latency": latency,
        "stalled_share": stalled / rtl.cost.cycles(parameters, len(rows)),
        "tools": [verilog.tool, cpp.tool, *second[0]],
        "faults": faults,
        "seconds": round(time.monotonic() - started),
    }


class _Op:
    """The custom op of the parameters, in a model of one node that QONNX executes."""

    def __init__(self, parameters: Any) -> None:
        kernel = parameters.kernel
        name = kernel if kernel == "LutActivation" else f"Int{kernel}"
        node = helper.make_node(name, ["x"], ["y"], domain="finn_brainsmith")
        op = getCustomOp(node)
        (parallel,) = op.folding
        attributes = {
            "inputDataType": str(parameters.input_type),
            "outputDataType": str(parameters.output_type),
            "NumChannels": parameters.size,
            "numInputVectors": [1],
            parallel: parameters.simd,
        }
        attributes |= {field: getattr(parameters, field) for field in op.fields if field != "table"}
        self._node = helper.make_node(name, ["x"], ["y"], domain="finn_brainsmith", **attributes)
        assert getCustomOp(self._node).parameters() == parameters

    def run(self, rows: np.ndarray) -> np.ndarray:
        shape = list(rows.shape)
        x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in "xy")
        graph = helper.make_graph([self._node], "one", [x], [y])
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid("finn_brainsmith", 1)]
        model = ModelWrapper(helper.make_model(graph, opset_imports=opsets, ir_version=8))
        return execute_onnx(model, {"x": rows.astype(np.float32)})["y"].astype(np.int64)


def _throughput(
    verilog: RtlSimulator, rtl: Any, parameters: Any, rows: np.ndarray
) -> tuple[float, float, list[str]]:
    """Slope and intercept of the line through the cycles of 1, 2, 3, … rows, which must be straight."""
    counts = np.array([1, 2, 3, 5, 10, 50, len(rows)])
    cycles = np.array([verilog.run(rows[:count])[1] for count in counts])
    slope, intercept = np.polyfit(counts, cycles, 1)
    faults = []
    if np.abs(slope * counts + intercept - cycles).max() > 1e-6 * cycles.max():
        faults.append(f"the cycles of {counts} rows are {cycles}, which is no line")
    if round(float(slope), 6) != parameters.words:
        faults.append(f"rows follow one another every {slope} cycles instead of {parameters.words}")
    return round(float(slope), 6), round(float(intercept), 6), faults


def _hardships(verilog: RtlSimulator, parameters: Any, rows: np.ndarray, seed: int) -> list[str]:
    """An output or an input that stands still for long, and a reset in the middle of rows."""
    expected = parameters.compute(rows)
    whole = 3 * parameters.words + 150
    cases = [{"sink_stall": 0.97}, {"stall": 0.97, "sink_stall": 0.0}]
    cases += [
        {"restart": 1 + whole * step // 12, "stall": stall} for step in range(12) for stall in (0.0, 0.3)
    ]
    faults = []
    for case in cases:
        found, _ = verilog.run(rows, seed=seed, **case)
        if wrong := int((found != expected).sum()):
            faults.append(f"{wrong} values are wrong with {case}")
    return faults


def _second_simulator(
    rtl: Any, parameters: Any, rows: np.ndarray, folder: Path
) -> tuple[list[str], list[str]]:
    if shutil.which("iverilog") is None:
        return [], []
    few = rows[: max(10, min(_FEW, 20000 // parameters.words))]
    program = IcarusSimulator(
        rtl.files(parameters), parameters.module_name, parameters.input, parameters.output, folder
    )
    found, _ = program.run(few, stall=0.3, seed=1)
    wrong = int((found != parameters.compute(few)).sum())
    return [program.tool], [f"{wrong} values differ"] if wrong else []
