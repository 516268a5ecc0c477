# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from brainsmith_core import BackendRecord, KernelRecord, hookimpl

FAULTS = (
    "WrongLane",
    "WrongCycles",
    "WrongOp",
    "SharedName",
    "FoldedResult",
    "FoldedHardware",
    "LostAttribute",
    "StaleTable",
    "NegativeCost",
    "Unsteady",
    "Careless",
    "LostInPickling",
)


@hookimpl
def register_kernels() -> list[KernelRecord]:
    sound = KernelRecord(name="Flip", target="faulty_pack.flip:Flip")
    return [sound, *(KernelRecord(name=name, target=f"faulty_pack.faults:{name}") for name in FAULTS)]


@hookimpl
def register_backends() -> list[BackendRecord]:
    homes = {"Flip": "flip", **dict.fromkeys(FAULTS, "faults")}
    records = [
        BackendRecord(name=f"{name}RTL", target=f"faulty_pack.{home}:{name}RTL", kernel=name, language="rtl")
        for name, home in homes.items()
    ]
    target = "faulty_pack.flip:FlipHLS"
    return [*records, BackendRecord(name="FlipHLS", target=target, kernel="Flip", language="hls")]
