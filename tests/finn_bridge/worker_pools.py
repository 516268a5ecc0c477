# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""FINN's PrepareCppSim with a pool of workers, on nodes of another pack's kernels; prints JSON.

Run as a script in a process of its own: ``python worker_pools.py METHOD FOLDER``, where the method is one of
``fork``, ``spawn`` and ``forkserver``.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
from pathlib import Path

from qonnx.custom_op.registry import getCustomOp
from qonnx.transformation.general import GiveUniqueNodeNames

from brainsmith_finn_bridge.environment import finn_environment


def main(method: str, folder: Path) -> None:
    """Hand over, generate code in the pool, print."""
    out = sys.stdout
    with finn_environment(folder):
        from finn.transformation.fpgadataflow.prepare_cppsim import PrepareCppSim
        from finn.transformation.fpgadataflow.specialize_layers import SpecializeLayers
        from kernel_models import leaky_pair

        from brainsmith_finn_bridge.kernels.hand_over import HandOverKernels
        from brainsmith_finn_bridge.kernels.registration import register_installed

        model = leaky_pair().transform(HandOverKernels(register_installed()))
        for node in model.graph.node:
            getCustomOp(node).set_nodeattr("preferred_impl_style", "hls")
        model = model.transform(SpecializeLayers("xc7z020clg400-1")).transform(GiveUniqueNodeNames())
        multiprocessing.set_start_method(method, force=True)
        model = model.transform(PrepareCppSim(num_workers=2))
        ops = [getCustomOp(node) for node in model.graph.node]
        told = {
            "method": multiprocessing.get_start_method(),
            "sources": [len(list(Path(op.get_nodeattr("code_gen_dir_cppsim")).glob("*.cpp"))) for op in ops],
        }
    json.dump(told, out)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
