# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The pack authors' page: everything that a pack needs to import, loaded on first use."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from brainsmith_core.declare import backend as backend
    from brainsmith_core.declare import kernel as kernel
    from brainsmith_core.declare import step as step
    from brainsmith_core.declare import transform as transform
    from brainsmith_core.discovery.declared import declared_plugins as declared_plugins
    from brainsmith_core.errors import BrainsmithError as BrainsmithError
    from brainsmith_core.frameworks import FrameworkAdapter as FrameworkAdapter
    from brainsmith_core.frameworks import ModelAccess as ModelAccess
    from brainsmith_core.hookspecs import hookimpl as hookimpl
    from brainsmith_core.records import BackendRecord as BackendRecord
    from brainsmith_core.records import CustomOpRecord as CustomOpRecord
    from brainsmith_core.records import KernelRecord as KernelRecord
    from brainsmith_core.records import StepRecord as StepRecord
    from brainsmith_core.records import TransformRecord as TransformRecord

_HOMES = {
    "BackendRecord": "records",
    "BrainsmithError": "errors",
    "CustomOpRecord": "records",
    "FrameworkAdapter": "frameworks",
    "KernelRecord": "records",
    "ModelAccess": "frameworks",
    "StepRecord": "records",
    "TransformRecord": "records",
    "backend": "declare",
    "declared_plugins": "discovery.declared",
    "hookimpl": "hookspecs",
    "kernel": "declare",
    "step": "declare",
    "transform": "declare",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'brainsmith_core' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"brainsmith_core.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
