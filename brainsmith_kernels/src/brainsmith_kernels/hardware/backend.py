# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A back end of a kernel: its generated files, and what they cost and compute."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from brainsmith_core.errors import HardwareError
from brainsmith_core.hardware import Port, Resources, Simulation
from brainsmith_kernels.hardware.cost import Cost
from brainsmith_kernels.hardware.parameters import Parameters
from brainsmith_kernels.hardware.stream import Array
from brainsmith_kernels.simulation.csim import CppSimulator
from brainsmith_kernels.simulation.rtlsim import RtlSimulator
from brainsmith_kernels.simulation.simulator import Simulator
from brainsmith_kernels.simulation.stimuli import stimuli
from brainsmith_kernels.simulation.synthesis import synthesize

#: Rows in one run of a simulator, so that a long sweep needs little memory.
_BATCH = 5000
#: Values of all rows of a simulation, of which several copies are in memory.
_MOST_VALUES = 2**28


class Backend(ABC):
    """What both languages have in common; see ``brainsmith_core.hardware.HardwareBackend``."""

    specification: ClassVar[type[Parameters]]
    cost: ClassVar[Cost]
    simulator: ClassVar[type[CppSimulator] | type[RtlSimulator]]

    @classmethod
    @abstractmethod
    def files(cls, parameters: Any) -> dict[str, str]:
        """The generated source files: name to text; the same for the same parameters."""

    @classmethod
    def parse(cls, given: Mapping[str, str]) -> Parameters:
        """The parameters with the given texts in place of their defaults; ``HardwareError`` if wrong."""
        return cls.specification.parse(given)

    @classmethod
    def ports(cls, parameters: Parameters) -> tuple[Port, ...]:
        """The AXI streams ``in0_V`` and ``out0_V``, padded to whole bytes."""
        source, sink = parameters.input, parameters.output
        return (
            Port("in0_V", "in", source.padded_bits, source.words_per_row),
            Port("out0_V", "out", sink.padded_bits, sink.words_per_row),
        )

    @classmethod
    def cycles(cls, parameters: Parameters, rows: int) -> int:
        """The cycles for so many rows back to back, from the first word in to the last word out.

        They are those of the RTL; what a vendor's HLS compiler makes of the C++ is not known here.
        """
        return cls.cost.cycles(parameters, rows)

    @classmethod
    def resources(cls, parameters: Parameters, family: str) -> Resources:
        """A committed measurement of the RTL, or a fit to several; the source says which."""
        return cls.cost.resources(parameters, family)

    @classmethod
    def simulate(
        cls, parameters: Parameters, *, rows: int, stall: float, seed: int, folder: Path
    ) -> Simulation:
        """Run so many rows, the worst and random ones, and compare each value with the specification.

        ``stall`` is the share of cycles in which either stream stands still; C++ knows none. Raises
        ``HardwareError`` for a number out of range, ``ToolError`` for a tool that is missing.
        """
        if rows < 1 or not 0 <= stall < 1:
            raise HardwareError(
                f"rows={rows} and stall={stall} are no simulation", remedy="give rows > 0 and 0 <= stall < 1"
            )
        if rows * parameters.size > _MOST_VALUES:
            fact = f"rows={rows} of size={parameters.size} are more than {_MOST_VALUES} values"
            raise HardwareError(fact, place=parameters.kernel, remedy="give fewer --rows, and several --seed")
        top, source, sink = parameters.module_name, parameters.input, parameters.output
        program = cls.simulator(cls.files(parameters), top, source, sink, folder)
        inputs = stimuli(parameters.input_type, parameters.size, rows, seed)
        return _compare(program, parameters, inputs, stall, seed, cls.cost)

    @classmethod
    def synthesize(cls, parameters: Parameters, *, family: str, folder: Path) -> Resources:
        """Synthesise the files for a device family with yosys."""
        return synthesize(cls.files(parameters), parameters.module_name, family, folder)


class RtlBackend(Backend):
    """A back end in SystemVerilog, simulated with Verilator."""

    simulator = RtlSimulator


class HlsBackend(Backend):
    """A back end in C++ for high-level synthesis, simulated with g++."""

    simulator = CppSimulator
    #: Words by which a buffer is deeper than the RTL's: a compiler's pipelines are, by how much is not known.
    slack: ClassVar[int] = 32

    @classmethod
    def synthesize(cls, parameters: Parameters, *, family: str, folder: Path) -> Resources:
        """Raise ``HardwareError``: no open tool turns this C++ into cells."""
        raise HardwareError(
            "high-level synthesis needs the vendor's compiler",
            remedy="synthesise the RTL back end, which computes the same values",
        )


def _compare(
    program: Simulator, parameters: Parameters, inputs: Array, stall: float, seed: int, cost: Cost
) -> Simulation:
    mismatches, first, total, error = 0, "", 0, 0.0
    expected_cycles = 0
    for start in range(0, len(inputs), _BATCH):
        batch = inputs[start : start + _BATCH]
        actual, cycles = program.run(batch, stall=stall, seed=seed + start)
        expected = parameters.compute(batch)
        places = np.argwhere(actual != expected)
        mismatches += len(places)
        if len(places) and not first:
            row, column = places[0]
            found = f"{actual[row, column]} instead of {expected[row, column]}"
            first = f"row {start + row}, element {column}: {found}"
        total += cycles or 0
        expected_cycles += cost.cycles(parameters, len(batch))
        error = max(error, float(np.abs(expected - parameters.real(batch)).max()))
    counts = program.counts_cycles
    return Simulation(
        parameters=parameters.as_dict(),
        tool=program.tool,
        rows=len(inputs),
        stall=stall if counts else 0.0,
        values=inputs.size,
        mismatches=mismatches,
        first_mismatch=first,
        cycles=total if counts else None,
        expected_cycles=expected_cycles if counts else None,
        max_error=error,
    )
