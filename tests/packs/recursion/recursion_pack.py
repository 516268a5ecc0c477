# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack whose hook calls itself without end."""

from __future__ import annotations

from brainsmith_core import StepRecord, hookimpl


@hookimpl
def register_steps() -> list[StepRecord]:
    return register_steps()
