# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The transform ``AnnotateFootprint``."""

from __future__ import annotations

from qonnx.core.modelwrapper import ModelWrapper
from qonnx.transformation.base import Transformation

from acme_footprint.footprint import parameters


class AnnotateFootprint(Transformation):
    """Write ``parameter_count`` and ``parameter_bits`` into the model's metadata; change no node."""

    def apply(self, model: ModelWrapper) -> tuple[ModelWrapper, bool]:
        found = parameters(model)
        model.set_metadata_prop("parameter_count", str(sum(each.count for each in found)))
        model.set_metadata_prop("parameter_bits", str(sum(each.count * each.bits for each in found)))
        return model, False
