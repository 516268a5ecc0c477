# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Hooks: what this pack gives to Brainsmith, found without importing QONNX."""

from __future__ import annotations

from brainsmith_core import CustomOpRecord, FrameworkAdapter, TransformRecord, hookimpl
from brainsmith_qonnx_bridge.adapter import QONNXAdapter

#: One for all hooks, so that QONNX is scanned once.
_adapter = QONNXAdapter()


@hookimpl
def register_transforms() -> list[TransformRecord]:
    """List every transformation of the installed QONNX."""
    return [record for record in _adapter.discover_plugins() if isinstance(record, TransformRecord)]


@hookimpl
def register_custom_ops() -> list[CustomOpRecord]:
    """List every custom operator of the installed QONNX."""
    return [record for record in _adapter.discover_plugins() if isinstance(record, CustomOpRecord)]


@hookimpl
def register_frameworks() -> list[FrameworkAdapter]:
    """Give QONNX's adapter."""
    return [_adapter]
