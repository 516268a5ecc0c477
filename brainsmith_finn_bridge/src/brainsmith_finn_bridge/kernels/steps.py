# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The bridge's own build steps, which bring kernels of other packs into FINN's flow."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from qonnx.transformation.infer_datatypes import InferDataTypes
from qonnx.transformation.infer_shapes import InferShapes

from brainsmith_core.blueprint.plan import PlannedKernel
from brainsmith_core.build.unused import note_unused_kernels
from brainsmith_core.loading import load
from brainsmith_finn_bridge.kernels.hand_over import HandOverKernels
from brainsmith_finn_bridge.kernels.kernel import SOURCE, NativeKernel, native_kernels
from brainsmith_finn_bridge.kernels.registration import register, register_installed

_log = logging.getLogger("brainsmith.build")


def infer_kernels(model: Any, cfg: Any) -> Any:
    """Apply the inference transforms of the build's kernels, those of FINN's own left out, in their order.

    FINN's own are inferred by ``step_convert_to_hw``. Shapes and datatypes are inferred before and after. The
    logger ``brainsmith.build`` says which operators stay as they are and why, and warns of a kernel of which
    the model has no node afterwards.
    """
    foreign = [kernel for kernel in _planned(cfg) if kernel.record.source != SOURCE]
    wanted = [record for kernel in foreign for record in kernel.inference]
    model = _inferred(model)
    for record in dict.fromkeys(wanted):
        transform = load(record)()
        model = model.transform(transform)
        for name, reason in getattr(transform, "left", {}).items():
            _log.info("%s leaves %s as it is: %s", record.name, name, reason)
    note_unused_kernels(foreign, ((node.domain, node.op_type) for node in model.graph.node))
    return _inferred(model)


def hand_over_kernels(model: Any, cfg: Any) -> Any:
    """Make nodes of the build's kernels nodes of FINN's; with FINN's own ``cfg``, of all installed kernels.

    Raises ``HardwareError`` for a node for which there is no hardware.
    """
    return model.transform(HandOverKernels(_kernels(cfg)))


def _planned(cfg: Any) -> Sequence[PlannedKernel]:
    return getattr(cfg, "kernels", None) or ()


def _kernels(cfg: Any) -> tuple[NativeKernel, ...]:
    if getattr(cfg, "kernels", None) is None:
        return register_installed()
    kernels = native_kernels(_planned(cfg))
    register(kernels)
    return kernels


def _inferred(model: Any) -> Any:
    return model.transform(InferShapes()).transform(InferDataTypes())
