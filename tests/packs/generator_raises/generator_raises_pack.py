# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack whose hook fails half-way."""

from __future__ import annotations

from collections.abc import Iterator

from brainsmith_core import StepRecord, hookimpl


@hookimpl
def register_steps() -> Iterator[StepRecord]:
    yield StepRecord(name="first", target="generator_raises_pack:first")
    raise OSError("the second is unreadable")
