# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack that takes its time."""

from __future__ import annotations

import time

from brainsmith_core import StepRecord, hookimpl


def wait(model: object, cfg: object) -> object:
    return model


@hookimpl
def register_steps() -> list[StepRecord]:
    time.sleep(0.6)
    return [StepRecord(name="wait", target="slow_pack:wait")]
