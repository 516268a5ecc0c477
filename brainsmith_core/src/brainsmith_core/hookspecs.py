# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The contract between core and a pack: the hooks that a pack's entry point implements."""

from __future__ import annotations

from pluggy import HookimplMarker, HookspecMarker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from brainsmith_core.frameworks import FrameworkAdapter
    from brainsmith_core.records import (
        BackendRecord,
        CustomOpRecord,
        KernelRecord,
        StepRecord,
        TransformRecord,
    )

#: pluggy's project name, and the entry-point group of packs.
PROJECT = "brainsmith"

hookspec = HookspecMarker(PROJECT)
hookimpl = HookimplMarker(PROJECT)


@hookspec
def register_transforms() -> Iterable[TransformRecord]:
    """List the pack's transforms.

    .. code-block:: python

        from brainsmith_core import TransformRecord, hookimpl

        @hookimpl
        def register_transforms():
            return [TransformRecord(name="ExpandNorms", target="acme.norms:ExpandNorms")]
    """
    raise NotImplementedError


@hookspec
def register_kernels() -> Iterable[KernelRecord]:
    """List the pack's kernels.

    .. code-block:: python

        from brainsmith_core import KernelRecord, hookimpl

        @hookimpl
        def register_kernels():
            return [KernelRecord(name="Softmax", target="acme.softmax:Softmax")]
    """
    raise NotImplementedError


@hookspec
def register_backends() -> Iterable[BackendRecord]:
    """List the pack's back ends, of its own kernels or of another pack's.

    .. code-block:: python

        from brainsmith_core import BackendRecord, hookimpl

        @hookimpl
        def register_backends():
            return [BackendRecord(name="SoftmaxHLS", target="acme:HLS", kernel="Softmax", language="hls")]
    """
    raise NotImplementedError


@hookspec
def register_steps() -> Iterable[StepRecord]:
    """List the pack's build steps, functions ``(model, cfg) -> model``.

    .. code-block:: python

        from brainsmith_core import StepRecord, hookimpl

        @hookimpl
        def register_steps():
            return [StepRecord(name="tidy", target="acme.steps:tidy")]
    """
    raise NotImplementedError


@hookspec
def register_custom_ops() -> Iterable[CustomOpRecord]:
    """List ONNX custom operators that are no kernels; they are shown, and belong to no namespace.

    .. code-block:: python

        from brainsmith_core import CustomOpRecord, hookimpl

        @hookimpl
        def register_custom_ops():
            return [CustomOpRecord(name="Quant", target="acme.ops:Quant")]
    """
    raise NotImplementedError


@hookspec
def register_frameworks() -> Iterable[FrameworkAdapter]:
    """Give the adapters of the frameworks that the pack bridges.

    .. code-block:: python

        from brainsmith_core import FrameworkAdapter, hookimpl

        class AcmeAdapter(FrameworkAdapter):
            name = "acme"

            def is_available(self):
                return True

            def discover_plugins(self):
                return []

            def get_metadata(self):
                return {"name": "acme", "version": "1.0", "location": "", "remedy": ""}

        @hookimpl
        def register_frameworks():
            return [AcmeAdapter()]
    """
    raise NotImplementedError
