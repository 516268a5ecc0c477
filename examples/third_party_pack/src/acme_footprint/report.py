# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The build step ``report_footprint``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from qonnx.core.modelwrapper import ModelWrapper

from acme_footprint.footprint import parameters


def report_footprint(model: ModelWrapper, cfg: Any) -> ModelWrapper:
    """Write each parameter's name, shape and bits to ``footprint.json`` in ``cfg.output_dir``."""
    found = parameters(model)
    count, bits = sum(each.count for each in found), sum(each.count * each.bits for each in found)
    rows = [{"name": each.name, "shape": each.shape, "bits": each.bits} for each in found]
    report = {"parameter_count": count, "parameter_bits": bits, "parameters": rows}
    path = Path(cfg.output_dir) / "footprint.json"
    path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    return model
