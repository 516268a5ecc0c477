# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack that closes standard output after it wrote there."""

from __future__ import annotations

import sys

from brainsmith_core import StepRecord, hookimpl

print("Goodbye!")
sys.stdout.close()


def leave(model: object, cfg: object) -> object:
    return model


@hookimpl
def register_steps() -> list[StepRecord]:
    return [StepRecord(name="leave", target="closes_stdout_pack:leave")]
