# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack one of whose hooks raises."""

from __future__ import annotations

from brainsmith_core import KernelRecord, StepRecord, hookimpl


@hookimpl
def register_steps() -> list[StepRecord]:
    raise KeyError("FINN_ROOT")


@hookimpl
def register_kernels() -> list[KernelRecord]:
    return [KernelRecord(name="Innocent", target="hook_raises_pack:Innocent")]
