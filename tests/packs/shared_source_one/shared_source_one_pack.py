# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack whose source name another pack has, too."""

from __future__ import annotations

from brainsmith_core import StepRecord, hookimpl


def both(model: object, cfg: object) -> object:
    return model


@hookimpl
def register_steps() -> list[StepRecord]:
    return [
        StepRecord(name="both", target="shared_source_one_pack:both"),
        StepRecord(name="only_one", target="shared_source_one_pack:both"),
    ]
