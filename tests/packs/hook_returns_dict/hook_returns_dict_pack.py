# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack whose hook gives a dict."""

from __future__ import annotations

from brainsmith_core import StepRecord, hookimpl


@hookimpl
def register_steps() -> dict[str, StepRecord]:
    return {"first": StepRecord(name="first", target="hook_returns_dict_pack:first")}
