# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack with a kernel that adds one: back ends that are right, wrong, too slow, and not to be run."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from brainsmith_core import BackendRecord, KernelRecord, hookimpl
from brainsmith_core.errors import HardwareError
from brainsmith_core.hardware import Resources, Simulation


class Width:
    def __init__(self, bits: int) -> None:
        self.bits = bits

    def as_dict(self) -> dict[str, int]:
        return {"bits": self.bits}


class IncrementRTL:
    added = 1
    extra_cycles = 0

    @classmethod
    def parse(cls, given: Mapping[str, str]) -> Width:
        unknown = set(given) - {"bits"}
        if unknown:
            raise HardwareError(f"{unknown.pop()!r} is no parameter", remedy="the parameters are bits")
        return Width(int(given.get("bits", 8)))

    @classmethod
    def simulate(cls, parameters: Width, *, rows: int, stall: float, seed: int, folder: Path) -> Simulation:
        (folder / "increment.v").write_text("module increment; endmodule\n")
        os.write(1, b"the simulator talks\n")
        mask = (1 << parameters.bits) - 1
        wrong = [x for x in range(rows) if (x + 1) & mask != (x + cls.added) & mask]
        return Simulation(
            parameters=parameters.as_dict(),
            tool="Python",
            rows=rows,
            stall=stall,
            values=rows,
            mismatches=len(wrong),
            first_mismatch=f"row {wrong[0]}" if wrong else "",
            cycles=rows + 1 + cls.extra_cycles,
            expected_cycles=rows + 1,
            max_error=0.0,
        )

    @classmethod
    def synthesize(cls, parameters: Width, *, family: str, folder: Path) -> Resources:
        return Resources(family, parameters.bits, parameters.bits, 0, 0, "counting", measured=True)


class IncrementHLS(IncrementRTL):
    added = 2


class SlowRTL(IncrementRTL):
    extra_cycles = 5


class Opaque:
    pass


@hookimpl
def register_kernels() -> list[KernelRecord]:
    return [KernelRecord(name="Increment", target="hardware_pack:Width")]


@hookimpl
def register_backends() -> list[BackendRecord]:
    return [
        BackendRecord(name=name, target=f"hardware_pack:{name}", kernel="Increment", language=language)
        for name, language in (
            ("IncrementHLS", "hls"),
            ("IncrementRTL", "rtl"),
            ("SlowRTL", "rtl"),
            ("Opaque", "vhdl"),
        )
    ]
