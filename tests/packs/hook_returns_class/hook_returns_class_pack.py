# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack whose hook gives a class."""

from __future__ import annotations

from brainsmith_core import StepRecord, hookimpl


@hookimpl
def register_steps() -> type[StepRecord]:
    return StepRecord
