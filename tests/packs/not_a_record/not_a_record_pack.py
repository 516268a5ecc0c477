# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack that gives names instead of records."""

from __future__ import annotations

from brainsmith_core import hookimpl


@hookimpl
def register_steps() -> list[str]:
    return ["clean"]
