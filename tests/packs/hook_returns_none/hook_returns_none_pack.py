# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack whose hook forgets to return."""

from __future__ import annotations

from brainsmith_core import hookimpl


@hookimpl
def register_steps() -> None:
    return None
