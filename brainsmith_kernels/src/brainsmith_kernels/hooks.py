# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Hooks: what the pack gives, listed without importing any of it."""

from __future__ import annotations

from brainsmith_core import (
    BackendRecord,
    FrameworkAdapter,
    KernelRecord,
    StepRecord,
    TransformRecord,
    hookimpl,
)
from brainsmith_kernels import plugins
from brainsmith_kernels.adapter import BrainSmithAdapter


@hookimpl
def register_transforms() -> list[TransformRecord]:
    """The pack's transforms and transform sets."""
    return plugins.transforms()


@hookimpl
def register_kernels() -> list[KernelRecord]:
    """The pack's kernels."""
    return plugins.kernels()


@hookimpl
def register_backends() -> list[BackendRecord]:
    """The back ends of the pack's kernels."""
    return plugins.backends()


@hookimpl
def register_steps() -> list[StepRecord]:
    """The pack's build steps."""
    return plugins.steps()


@hookimpl
def register_frameworks() -> list[FrameworkAdapter]:
    """Brainsmith itself, as one of the frameworks that a configuration may name."""
    return [BrainSmithAdapter()]
