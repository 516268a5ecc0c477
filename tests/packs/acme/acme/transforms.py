# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Transformations of lists, which stand for models."""

from __future__ import annotations

from typing import Any

import acme_heavy

from brainsmith_core import transform


@transform(name="Tidy", stage="cleanup", description="Remove what is None", author="Acme")
class RemoveNone(acme_heavy.Transformation):
    def apply(self, model: Any) -> tuple[Any, bool]:
        kept = [node for node in model if node is not None]
        model[:] = kept
        return model, False


@transform(stage="topology_opt", requires=["numpy>=1.26"])
class Double(acme_heavy.Transformation):
    """Write every node twice.

    Only the first line of this text is the description.
    """

    def apply(self, model: Any) -> tuple[Any, bool]:
        model[:] = [node for node in model for _ in range(2)]
        return model, False


@transform()
class Needy(acme_heavy.Transformation):
    """Wants an argument."""

    def __init__(self, count: int) -> None:
        self.count = count
