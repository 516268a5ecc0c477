# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from brainsmith_core import BackendRecord, KernelRecord, TransformRecord, hookimpl


@hookimpl
def register_kernels() -> list[KernelRecord]:
    return [KernelRecord(name=name, target=f"leaky_pack.ops:{name}") for name in ("LeakyRelu2", "Midpoint")]


@hookimpl
def register_backends() -> list[BackendRecord]:
    return [
        BackendRecord(
            name=f"{kernel}{language.upper()}",
            target=f"leaky_pack.{module}:{kernel}{language.upper()}",
            kernel=kernel,
            language=language,
        )
        for kernel, module in (("LeakyRelu2", "leaky"), ("Midpoint", "midpoint"))
        for language in ("hls", "rtl")
    ]


@hookimpl
def register_transforms() -> list[TransformRecord]:
    return [TransformRecord(name="InferLeaky", target="leaky_pack.infer:InferLeaky", creates=("LeakyRelu2",))]
