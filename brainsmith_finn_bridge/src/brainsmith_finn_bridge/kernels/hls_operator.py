# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""HlsOperator: FINN's operator for a kernel's HLS back end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from finn.custom_op.fpgadataflow.hlsbackend import HLSBackend
from finn.util.data_packing import npy_to_rtlsim_input, rtlsim_output_to_npy

from brainsmith_finn_bridge.kernels.operator import KernelOperator
from brainsmith_finn_bridge.kernels.simulation import compiled, hls_program, run

#: The width up to which the vendor's compiler takes arbitrary-precision integers unless it is told otherwise.
_WIDTH = 1024


class HlsOperator(HLSBackend, KernelOperator):
    """The back end's function, called by a top function that has the node's name and FINN's streams.

    FINN's cppsim compiles the same headers with g++ and needs neither a vendor's compiler nor finn-hlslib.
    """

    language = "hls"

    def get_nodeattr_types(self) -> dict[str, Any]:
        """Those of the kernel, and those of FINN's HLS back ends."""
        return {**KernelOperator.get_nodeattr_types(self), **HLSBackend.get_nodeattr_types(self)}

    def generate_params(self, model: Any, path: str | Path, fpgapart: str | None = None) -> None:
        """Write the kernel's headers into the folder of a generated source, which includes them."""
        for file, text in self.backend.files(self.parameters()).items():
            if Path(file).suffix != ".cpp":
                Path(path, file).write_text(text, encoding="utf-8")

    def get_ap_int_max_w(self) -> int:
        """At least the compiler's own limit: inside, a kernel may have wider integers than its streams."""
        return max(int(super().get_ap_int_max_w()), _WIDTH)

    def global_includes(self) -> None:
        """The kernel's header."""
        self.code_gen_dict["$GLOBALS$"] = [f'#include "{self.parameters().module_name}.hpp"']

    def defines(self, var: str) -> None:
        """None."""
        self.code_gen_dict["$DEFINES$"] = []

    def blackboxfunction(self) -> None:
        """The top function's head."""
        widths = [
            *(self.get_instream_width(index) for index in range(len(self.streams("in")))),
            *(self.get_outstream_width(index) for index in range(len(self.streams("out")))),
        ]
        names = zip(widths, self._names, strict=True)
        arguments = ", ".join(f"hls::stream<ap_uint<{width}>> &{name}" for width, name in names)
        self.code_gen_dict["$BLACKBOXFUNCTION$"] = [f"void {self.onnx_node.name}({arguments})"]

    def pragmas(self) -> None:
        """AXI streams, and a start by itself for each row."""
        lines = [f"#pragma HLS interface axis port={name}" for name in self._names]
        self.code_gen_dict["$PRAGMAS$"] = [*lines, "#pragma HLS interface ap_ctrl_none port=return"]

    def docompute(self) -> None:
        """The call of the kernel's function."""
        call = f"{self.parameters().module_name}({', '.join(self._names)});"
        self.code_gen_dict["$DOCOMPUTE$"] = [call]

    @property
    def _names(self) -> list[str]:
        return [stream.name for stream in (*self.streams("in"), *self.streams("out"))]

    @property
    def _folder(self) -> Path:
        return Path(self.get_nodeattr("code_gen_dir_cppsim"))

    @property
    def _source(self) -> Path:
        return self._folder / f"execute_{self.onnx_node.op_type}.cpp"

    def code_generation_cppsim(self, model: Any) -> None:
        """Write the kernel's headers and a program that feeds it."""
        self.generate_params(model, self._folder)
        sources = [(port, self.get_instream_width(at)) for at, port in enumerate(self.streams("in"))]
        sinks = [(port, self.get_outstream_width(at)) for at, port in enumerate(self.streams("out"))]
        program = hls_program(self.parameters().module_name, sources, sinks)
        self._source.write_text(program, encoding="utf-8")

    def compile_singlenode_code(self) -> None:
        """Compile the program."""
        self.set_nodeattr("executable_path", str(compiled(self._source)))

    def exec_precompiled_singlenode_model(self) -> None:
        """Run the program on the arrays that FINN has left in its folder, and leave the outputs' there."""
        folder = self._folder
        given = {
            f"in{index}_V": npy_to_rtlsim_input(
                str(folder / f"input_{index}.npy"),
                self.get_input_datatype(index),
                self.get_instream_width(index),
            )
            for index in range(len(self.streams("in")))
        }
        streams = [*self.streams("in"), *self.streams("out")]
        program = Path(self.get_nodeattr("executable_path"))
        found, _ = run(program, folder, given, streams, self.rows)
        for index in range(len(self.streams("out"))):
            datatype = self.get_output_datatype(index)
            rtlsim_output_to_npy(
                found[f"out{index}_V"],
                str(folder / f"output_{index}.npy"),
                datatype,
                self.get_folded_output_shape(index),
                self.get_outstream_width(index),
                datatype.bitwidth(),
            )

    def execute_node(self, context: Any, graph: Any) -> None:
        """Simulate if ``exec_mode`` says so; else compute the specification in Python."""
        owner = HLSBackend if self.get_nodeattr("exec_mode") else KernelOperator
        owner.execute_node(self, context, graph)
