# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The transform of the pack."""

from __future__ import annotations

from typing import Any

from qonnx.transformation.base import Transformation


class MyTransform(Transformation):
    """Write a word into the model's metadata."""

    def apply(self, model: Any) -> tuple[Any, bool]:
        model.set_metadata_prop("mine", "yes")
        return model, False
