# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack whose entry point is a class instead of an instance."""

from __future__ import annotations

from brainsmith_core import StepRecord, hookimpl


class Pack:
    """The hooks as methods."""

    @hookimpl
    def register_steps(self) -> list[StepRecord]:
        return []
