# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Hooks: what this pack gives to Brainsmith, found without importing FINN."""

from __future__ import annotations

from brainsmith_core import (
    BackendRecord,
    CustomOpRecord,
    FrameworkAdapter,
    KernelRecord,
    StepRecord,
    TransformRecord,
    hookimpl,
)
from brainsmith_finn_bridge.adapter import FINNAdapter
from brainsmith_finn_bridge.kernels.plan import steps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    from brainsmith_core.records import Record

    R = TypeVar("R", bound=Record)

#: One for all hooks, so that FINN is scanned once.
_adapter = FINNAdapter()


@hookimpl
def register_transforms() -> list[TransformRecord]:
    """List every transformation of the installed FINN."""
    return _records(TransformRecord)


@hookimpl
def register_kernels() -> list[KernelRecord]:
    """List every hardware operator of the installed FINN."""
    return _records(KernelRecord)


@hookimpl
def register_backends() -> list[BackendRecord]:
    """List every back end of the installed FINN."""
    return _records(BackendRecord)


@hookimpl
def register_steps() -> list[StepRecord]:
    """List the build steps of the installed FINN, and those that bring it kernels of other packs."""
    return [*_records(StepRecord), *(steps() if _adapter.is_available() else ())]


@hookimpl
def register_custom_ops() -> list[CustomOpRecord]:
    """List the operators of the installed FINN that are no hardware."""
    return _records(CustomOpRecord)


@hookimpl
def register_frameworks() -> list[FrameworkAdapter]:
    """Give FINN's adapter."""
    return [_adapter]


def _records(record_class: type[R]) -> list[R]:
    return [record for record in _adapter.discover_plugins() if isinstance(record, record_class)]
