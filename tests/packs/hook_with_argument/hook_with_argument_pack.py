# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack whose hook wants an argument that the hook does not have."""

from __future__ import annotations

from brainsmith_core import StepRecord, hookimpl


@hookimpl
def register_steps(config: object) -> list[StepRecord]:
    return []
