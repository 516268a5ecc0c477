# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""KernelConformance: what a kernel of any pack must show, as tests that the pack's own inherit."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as drawn
from hypothesis.strategies import SearchStrategy

from brainsmith_core.hardware import HardwareKernel, lacking
from brainsmith_core.loading import load
from brainsmith_core.testing.back_end import (
    BackendConformance,
    Given,
    Workshop,
    differing,
    require,
    tools,
)
from brainsmith_kernels.hardware.integer_type import IntegerType
from brainsmith_kernels.hardware.stream import Array
from brainsmith_kernels.simulation.elaboration import elaborate
from brainsmith_kernels.simulation.rtlsim import lint
from brainsmith_kernels.simulation.stimuli import stimuli
from brainsmith_kernels.testing import node


class KernelConformance(BackendConformance):
    """The back ends' suite, and in it the QONNX op: derive a class ``Test…`` and name the kernel.

    .. code-block:: python

        class TestScale(KernelConformance):
            kernel = "acme:Scale"
            parameter_sets = ({}, {"size": 15, "simd": 5})

    ``domain`` is the nodes' ONNX domain, by default the module of the op's class. ``strategy`` draws
    parameter sets for what costs little to check. ``lint_exceptions`` are warnings of Verilator that the
    author accepts.
    """

    domain: ClassVar[str] = ""
    strategy: ClassVar[SearchStrategy[Any] | None] = None
    lint_exceptions: ClassVar[Sequence[str]] = ()

    def test_the_kernel_follows_the_protocol(self) -> None:
        """It has everything that ``HardwareKernel`` asks for, and its folding divides an attribute it has."""
        cls = self.kernel_class()
        missing = lacking(cls, HardwareKernel)
        require(not missing, f"the class {cls.__name__} has no {', '.join(missing)}")
        attributes = cls.node_attributes(self.parameters(self.languages[0], {}))
        for name in (*cls.folding, *cls.folding.values()):
            require(name in attributes, f"node_attributes leaves out {name}, which folding names")

    def test_attributes_give_back_the_parameters(self, given: Given, tmp_path: Path) -> None:
        """Parameters become attributes, a saved model, and equal parameters again."""
        parameters = self.parameters(self.languages[0], given)
        self.model(parameters, 1).save(str(tmp_path / "model.onnx"))
        _, op = node.read(tmp_path / "model.onnx")
        self._check_parameters(op.parameters(), parameters, "written to a saved node's attributes and read")

    def test_a_spawned_process_resolves_the_node_and_computes_the_same(
        self, given: Given, tmp_path: Path
    ) -> None:
        """A process that inherits nothing needs the saved model alone."""
        parameters = self.parameters(self.languages[0], given)
        rows = self.stimuli(parameters, 64)
        self.model(parameters, len(rows)).save(str(tmp_path / "model.onnx"))
        found, result = node.execute_elsewhere(tmp_path / "model.onnx", rows)
        self._check_parameters(found, parameters, "read by a spawned process")
        _require_equal(result, parameters.compute(rows), "the op in a spawned process", "the specification")

    def test_the_op_computes_the_specification(self, given: Given) -> None:
        """Bit for bit, on the worst rows and random ones, with the shapes and datatypes that it declares."""
        self._check_op(self.parameters(self.languages[0], given), rows=500)

    def test_drawn_parameters_hold_as_the_given_ones_do(self) -> None:
        """Parameters that hypothesis draws survive a node's attributes, and the op computes what they say."""
        if self.strategy is None:
            pytest.skip("parameters are drawn by strategy = parameter_strategy(…), which is not set")

        @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
        @drawn(self.strategy)
        def check(given: Given) -> None:
            parameters = self.parameters(self.languages[0], given)
            self._check_op(parameters, rows=50)
            for language in self.languages:
                files = self.backend(language).files(parameters)
                require(files == self.backend(language).files(parameters), f"{language} files differ")

        check()

    def test_folding_changes_no_value(self, given: Given) -> None:
        """Specification and op give the same rows at every legal folding, each with a module of its own."""
        parameters = self.parameters(self.languages[0], given)
        rows = self.stimuli(parameters, 100)
        expected, modules = parameters.compute(rows), set()
        for folding, op in self.foldings(parameters):
            found, module = op.parameters().compute(rows), op.parameters().module_name
            _require_equal(found, expected, f"the specification at {folding}", "that at other foldings")
            require(module not in modules, f"the module at {folding} has the name of one at another folding")
            modules.add(module)
        require(bool(modules), "there is no legal folding")

    def test_hardware_computes_the_same_at_the_extreme_foldings(
        self, language: str, workshop: Workshop
    ) -> None:
        """One element in each word, and as many as there may be, of the set with the shortest rows."""
        smallest = min(
            (self.parameters(language, given) for given in self.parameter_sets), key=self._row_length
        )
        legal = list(self.foldings(smallest))
        for folding, op in (legal[0], legal[-1]):
            result = self.simulated(language, op.parameters(), 0.0, workshop)
            require(not result.faults, f"{language} at {folding}: {'; '.join(result.faults)}")

    def test_streams_carry_the_tensors(self, language: str, given: Given) -> None:
        """The ports' words hold a row of each tensor, in order, padded to whole bytes."""
        parameters = self.parameters(language, given)
        op = self.op(parameters)
        ports = self.backend(language).ports(parameters)
        for direction, tensors in (("in", op.input_tensors()), ("out", op.output_tensors())):
            streams = [port for port in ports if port.direction == direction]
            found = f"{len(streams)} ports {direction} for {len(tensors)} tensors"
            require(len(streams) == len(tensors), found)
            for port, tensor in zip(streams, tensors, strict=True):
                lanes, rest = divmod(tensor.shape[-1], port.words_per_row)
                found = f"{port.name}: {port.words_per_row} words for {tensor.shape[-1]} elements"
                require(rest == 0, found)
                bits = -(-lanes * IntegerType.parse(tensor.datatype).bits // 8) * 8
                found = f"{port.name}: {port.bits} bits for {lanes} {tensor.datatype}, which are {bits}"
                require(port.bits == bits, found)

    def test_verilator_has_nothing_to_say(self, given: Given, tmp_path: Path) -> None:
        """``verilator --lint-only -Wall`` prints no warning but those of ``lint_exceptions``."""
        files, top = self._rtl(given)
        with tools():
            lint(files, top, tmp_path, warnings=["-Wall", *(f"-Wno-{name}" for name in self.lint_exceptions)])

    def test_pyslang_elaborates_the_top(self, given: Given) -> None:
        """A second reader of SystemVerilog finds one top module and no error."""
        files, top = self._rtl(given)
        with tools():
            elaborate(files, top)

    def test_cost_follows_the_lanes(self, given: Given) -> None:
        """More lanes never take more cycles, and the widest folding takes more cells than the narrowest."""
        backend = self.backend(self.languages[-1])
        narrow_first = self.foldings(self.parameters(self.languages[-1], given))
        legal = [(folding, op.parameters()) for folding, op in narrow_first]
        cycles = [(backend.cycles(parameters, self.rows), folding) for folding, parameters in legal]
        for (before, narrow), (after, wide) in pairwise(cycles):
            require(after <= before, f"{after} cycles at {wide} are more than {before} at {narrow}")
        for family in self.families if len(legal) > 1 else ():
            narrow, wide = (_area(backend.resources(legal[place][1], family)) for place in (0, -1))
            fact = f"{family}: {wide} cells at {legal[-1][0]} are no more than {narrow} at {legal[0][0]}"
            require(wide > narrow, fact)

    def kernel_class(self) -> Any:
        """The class behind the kernel's record."""
        return load(self.kernel_record())

    def model(self, parameters: Any, rows: int) -> Any:
        """A model of one node with these parameters."""
        attributes = self.kernel_class().node_attributes(parameters)
        return node.one_node_model(*self._named(), attributes, rows)

    def op(self, parameters: Any) -> Any:
        """The custom op of a node with these parameters."""
        return node.resolved(*self._named(), self.kernel_class().node_attributes(parameters))

    def foldings(self, parameters: Any) -> Any:
        """Each legal folding with the custom op that has it, narrow ones first."""
        return node.foldings(self.kernel_class(), *self._named(), parameters)

    def stimuli(self, parameters: Any, rows: int) -> Array:
        """The worst rows of the input's type, then random ones."""
        tensors = self.op(parameters).input_tensors()
        require(
            len(tensors) == 1,
            f"{len(tensors)} inputs: this suite is for kernels of one; see BackendConformance",
        )
        tensor = tensors[0]
        return stimuli(IntegerType.parse(tensor.datatype), tensor.shape[-1], rows, seed=1)

    def _named(self) -> tuple[str, str]:
        return self.kernel_record().op_type, self.domain or self.kernel_class().__module__

    def _row_length(self, parameters: Any) -> int:
        return int(self.op(parameters).input_tensors()[0].shape[-1])

    def _rtl(self, given: Given) -> tuple[dict[str, str], str]:
        if "rtl" not in self.languages:
            pytest.skip("there is no RTL to read")
        parameters = self.parameters("rtl", given)
        return self.backend("rtl").files(parameters), parameters.module_name

    def _check_op(self, parameters: Any, rows: int) -> None:
        inputs = self.stimuli(parameters, rows)
        model = self.model(parameters, rows)
        op = self.op(parameters)
        self._check_parameters(op.parameters(), parameters, "written to a node's attributes and read")
        (declared,) = op.output_tensors()
        found = (model.get_tensor_shape("y"), model.get_tensor_datatype("y").name)
        wanted = ([rows, declared.shape[-1]], declared.datatype)
        require(found == wanted, f"the model infers {found} for the output where the op declares {wanted}")
        _require_equal(node.execute(model, inputs), parameters.compute(inputs), "the op", "the specification")

    @staticmethod
    def _check_parameters(found: Any, wanted: Any, how: str) -> None:
        require(found.as_dict() == wanted.as_dict(), differing(found, wanted, how))
        require(found == wanted, f"parameters are not equal to themselves when {how}")


def _require_equal(found: Array, wanted: Array, whose: str, whom: str) -> None:
    places = np.argwhere(found != wanted)
    if len(places):
        row, column = places[0]
        first = f"row {row}, element {column}: {found[row, column]} instead of {wanted[row, column]}"
        raise AssertionError(f"{whose} differs from {whom} in {len(places)} values, first {first}")


def _area(resources: Any) -> int:
    return int(resources.lut + resources.ff + resources.dsp + resources.bram18)
