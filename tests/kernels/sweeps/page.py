# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The page of the results."""

from __future__ import annotations

from typing import Any


def page(results: list[dict[str, Any]]) -> str:
    return ""
