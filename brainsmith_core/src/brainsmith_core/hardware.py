# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The hardware protocol: what a kernel and its back ends say of themselves, without any framework.

Any pack's classes may follow it. Those that do can be simulated, synthesised and costed from the command
line, and become native operators of a hardware compiler whose bridge adapts them. Those that do not, such as
a framework's own, are listed and used in builds all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol

from brainsmith_core.errors import HardwareError
from brainsmith_core.frameworks import TensorDescription


@dataclass(frozen=True)
class Port:
    """An AXI stream of a kernel: ``direction`` is ``in`` or ``out``, ``bits`` the width of TDATA."""

    name: str
    direction: str
    bits: int
    words_per_row: int


@dataclass(frozen=True)
class Resources:
    """Cells of a device family, and where the numbers come from.

    ``bram18`` counts block RAM in halves of 36 Kbit. ``source`` names the tool with its version, and says
    of an estimate what it was fitted to; ``measured`` is true only for the result of a synthesis.
    """

    family: str
    lut: int
    ff: int
    dsp: int
    bram18: int
    source: str
    measured: bool

    def as_dict(self) -> dict[str, Any]:
        """The fields by name, as JSON can hold them."""
        return asdict(self)


@dataclass(frozen=True)
class Simulation:
    """What a back end computed, compared with its kernel's specification.

    ``cycles`` are those that the simulator counted from the first word in to the last word out, and
    ``expected_cycles`` those of the cost formula; ``None`` where nothing counts them: stalls make the
    formula a lower bound, and a C++ simulation has no clock. ``max_error`` is the largest distance of the
    specification's output from the real function, in units of the output's last place.
    """

    parameters: Mapping[str, Any]
    tool: str
    rows: int
    stall: float
    values: int
    mismatches: int
    first_mismatch: str
    cycles: int | None
    expected_cycles: int | None
    max_error: float | None

    @property
    def faults(self) -> tuple[str, ...]:
        """What is wrong, a sentence each; nothing if the back end is the specification."""
        faults = []
        if self.mismatches:
            found = f"{self.mismatches} of {self.values} values differ from the specification"
            faults.append(f"{found}, first {self.first_mismatch}")
        if self.cycles is not None and self.expected_cycles is not None:
            exact = self.cycles == self.expected_cycles
            if not (exact if self.stall == 0 else self.cycles >= self.expected_cycles):
                faults.append(f"it took {self.cycles} cycles where the formula says {self.expected_cycles}")
        return tuple(faults)

    def as_dict(self) -> dict[str, Any]:
        """The fields by name and the faults, as JSON can hold them."""
        return asdict(self) | {"faults": list(self.faults)}


class HardwareBackend(Protocol):
    """A back-end class whose kernel can be generated, simulated and synthesised without a vendor's tools.

    All methods are called on the class. ``parameters`` is whatever :meth:`parse` made; core looks into it
    only through ``as_dict()``.
    """

    @classmethod
    def parse(cls, given: Mapping[str, str]) -> Any:
        """The parameters with the given texts in place of their defaults; ``HardwareError`` if wrong."""

    @classmethod
    def files(cls, parameters: Any) -> dict[str, str]:
        """The generated source files: name to text; the same for the same parameters."""

    @classmethod
    def ports(cls, parameters: Any) -> tuple[Port, ...]:
        """The kernel's streams."""

    @classmethod
    def cycles(cls, parameters: Any, rows: int) -> int:
        """The cycles for so many rows back to back, from the first word in to the last word out."""

    @classmethod
    def resources(cls, parameters: Any, family: str) -> Resources:
        """What it takes of a device family (``xc7``, ``xcup``): a measured point, or a labelled estimate."""

    @classmethod
    def simulate(cls, parameters: Any, *, rows: int, stall: float, seed: int, folder: Path) -> Simulation:
        """Run so many rows, random and worst ones, through the generated files, built below the folder."""

    @classmethod
    def synthesize(cls, parameters: Any, *, family: str, folder: Path) -> Resources:
        """Synthesise the generated files for a device family, below the folder."""


class HardwareKernel(Protocol):
    """A kernel's class that says of each node what its back ends need, from the node's attributes alone.

    It is the class behind a ``KernelRecord``, and a custom op of the pack's own ONNX domain besides: made
    from a node, it executes the specification.
    """

    #: How much of a row is worked on at once (``SIMD``, ``PE``), by the attribute with the length it divides.
    folding: ClassVar[Mapping[str, str]]

    def parameters(self) -> Any:
        """What the back ends generate files from; ``HardwareError`` for attributes out of range.

        They have ``as_dict()``, ``module_name`` (the top module, with whose name those of all others begin),
        ``compute(rows)``, the exact specification on integers of shape ``(n, size)``, and ``real(rows)``,
        the same in float64, unrounded, in units of the output's last place.
        """

    @classmethod
    def node_attributes(cls, parameters: Any) -> dict[str, Any]:
        """The attributes of a node for one row; a node that has them gives equal parameters.

        An attribute whose value would be an empty list is left out.
        """

    def input_tensors(self) -> Sequence[TensorDescription]:
        """The tensors of the back ends' ports ``in``, in the ports' order; a row is the last dimension.

        Datatypes are QONNX's. Constants, such as a table, are attributes and no tensors.
        """

    def output_tensors(self) -> Sequence[TensorDescription]:
        """The tensors of the ports ``out``, in the ports' order."""


def lacking(candidate: Any, protocol: type) -> tuple[str, ...]:
    """What of ``HardwareKernel`` or ``HardwareBackend`` a class does not have; nothing if it follows it."""
    wanted = {**getattr(protocol, "__annotations__", {}), **vars(protocol)}
    public = (name for name in wanted if not name.startswith("_"))
    return tuple(name for name in public if getattr(candidate, name, None) is None)


def check_backend(backend: Any, name: str, method: str) -> None:
    """Raise ``HardwareError`` unless the class answers ``parse`` and the method."""
    for wanted in ("parse", method):
        if not callable(getattr(backend, wanted, None)):
            raise HardwareError(
                f"the back end {name} has no method {wanted}, so it cannot be run from here",
                remedy="brainsmith_core.hardware.HardwareBackend says what a back end has to offer",
            )
