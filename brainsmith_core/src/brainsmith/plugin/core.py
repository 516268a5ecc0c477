# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The declaring page: the four decorators, and the registry."""

from brainsmith_core.declare import backend, kernel, step, transform
from brainsmith_core.manager import get_registry

__all__ = ["backend", "get_registry", "kernel", "step", "transform"]
