# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack that has two steps of one name."""

from __future__ import annotations

from brainsmith_core import StepRecord, hookimpl


@hookimpl
def register_steps() -> list[StepRecord]:
    return [
        StepRecord(name="twice", target="duplicate_name_pack:one"),
        StepRecord(name="twice", target="duplicate_name_pack:two"),
    ]
