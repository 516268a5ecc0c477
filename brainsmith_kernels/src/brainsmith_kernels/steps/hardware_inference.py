# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The step ``hardware_inference``."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from qonnx.transformation.infer_datatypes import InferDataTypes
from qonnx.transformation.infer_shapes import InferShapes

from brainsmith_core.blueprint.plan import PlannedKernel
from brainsmith_core.build.unused import note_unused_kernels
from brainsmith_core.loading import load
from brainsmith_core.records import TransformRecord
from brainsmith_kernels import plugins

_log = logging.getLogger("brainsmith.build")


def hardware_inference(model: Any, cfg: Any) -> Any:
    """Replace standard operators with the kernels that the build asks for, in its order.

    With a configuration that has no ``kernels`` or names none, such as FINN's own, those of this pack all
    take their turn. Shapes and datatypes are inferred before and after. The logger ``brainsmith.build`` says
    of each operator that a kernel could have taken the place of, but does not, why it stays,
    and warns of a kernel of the build of which the model has no node afterwards.
    """
    model = _inferred(model)
    planned = getattr(cfg, "kernels", None) or ()
    for record in _inference(planned):
        transform = load(record)()
        model = model.transform(transform)
        for name, reason in getattr(transform, "left", {}).items():
            _log.info("%s leaves %s as it is: %s", record.name, name, reason)
    note_unused_kernels(planned, ((node.domain, node.op_type) for node in model.graph.node))
    return _inferred(model)


def _inferred(model: Any) -> Any:
    return model.transform(InferShapes()).transform(InferDataTypes())


def _inference(planned: Sequence[PlannedKernel]) -> list[TransformRecord]:
    wanted = [record for kernel in planned for record in kernel.inference]
    if not planned:
        wanted = [record for record in plugins.transforms() if record.creates]
    return list(dict.fromkeys(wanted))
