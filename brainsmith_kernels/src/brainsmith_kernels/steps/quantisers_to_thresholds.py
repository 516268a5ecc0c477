# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The step ``quantisers_to_thresholds``."""

from __future__ import annotations

import logging
from typing import Any

from qonnx.transformation.infer_datatypes import InferDataTypes
from qonnx.transformation.infer_shapes import InferShapes

from brainsmith_kernels.transforms.quant_to_multi_threshold import QuantToMultiThreshold

_log = logging.getLogger("brainsmith.build")


def quantisers_to_thresholds(model: Any, cfg: Any) -> Any:
    """Turn the quantisers that are left after hardware inference into thresholds on integers.

    Those that cannot stay for FINN's own conversion; the logger ``brainsmith.build`` says why.
    """
    transform = QuantToMultiThreshold()
    model = model.transform(InferShapes()).transform(InferDataTypes()).transform(transform)
    for name, reason in transform.left.items():
        _log.info("QuantToMultiThreshold leaves %s as it is: %s", name, reason)
    return model.transform(InferShapes()).transform(InferDataTypes())
