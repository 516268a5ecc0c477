# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A build in Brainsmith's runner beside FINN's same step functions called in a loop.

``python benchmarks/runner.py [MODEL] [--rounds N]``, where FINN is installed. Both read the model, call the
steps of ``examples/finn_estimates`` with one configuration and keep the model after every step, the loop as
FINN's builder does (``save_intermediate_models``), the runner with its digests, log, preflight and report.
Neither verifies. Everything is imported and each has run once before the clock starts. The rounds take turns
in one process, in alternating order; what counts is the ratio of the medians. On a machine that does other
things as well, the processor time of this process says more than the time on the wall.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from brainsmith_core.build.run import run
from brainsmith_core.manager import PluginManager
from brainsmith_finn_bridge.environment import finn_environment
from brainsmith_qonnx_bridge.adapter import QONNXAdapter

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
BLUEPRINT = EXAMPLES / "finn_estimates" / "blueprint.yaml"


def in_a_loop(model_path: Path) -> Callable[[Path], None]:
    """FINN's functions, called one after the other, each model saved."""
    from finn.builder import build_dataflow_steps
    from finn.builder.build_dataflow_config import DataflowBuildConfig, DataflowOutputType
    from qonnx.core.modelwrapper import ModelWrapper

    blueprint = yaml.safe_load(BLUEPRINT.read_text("utf-8"))
    names = [f"step_{name.removeprefix('finn:')}" for name in blueprint["hw_compiler"]["steps"]]
    settings: dict[str, Any] = {
        "board": blueprint["target"]["board"],
        "synth_clk_period_ns": blueprint["target"]["clock_ns"],
        "target_fps": blueprint["finn_config"]["target_fps"],
        "generate_outputs": [DataflowOutputType.ESTIMATE_REPORTS],
    }

    def build(output: Path) -> None:
        cfg = DataflowBuildConfig(output_dir=str(output), **settings)
        kept = output / "intermediate_models"
        kept.mkdir(parents=True)
        model = ModelWrapper(str(model_path))
        for name in names:
            model = getattr(build_dataflow_steps, name)(model, cfg)
            model.save(str(kept / f"{name}.onnx"))

    return build


def in_the_runner(model_path: Path) -> Callable[[Path], None]:
    """The same by a plan."""
    manager, models = PluginManager(), QONNXAdapter().models()
    plan, frameworks = manager.plan(BLUEPRINT), manager.frameworks
    assert models is not None

    def build(output: Path) -> None:
        run(plan, model_path, models, output, frameworks=frameworks)

    return build


def seconds(build: Callable[[Path], None]) -> tuple[float, float]:
    """How long a build into a new folder takes, on the wall and of the processor."""
    with TemporaryDirectory(prefix="brainsmith-benchmark-") as folder, redirect_stdout(StringIO()):
        began = time.perf_counter(), time.process_time()
        build(Path(folder) / "out")
        return time.perf_counter() - began[0], time.process_time() - began[1]


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("model", type=Path, nargs="?", default=EXAMPLES / "digits" / "model.onnx")
    parser.add_argument("--rounds", type=int, default=9)
    words = parser.parse_args()
    with TemporaryDirectory(prefix="brainsmith-benchmark-") as folder, finn_environment(Path(folder)):
        builds = {"loop": in_a_loop(words.model), "runner": in_the_runner(words.model)}
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in builds}
        for turn in range(words.rounds + 1):
            for name in sorted(builds, reverse=bool(turn % 2)):
                spent = seconds(builds[name])
                if turn:
                    taken[name].append(spent)
    for place, clock in enumerate(("wall", "processor")):
        medians = {}
        for name, rounds in taken.items():
            spent = [each[place] for each in rounds]
            medians[name] = statistics.median(spent)
            print(f"{clock:<9} {name:<6} {medians[name]:.3f} s of {', '.join(f'{s:.3f}' for s in spent)}")
        print(f"{clock:<9} ratio of the medians {medians['runner'] / medians['loop']:.3f}")


if __name__ == "__main__":
    main()
