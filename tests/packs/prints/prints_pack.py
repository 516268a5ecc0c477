# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack that talks while it is listed."""

from __future__ import annotations

import sys

from brainsmith_core import StepRecord, hookimpl

print("Welcome to prints!")
print("It is a fine day.")
sys.stdout.buffer.write(b"bytes, too\n")


def talk(model: object, cfg: object) -> object:
    return model


@hookimpl
def register_steps() -> list[StepRecord]:
    return [StepRecord(name="talk", target="prints_pack:talk")]
