# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack whose function lacks the mark of a hook."""

from __future__ import annotations


def register_steps() -> list[object]:
    return []
