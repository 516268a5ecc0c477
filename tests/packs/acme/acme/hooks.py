# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The pack's hooks."""

from __future__ import annotations

from brainsmith_core import declared_plugins

hooks = declared_plugins(__package__)
register_transforms, register_kernels, register_backends, register_steps = hooks
