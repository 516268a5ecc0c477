# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Nodes of other packs' kernels in FINN's own simulations, and what else FINN asks of them; prints JSON.

Run as a script in a process of its own: ``python native_nodes.py QUESTION FOLDER``.
"""

from __future__ import annotations

import copy
import json
import sys
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.custom_op.registry import getCustomOp
from qonnx.transformation.general import GiveUniqueNodeNames

from brainsmith_core.errors import BrainsmithError
from brainsmith_finn_bridge.environment import finn_environment
from brainsmith_finn_bridge.kernels import registration
from brainsmith_finn_bridge.kernels.hand_over import HandOverKernels
from brainsmith_finn_bridge.kernels.steps import hand_over_kernels

PART = "xc7z020clg400-1"


def handed_over(kind):
    """A model whose nodes are FINN's, the inputs, and the output that the pack's own nodes gave."""
    import kernel_models
    from finn.core.onnx_exec import execute_onnx

    kernels = registration.register_installed()
    model = kernel_models.leaky_pair() if kind == "leaky" else kernel_models.ours()
    rng = np.random.default_rng(3)
    inputs = {
        each.name: rng.integers(-8, 8, model.get_tensor_shape(each.name)).astype(np.float32)
        for each in model.graph.input
    }
    expected = execute_onnx(model, inputs)["y"]
    return model.transform(HandOverKernels(kernels)), inputs, expected


def simulated(kind, language, width):
    """Whether FINN's simulation equals the specification; each node's cycles, simulated and by formula."""
    from finn.core.onnx_exec import execute_onnx
    from finn.transformation.fpgadataflow.compile_cppsim import CompileCppSim
    from finn.transformation.fpgadataflow.prepare_cppsim import PrepareCppSim
    from finn.transformation.fpgadataflow.prepare_ip import PrepareIP
    from finn.transformation.fpgadataflow.prepare_rtlsim import PrepareRTLSim
    from finn.transformation.fpgadataflow.set_exec_mode import SetExecMode
    from finn.transformation.fpgadataflow.specialize_layers import SpecializeLayers

    model, inputs, expected = handed_over(kind)
    for node in model.graph.node:
        op = getCustomOp(node)
        op.set_nodeattr("preferred_impl_style", language)
        op.set_nodeattr("PE", width)
    model = model.transform(SpecializeLayers(PART)).transform(GiveUniqueNodeNames())
    if language == "rtl":
        model = model.transform(PrepareIP(PART, 5.0)).transform(PrepareRTLSim(num_workers=2))
    else:
        model = model.transform(PrepareCppSim(num_workers=2)).transform(CompileCppSim(num_workers=2))
    model = model.transform(SetExecMode({"rtl": "rtlsim", "hls": "cppsim"}[language]))
    actual = execute_onnx(model, inputs)["y"]
    ops = [getCustomOp(node) for node in model.graph.node]
    return {
        "types": [node.op_type for node in model.graph.node],
        "equal": bool((actual == expected).all()),
        "distinct": len(np.unique(expected)),
        "simulated": [op.get_nodeattr("cycles_rtlsim") for op in ops],
        "formula": [int(op.backend.cycles(op.parameters(), op.rows)) for op in ops],
    }


def taken():
    """What is said when FINN has an operator of the kernel's name already."""
    import finn.custom_op.fpgadataflow as operators

    operators.custom_op["Midpoint"] = operators.custom_op["MVAU"]
    try:
        registration.register_installed()
    except BrainsmithError as error:
        return {"error": str(error), "still": operators.custom_op["Midpoint"].__name__}
    return {}


def repeated():
    """What registering twice leaves in FINN's dictionaries."""
    import finn.custom_op.fpgadataflow as operators
    from finn.custom_op.fpgadataflow import hls, rtl
    from finn.transformation.fpgadataflow import set_folding

    first = {kernel.op_type for kernel in registration.register_installed()}
    classes = [operators.custom_op["Midpoint"], hls.custom_op["Midpoint_hls"], rtl.custom_op["Midpoint_rtl"]]
    registration.register_installed()
    again = [operators.custom_op["Midpoint"], hls.custom_op["Midpoint_hls"], rtl.custom_op["Midpoint_rtl"]]
    return {
        "kernels": sorted(first),
        "same": [one is other for one, other in zip(classes, again, strict=True)],
        "folded": set_folding.ELEMENTWISE_BINARY_OPS.count("Midpoint_rtl"),
    }


def unquantised():
    """What is said of a node whose input is not quantised."""
    import kernel_models
    from qonnx.core.datatype import DataType

    model = kernel_models.ours()
    model.set_tensor_datatype("x", DataType["FLOAT32"])
    try:
        model.transform(HandOverKernels(registration.register_installed()))
    except BrainsmithError as error:
        return {"error": str(error)}
    return {}


def loaded(path):
    """The output of a saved model with such nodes, before and after the documented call."""
    from qonnx.core.onnx_exec import execute_onnx

    sys.stdout = sys.stderr
    model = ModelWrapper(path)
    inputs = {
        each.name: np.full(model.get_tensor_shape(each.name), -4, np.float32) for each in model.graph.input
    }
    try:
        execute_onnx(copy.deepcopy(model), inputs)
        before = "ran"
    except Exception as error:
        before = type(error).__name__
    registration.register_installed()
    return {"before": before, "after": sorted(set(execute_onnx(model, inputs)["y"].ravel().tolist()))}


def saved(path):
    """Write a model with such nodes."""
    handed_over("leaky")[0].save(path)
    return {}


def folded():
    """How far FINN folds towards a target that the kernels, of at most 16 lanes, cannot reach."""
    from finn.transformation.fpgadataflow.set_folding import SetFolding
    from finn.transformation.fpgadataflow.specialize_layers import SpecializeLayers

    model, _, _ = handed_over("leaky")
    model = model.transform(SpecializeLayers(PART)).transform(GiveUniqueNodeNames())
    model = model.transform(SetFolding(target_cycles_per_frame=2))
    return [getCustomOp(node).get_nodeattr("Lanes") for node in model.graph.node]


def by_FINN_s_own_configuration():
    """The domains after the step that hands over, run with a configuration that has no kernels."""
    import kernel_models

    model = hand_over_kernels(kernel_models.leaky_pair(), SimpleNamespace())
    return [node.domain for node in model.graph.node]


def dictionaries():
    """All that leaves no trace, in one process; what does leave one comes last."""
    return {
        "repeated": repeated(),
        "unquantised": unquantised(),
        "folded": folded(),
        "domains": by_FINN_s_own_configuration(),
        "taken": taken(),
    }


QUESTIONS = {
    "simulated": lambda words: simulated(words[0], words[1], int(words[2])),
    "dictionaries": lambda _: dictionaries(),
    "saved": lambda words: saved(words[0]),
    "loaded": lambda words: loaded(words[0]),
}


def main(question: str, folder: str, *words: str) -> None:
    """Ask, print."""
    out = sys.stdout
    # Loading a saved model is for those who know nothing of FINN's environment.
    with nullcontext() if question == "loaded" else finn_environment(Path(folder)):
        told = QUESTIONS[question](words)
    json.dump(told, out)


if __name__ == "__main__":
    main(*sys.argv[1:])
