# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The step ``cleanup``."""

from __future__ import annotations

from typing import Any

from qonnx.core.modelwrapper import ModelWrapper
from qonnx.util.cleanup import cleanup_model


def cleanup(model: Any, cfg: Any) -> Any:
    """Bring an exported model into the form that qonnx's transforms expect: qonnx's own clean-up."""
    # cleanup_model renames the domains of quantisers in the very model that it is given.
    return cleanup_model(ModelWrapper(model.model, make_deepcopy=True))
