# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What a step is told about the build it is part of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from brainsmith_core.blueprint.plan import PlannedKernel, Target


@dataclass(frozen=True)
class BuildConfig:
    """The ``cfg`` of ``step(model, cfg)`` in a Brainsmith build.

    ``output_dir`` is where a step may leave files of its own; ``kernels`` are the blueprint's, settled;
    ``framework_config`` holds the blueprint's ``<framework>_config`` sections by framework; ``blueprint``
    names its file, for paths that are relative to it.
    """

    output_dir: Path
    target: Target = field(default_factory=Target)
    kernels: tuple[PlannedKernel, ...] = ()
    framework_config: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    blueprint: str = ""
