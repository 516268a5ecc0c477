# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""One step of FINN in a build, with what Brainsmith does before and after it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from qonnx.custom_op.registry import getCustomOp

from brainsmith_core.build.configuration import BuildConfig
from brainsmith_finn_bridge.estimates import BACKENDS_FILE, SOURCES_FILE
from brainsmith_finn_bridge.stepping import backend_choice, folding, partition

Step = Callable[[Any, Any], Any]


def carry_out(name: str, step: Step, model: Any, cfg: Any, config: BuildConfig) -> Any:
    """What FINN's step ``name`` makes of a model; ``cfg`` is FINN's configuration.

    Raises ``BuildError`` where it is known why the step cannot work, and whatever FINN raises else.
    """
    if name == "step_create_dataflow_partition":
        return _cut(step, model, cfg)
    if name == "step_specialize_layers":
        return _specialise(step, model, cfg, config)
    if name == "step_apply_folding_config" and getattr(cfg, "folding_config_file", None):
        return _fold(step, model, cfg)
    if name == "step_generate_estimate_reports":
        return _estimate(step, model, cfg, config)
    return step(model, cfg)


def _cut(step: Step, model: Any, cfg: Any) -> Any:
    try:
        return step(model, cfg)
    except Exception as error:
        found = partition.failure(model, error)
        if found is None:
            raise
        raise found from error


def _specialise(step: Step, model: Any, cfg: Any, config: BuildConfig) -> Any:
    choices = backend_choice.prefer(model, config.kernels, cfg._resolve_fpga_part())
    model = step(model, cfg)
    choice = [each.as_dict() for each in backend_choice.settled(model, choices)]
    keep(config.output_dir, BACKENDS_FILE, choice)
    return model


def _estimate(step: Step, model: Any, cfg: Any, config: BuildConfig) -> Any:
    estimated = step(model, cfg)
    nodes = [node for node in estimated.graph.node if node.domain.startswith("finn.custom_op.fpgadataflow.")]
    operators = {node.name: getCustomOp(node) for node in nodes}
    # FINN's own operators say nothing of it.
    ours = {name: each for name, each in operators.items() if hasattr(each, "resource_source")}
    if ours:
        part = cfg._resolve_fpga_part()
        keep(
            config.output_dir, SOURCES_FILE, {name: each.resource_source(part) for name, each in ours.items()}
        )
    return estimated


def _fold(step: Step, model: Any, cfg: Any) -> Any:
    folding.check(Path(cfg.folding_config_file), model)
    return step(model, cfg)


def keep(output_dir: Path, name: str, content: Any) -> None:
    """Write what a report is made of as JSON into the output folder, whole."""
    part = output_dir / f".part-{name}"
    part.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
    part.replace(output_dir / name)
