# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""FINN's own step functions called in a loop, and their models compared with those of a build.

Run as a script in a process of its own: ``python finn_steps.py MODEL BUILT OUTPUT SETTINGS``, where BUILT is
the output folder of a build by the same steps, and the settings are fields of FINN's configuration as JSON.
Prints for each step whether the outputs of both models are equal, how far they are from the given model's,
and whether the nodes and their attributes are the same.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from brainsmith_core.build.configuration import BuildConfig
from brainsmith_finn_bridge.adapter import FINNAdapter
from brainsmith_finn_bridge.environment import finn_environment
from brainsmith_qonnx_bridge.adapter import QONNXAdapter


def main(path: str, built: str, output: str, settings: dict[str, Any]) -> None:
    """Call each step, keep its model, compare, print."""
    out, folder = sys.stdout, Path(output)
    adapter, access = FINNAdapter(), QONNXAdapter().models()
    assert access is not None
    with finn_environment(folder / "finn"):
        from finn.builder import build_dataflow_steps
        from finn.builder.build_dataflow_config import DataflowBuildConfig, DataflowOutputType

        settings["generate_outputs"] = [DataflowOutputType.ESTIMATE_REPORTS]
        steps = settings.pop("steps")
        cfg = DataflowBuildConfig(output_dir=str(folder), **settings)
        model = access.load(Path(path))
        inputs = list(access.random_inputs(access.prepare(model), 0).values())

        def outputs(model: Any, folder: Path) -> list[Any]:
            runnable = access.prepare(adapter.executable(model, BuildConfig(folder)))
            names = [tensor.name for tensor in access.inputs(runnable)]
            return list(access.execute(runnable, dict(zip(names, inputs, strict=True))).values())

        given, found = outputs(model, folder / "nowhere"), []
        for number, name in enumerate(steps, 1):
            model = getattr(build_dataflow_steps, name)(model, cfg)
            theirs = outputs(model, folder)
            (ours_path,) = Path(built, "models").glob(f"{number:02d}_*.onnx")
            ours_model = access.load(ours_path)
            ours = outputs(ours_model, Path(built))
            found.append(
                {
                    "step": name,
                    "equal": all(map(np.array_equal, ours, theirs)),
                    "from_given": max(float(np.abs(a - b).max()) for a, b in zip(given, ours, strict=True)),
                    "same_nodes": described(ours_model) == described(model),
                }
            )
    json.dump(found, out)


def described(model: Any) -> list[Any]:
    """A model's nodes with all that is set of them, but for names and files."""
    return [
        (node.op_type, node.domain, [str(each) for each in node.attribute if "_dir" not in each.name])
        for node in model.graph.node
    ]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4]))
