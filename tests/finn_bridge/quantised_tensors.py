# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The integers of each quantiser, in a quantised model and in what FINN has made of it.

Run as a script: ``python quantised_tensors.py VECTORS MODEL HARDWARE``. Prints, for each of the model's
quantisers of activations but the first, how many values differ in some images.
"""

from __future__ import annotations

import json
import sys

import numpy as np

IMAGES = 5
QUANTISING = ("Thresholding", "IntSoftmax", "LutActivation")


def main(vectors: str, model_file: str, hardware_file: str) -> None:
    """Execute both and compare."""
    out, sys.stdout = sys.stdout, sys.stderr
    from brainsmith_finn_bridge.environment import finn_environment

    with finn_environment():
        from qonnx.core.modelwrapper import ModelWrapper

        from brainsmith_finn_bridge.kernels.registration import register_installed

        register_installed()
        model, hardware = ModelWrapper(model_file), ModelWrapper(hardware_file)
        json.dump(differing(model, hardware, np.load(vectors)["inputs"][:IMAGES]), out)


def differing(model, hardware, images):
    """The count for each quantiser, over all images."""
    quantisers = [
        node
        for node in model.graph.node
        if node.op_type == "Quant" and model.get_initializer(node.input[0]) is None
    ][1:]
    makers = [node for node in hardware.graph.node if node.op_type in QUANTISING]
    counts = np.zeros(len(quantisers), dtype=int)
    for image in images:
        expected, found = values(model, image), values(hardware, image)
        for place, (quantiser, maker) in enumerate(zip(quantisers, makers, strict=True)):
            integers = expected[quantiser.output[0]] / model.get_initializer(quantiser.input[1])
            counts[place] += int((found[maker.output[0]] != integers).sum())
    return counts.tolist()


def values(model, image):
    """Every tensor by name."""
    from qonnx.core.onnx_exec import execute_onnx

    given = {model.graph.input[0].name: image[np.newaxis]}
    return execute_onnx(model, given, return_full_exec_context=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
