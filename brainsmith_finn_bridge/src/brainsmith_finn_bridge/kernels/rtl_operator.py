# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""RtlOperator: FINN's operator for a kernel's RTL back end."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from finn.custom_op.fpgadataflow.rtlbackend import RTLBackend

from brainsmith_core.hardware import Port
from brainsmith_finn_bridge.kernels.operator import KernelOperator
from brainsmith_finn_bridge.kernels.simulation import run, verilated

_COMPILED = (".v", ".sv", ".vhd", ".vhdl")
_SIGNALS = ("TDATA", "TVALID", "TREADY")


class RtlOperator(RTLBackend, KernelOperator):
    """The back end's files in a module that has the node's name and FINN's ports.

    FINN's rtlsim runs that module with Verilator; with FINN's own simulator where Verilator is missing.
    """

    language = "rtl"

    def get_nodeattr_types(self) -> dict[str, Any]:
        """Those of the kernel, and those of FINN's RTL back ends."""
        return {**KernelOperator.get_nodeattr_types(self), **RTLBackend.get_nodeattr_types(self)}

    @property
    def _folder(self) -> Path:
        return Path(self.get_nodeattr("code_gen_dir_ipgen"))

    def generate_hdl(self, model: Any, fpgapart: str, clk: float) -> None:
        """Write the files, and note on the node where they are."""
        folder, name = self._folder, self.onnx_node.name
        for file, text in self.backend.files(self.parameters()).items():
            (folder / file).write_text(text, encoding="utf-8")
        ports = {port.name: own.name for port, own in self._renamed()}
        top = _wrapper(
            name, self.parameters().module_name, [*self.streams("in"), *self.streams("out")], ports
        )
        (folder / f"{name}.v").write_text(top, encoding="utf-8")
        self.set_nodeattr("gen_top_module", name)
        self.set_nodeattr("ipgen_path", str(folder))
        self.set_nodeattr("ip_path", str(folder))

    def _renamed(self) -> list[tuple[Port, Port]]:
        own = self.backend.ports(self.parameters())
        named = {direction: iter(self.streams(direction)) for direction in ("in", "out")}
        return [(next(named[port.direction]), port) for port in own]

    def get_rtl_file_list(self, abspath: bool = False) -> list[str]:
        """The files that are compiled, the node's module last."""
        names = [file for file in self.backend.files(self.parameters()) if Path(file).suffix in _COMPILED]
        names.append(f"{self.onnx_node.name}.v")
        return [str(self._folder / name) for name in names] if abspath else names

    def code_generation_ipi(self) -> list[str]:
        """Vivado's commands that put the node's module into a block design."""
        name = self.onnx_node.name
        files = [f"add_files -norecurse {file}" for file in self.get_rtl_file_list(abspath=True)]
        return [*files, f"create_bd_cell -type module -reference {name} {name}"]

    def prepare_rtlsim(self, behav: bool = False) -> None:
        """Build the module's simulation."""
        if shutil.which("verilator") is None:
            super().prepare_rtlsim(behav)
            return
        sources = [Path(file) for file in self.get_rtl_file_list(abspath=True)]
        program = verilated(self.onnx_node.name, sources, self.streams("in"), self.streams("out"))
        self.set_nodeattr("rtlsim_so", str(program))

    @property
    def _is_verilated(self) -> bool:
        return Path(self.get_nodeattr("rtlsim_so")).parent.name == "verilated"

    def get_rtlsim(self) -> Any:
        """What FINN hands on as the simulation; Verilator's is a program of its own."""
        return Path(self.get_nodeattr("rtlsim_so")) if self._is_verilated else super().get_rtlsim()

    def reset_rtlsim(self, sim: Any) -> None:
        """Reset the simulation; Verilator's does so itself."""
        if not self._is_verilated:
            super().reset_rtlsim(sim)

    def close_rtlsim(self, sim: Any) -> None:
        """Close the simulation; Verilator's has ended."""
        if not self._is_verilated:
            super().close_rtlsim(sim)

    def rtlsim_multi_io(self, sim: Any, io_dict: dict[str, dict[str, list[int]]], *words: Any) -> None:
        """Run the words of the inputs, and leave those of the outputs and the number of cycles."""
        if not self._is_verilated:
            super().rtlsim_multi_io(sim, io_dict, *words)
            return
        given = {f"{name}_V": packed for name, packed in io_dict["inputs"].items()}
        streams = [*self.streams("in"), *self.streams("out")]
        found, printed = run(sim, self._folder, given, streams, self.rows)
        for name in io_dict["outputs"]:
            io_dict["outputs"][name] = found[f"{name}_V"]
        self.set_nodeattr("cycles_rtlsim", int(printed))

    def execute_node(self, context: Any, graph: Any) -> None:
        """Simulate if ``exec_mode`` says so; else compute the specification in Python."""
        owner = RTLBackend if self.get_nodeattr("exec_mode") else KernelOperator
        owner.execute_node(self, context, graph)


def _wrapper(name: str, module: str, streams: list[Port], own_names: Mapping[str, str]) -> str:
    """A Verilog module of that name and FINN's ports around the kernel's."""
    ports, connections = [], ["        .ap_clk(ap_clk),", "        .ap_rst_n(ap_rst_n)"]
    for stream in streams:
        forth, back = ("input", "output") if stream.direction == "in" else ("output", "input")
        ports += [
            f"    {forth} [{stream.bits - 1}:0] {stream.name}_TDATA,",
            f"    {forth} {stream.name}_TVALID,",
            f"    {back} {stream.name}_TREADY,",
        ]
        own = own_names[stream.name]
        connections += [f"        .{own}_{signal}({stream.name}_{signal})" for signal in _SIGNALS]
    associated = ":".join(stream.name for stream in streams)
    bus = f'"ASSOCIATED_BUSIF {associated}, ASSOCIATED_RESET ap_rst_n"'
    listed = "\n".join(ports).rstrip(",")
    connected = connections[0] + "\n" + ",\n".join(connections[1:])
    return f"""// The kernel {module}, under the name and with the ports that FINN gives its node.
module {name} (
    (* X_INTERFACE_INFO = "xilinx.com:signal:clock:1.0 ap_clk CLK" *)
    (* X_INTERFACE_PARAMETER = {bus} *)
    input ap_clk,
    (* X_INTERFACE_PARAMETER = "POLARITY ACTIVE_LOW" *)
    input ap_rst_n,
{listed}
);
    {module} kernel (
{connected}
    );
endmodule
"""
