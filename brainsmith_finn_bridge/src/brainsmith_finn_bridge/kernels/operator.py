# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""KernelOperator: FINN's operator for a kernel of another pack, as yet without a back end."""

from __future__ import annotations

import logging
import math
from dataclasses import replace
from typing import Any, ClassVar

from finn.custom_op.fpgadataflow.hwcustomop import HWCustomOp
from qonnx.core.datatype import DataType

from brainsmith_core.errors import BrainsmithError, HardwareError
from brainsmith_core.hardware import Port
from brainsmith_finn_bridge.kernels.kernel import NativeKernel, ports, resources

_logger = logging.getLogger("brainsmith.build")

#: The attribute by which FINN's SetFolding folds an operator that it does not know.
FOLDED_BY = "PE"


class KernelOperator(HWCustomOp):
    """What the pack says of its kernel, said as FINN asks for it.

    The node has the attributes of the pack's op and those that FINN adds. FINN's SetFolding sets ``PE``,
    which stands for the kernel's own attribute, ``SIMD`` or whatever it is called.
    """

    native: ClassVar[NativeKernel]
    #: The language of the back end, once one is chosen.
    language: ClassVar[str] = ""

    def __init__(self, onnx_node: Any, **words: Any) -> None:
        super().__init__(onnx_node, **words)
        self.op = self.native.kernel_class()(onnx_node)
        self.backend = self.native.backend(self.language)
        self._folded_by_finn = False

    def get_nodeattr_types(self) -> dict[str, Any]:
        """Those of every operator of FINN's, and those of the pack's op."""
        return {**HWCustomOp.get_nodeattr_types(self), **self.op.get_nodeattr_types()}

    def get_nodeattr(self, name: str) -> Any:
        """The attribute's value, that of the kernel's own folding if FINN has set its ``PE``."""
        if name == FOLDED_BY and self._folded_by_finn:
            name = self._parallel
        return super().get_nodeattr(name)

    def set_nodeattr(self, name: str, value: Any) -> None:
        """Set the attribute; ``PE`` stands for the kernel's own folding.

        Raises ``HardwareError`` for a folding that the kernel has no hardware for. One that FINN tries out,
        since it divides the row, leaves the folding as it was.
        """
        if name == FOLDED_BY and self.op.folding:
            self._folded_by_finn = True
            self._fold(self._parallel, int(value), tried=True)
        elif name in self.op.folding:
            self._fold(name, int(value), tried=False)
        else:
            super().set_nodeattr(name, value)

    @property
    def _parallel(self) -> str:
        """What ``PE`` stands for: itself if the kernel has it, else the first of the kernel's own."""
        return FOLDED_BY if FOLDED_BY in self.op.folding else str(next(iter(self.op.folding)))

    def _fold(self, parallel: str, width: int, *, tried: bool) -> None:
        before, length = super().get_nodeattr(parallel), super().get_nodeattr(self.op.folding[parallel])
        super().set_nodeattr(parallel, width)
        try:
            self.parameters()
        except HardwareError as error:
            super().set_nodeattr(parallel, before)
            if not tried or width < 1 or length % width:
                raise
            _logger.warning("%s stays at %s=%s: %s", self.onnx_node.name, parallel, before, error.fact)

    def parameters(self) -> Any:
        """The node's parameters; ``HardwareError`` that names the node if they are out of range."""
        try:
            return self.op.parameters()
        except BrainsmithError as error:
            error.place = f"node {self.onnx_node.name or self.onnx_node.output[0]}"
            raise

    @property
    def rows(self) -> int:
        """The rows of a frame."""
        return math.prod(self.op.input_tensors()[0].shape[:-1])

    def _stream(self, tensors: Any, direction: str, ind: int) -> tuple[Any, Port, int]:
        """A tensor, its port, and how many of its elements are in a word."""
        tensor, port = tensors[ind], ports(self.backend, self.parameters(), direction)[ind]
        lanes, rest = divmod(tensor.shape[-1], port.words_per_row)
        bits = lanes * DataType[tensor.datatype].bitwidth()
        if rest or -(-bits // 8) * 8 != port.bits:
            raise HardwareError(
                f"the port {port.name} has {port.words_per_row} words of {port.bits} bits for a row of "
                f"{tensor.shape[-1]} x {tensor.datatype}",
                place=f"back end {self.backend.__name__} of {self.native.kernel.qualified_name}",
                remedy="report it to the authors of the pack",
            )
        return tensor, port, lanes

    def streams(self, direction: str) -> list[Port]:
        """The streams ``in`` or ``out``, under the names that FINN gives them."""
        found = ports(self.backend, self.parameters(), direction)
        return [replace(port, name=f"{direction}{index}_V") for index, port in enumerate(found)]

    def get_input_datatype(self, ind: int = 0) -> Any:
        """QONNX's datatype of the input."""
        return DataType[self.op.input_tensors()[ind].datatype]

    def get_output_datatype(self, ind: int = 0) -> Any:
        """QONNX's datatype of the output."""
        return DataType[self.op.output_tensors()[ind].datatype]

    def get_normal_input_shape(self, ind: int = 0) -> list[int]:
        """The input's shape."""
        return list(self.op.input_tensors()[ind].shape)

    def get_normal_output_shape(self, ind: int = 0) -> list[int]:
        """The output's shape."""
        return list(self.op.output_tensors()[ind].shape)

    def get_folded_input_shape(self, ind: int = 0) -> tuple[int, ...]:
        """The input's shape with its last dimension split into words and elements of a word."""
        tensor, port, lanes = self._stream(self.op.input_tensors(), "in", ind)
        return (*tensor.shape[:-1], port.words_per_row, lanes)

    def get_folded_output_shape(self, ind: int = 0) -> tuple[int, ...]:
        """The output's shape with its last dimension split into words and elements of a word."""
        tensor, port, lanes = self._stream(self.op.output_tensors(), "out", ind)
        return (*tensor.shape[:-1], port.words_per_row, lanes)

    def get_instream_width(self, ind: int = 0) -> int:
        """Bits of a word that goes in, without padding."""
        lanes = self._stream(self.op.input_tensors(), "in", ind)[2]
        return lanes * int(self.get_input_datatype(ind).bitwidth())

    def get_outstream_width(self, ind: int = 0) -> int:
        """Bits of a word that comes out, without padding."""
        lanes = self._stream(self.op.output_tensors(), "out", ind)[2]
        return lanes * int(self.get_output_datatype(ind).bitwidth())

    def get_exp_cycles(self) -> int:
        """The cycles from one frame to the next, frames back to back.

        Like FINN's own operators' they leave out what a frame waits for while others follow: folding and
        throughput hang on these. A simulated frame alone takes ``cycles(parameters, rows)``.
        """
        parameters, rows = self.parameters(), self.rows
        return int(self.backend.cycles(parameters, 2 * rows) - self.backend.cycles(parameters, rows))

    def node_res_estimation(self, fpgapart: str) -> dict[str, int]:
        """FINN's table of resources, from the back end's numbers for the family of the part."""
        cells = resources(self.backend, self.parameters(), fpgapart)
        return {
            "BRAM_18K": cells.bram18,
            "BRAM_efficiency": 1,
            "LUT": cells.lut,
            "URAM": 0,
            "URAM_efficiency": 1,
            "DSP": cells.dsp,
        }

    def resource_source(self, fpgapart: str) -> str:
        """Where these numbers come from, as the back end says."""
        return resources(self.backend, self.parameters(), fpgapart).source

    def lut_estimation(self, fpgapart: str = "") -> int:
        """Look-up tables."""
        return self.node_res_estimation(fpgapart)["LUT"]

    def bram_estimation(self, fpgapart: str = "") -> int:
        """Block RAMs of 18 Kbit."""
        return self.node_res_estimation(fpgapart)["BRAM_18K"]

    def dsp_estimation(self, fpgapart: str = "") -> int:
        """DSP slices."""
        return self.node_res_estimation(fpgapart)["DSP"]

    def infer_node_datatype(self, model: Any) -> None:
        """Write shapes and datatypes of the graph onto the node, and annotate the output."""
        self.op.infer_node_datatype(model)

    def verify_node(self) -> Any:
        """Whatever the pack's op says."""
        return self.op.verify_node()

    def execute_node(self, context: Any, graph: Any) -> None:
        """Compute the specification in Python, with the pack's op."""
        self.op.execute_node(context, graph)
