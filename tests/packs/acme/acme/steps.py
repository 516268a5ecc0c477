# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Steps of a build."""

from __future__ import annotations

from typing import Any

import acme_heavy

from brainsmith_core import step as build_step


@build_step(stage="cleanup")
def clean(model: Any, cfg: Any) -> Any:
    """Clean the model."""
    assert acme_heavy
    return [*model, cfg]
