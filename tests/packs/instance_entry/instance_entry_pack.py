# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack whose entry point is an object with methods."""

from __future__ import annotations

from brainsmith_core import BackendRecord, CustomOpRecord, KernelRecord, TransformRecord, hookimpl


class Tidy:
    """Shares its name with a transformation of another pack."""

    def apply(self, model: object) -> tuple[object, bool]:
        return model, False


class Gather:
    """A kernel."""


class Nothing:
    """A class without what a transformation needs."""


class Pack:
    """The hooks as methods."""

    def __init__(self, module: str) -> None:
        self.module = module

    @hookimpl
    def register_transforms(self) -> list[TransformRecord]:
        return [
            TransformRecord(name="Tidy", target=f"{self.module}:Tidy"),
            TransformRecord(name="Nothing", target=f"{self.module}:Nothing"),
            TransformRecord(name="Rotten", target=f"{self.module}:Rotten", remedy="pip install fresh"),
            TransformRecord(name="Hidden", target=f"{self.module}:Tidy", registered=False),
        ]

    @hookimpl
    def register_kernels(self) -> list[KernelRecord]:
        return [KernelRecord(name="Gather", target=f"{self.module}:Gather")]

    @hookimpl
    def register_backends(self) -> list[BackendRecord]:
        return [
            BackendRecord(name="GatherRTL", target=f"{self.module}:Gather", kernel="Gather", language="rtl")
        ]

    @hookimpl
    def register_custom_ops(self) -> list[CustomOpRecord]:
        return [CustomOpRecord(name="Quant", target=f"{self.module}:Gather")]


pack = Pack(__name__)
