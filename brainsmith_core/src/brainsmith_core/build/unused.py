# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The kernels of a build that took the place of nothing, told as notes."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from brainsmith_core.blueprint.plan import PlannedKernel
from brainsmith_core.build.log import NOTES

_notes = logging.getLogger(NOTES)


def note_unused_kernels(kernels: Iterable[PlannedKernel], nodes: Iterable[tuple[str, str]]) -> None:
    """Note each kernel that has inference transforms and of which a model has no node after them.

    ``nodes`` are the domain and op type of each node; those of ONNX's own domain are no kernel's.
    """
    # A standard operator may be named like the kernel that could have taken its place.
    there = {op_type for domain, op_type in nodes if domain not in ("", "ai.onnx")}
    for kernel in kernels:
        record, makers = kernel.record, ", ".join(each.qualified_name for each in kernel.inference)
        if makers and record.op_type not in there:
            _notes.warning("%s: %s found nothing in the model to replace", record.qualified_name, makers)
