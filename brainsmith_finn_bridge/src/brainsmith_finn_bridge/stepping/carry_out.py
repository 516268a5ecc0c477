# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""One step of FINN in a build, with what Brainsmith does before and after it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from brainsmith_core.build.configuration import BuildConfig
from brainsmith_core.errors import BuildError
from brainsmith_finn_bridge.estimates import BACKENDS_FILE
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
    keep(config.output_dir, backend_choice.settled(model, choices))
    return model


def _fold(step: Step, model: Any, cfg: Any) -> Any:
    file = Path(cfg.folding_config_file)
    folding.check_file(file, model)
    try:
        model = step(model, cfg)
    except AttributeError as error:
        raise BuildError(
            f"{file} sets what a node does not have: {error}", remedy="see FINN's attributes of that node"
        ) from error
    folding.check_result(file, model)
    return model


def keep(output_dir: Path, choices: Sequence[backend_choice.NodeBackend]) -> None:
    """Write the choices into the output folder, whole."""
    place = output_dir / BACKENDS_FILE
    part = place.with_name(f".part-{BACKENDS_FILE}")
    part.write_text(json.dumps([choice.as_dict() for choice in choices], indent=1) + "\n", "utf-8")
    part.replace(place)
