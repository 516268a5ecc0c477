# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack that gives a kernel where steps are asked for."""

from __future__ import annotations

from brainsmith_core import KernelRecord, hookimpl


@hookimpl
def register_steps() -> list[KernelRecord]:
    return [KernelRecord(name="Add", target="wrong_record_type_pack:Add")]
