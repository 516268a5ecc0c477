# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from brainsmith_core.hardware import Port, Resources
from leaky_pack.rows import Rows


class BackEnd:
    """What the back ends of both kernels share; ``simulate`` and ``synthesize`` are not for these tests."""

    kernel = "LeakyRelu2"
    inputs = ("x",)
    #: In SystemVerilog and in C++ alike, of the elements.
    value = ""

    @classmethod
    def parse(cls, given):
        return Rows(kernel=cls.kernel, **{name: int(text) for name, text in given.items()})

    @classmethod
    def ports(cls, parameters):
        width = -(-parameters.lanes * parameters.bits // 8) * 8
        ends = [*((name, "in") for name in cls.inputs), ("y", "out")]
        return tuple(Port(name, direction, width, parameters.words) for name, direction in ends)

    @classmethod
    def cycles(cls, parameters, rows):
        return rows * parameters.words + 1

    @classmethod
    def resources(cls, parameters, family):
        factor = {"xc7": 1, "xcup": 2}[family]
        bits = parameters.lanes * parameters.bits
        return Resources(family, factor * bits + 1, bits + 1, 3, 2, "counted by hand", measured=False)

    @classmethod
    def simulate(cls, parameters, *, rows, stall, seed, folder):
        raise NotImplementedError

    @classmethod
    def synthesize(cls, parameters, *, family, folder):
        raise NotImplementedError


class Rtl(BackEnd):
    @classmethod
    def files(cls, parameters):
        name, lanes, bits = parameters.module_name, parameters.lanes, parameters.bits
        width = cls.ports(parameters)[0].bits - 1
        heads = "".join(
            f"    input [{width}:0] {x}_TDATA, input {x}_TVALID, output {x}_TREADY,\n" for x in cls.inputs
        )
        valid = " & ".join(f"{x}_TVALID" for x in cls.inputs)
        readies = "".join(f"    assign {x}_TREADY = go & {valid};\n" for x in cls.inputs)
        elements = "".join(
            f"        wire signed [{bits - 1}:0] {x} = {x}_TDATA[i*{bits} +: {bits}];\n" for x in cls.inputs
        )
        text = f"""module {name} (
    input ap_clk, input ap_rst_n,
{heads}    output reg [{width}:0] y_TDATA, output reg y_TVALID, input y_TREADY
);
    wire go = y_TREADY | ~y_TVALID;
{readies}    always @(posedge ap_clk) begin
        if (!ap_rst_n) y_TVALID <= 1'b0;
        else if (go) y_TVALID <= {valid};
    end
    genvar i;
    generate for (i = 0; i < {lanes}; i = i + 1) begin : lane
{elements}        wire signed [{bits - 1}:0] value = {cls.value.format(shift=parameters.shift)};
        always @(posedge ap_clk) if (go) y_TDATA[i*{bits} +: {bits}] <= value;
    end endgenerate
endmodule
"""
        return {f"{name}.v": text}


class Hls(BackEnd):
    @classmethod
    def files(cls, parameters):
        name, bits = parameters.module_name, parameters.bits
        word = f"ap_uint<{parameters.lanes * bits}>"
        streams = ", ".join(f"hls::stream<{word}> &{x}_in" for x in cls.inputs)
        reads = "".join(f"        const {word} {x}_word = {x}_in.read();\n" for x in cls.inputs)
        elements = "".join(
            f"            ap_int<{bits}> {x} = {x}_word.range((i + 1) * {bits} - 1, i * {bits});\n"
            for x in cls.inputs
        )
        text = f"""#pragma once
#include <ap_int.h>
#include <hls_stream.h>

inline void {name}({streams}, hls::stream<{word}> &y_out) {{
    for (int word = 0; word < {parameters.words}; ++word) {{
#pragma HLS pipeline II=1
{reads}        {word} y_word;
        for (int i = 0; i < {parameters.lanes}; ++i) {{
#pragma HLS unroll
{elements}            const ap_int<{bits}> y = {cls.value.format(shift=parameters.shift)};
            y_word.range((i + 1) * {bits} - 1, i * {bits}) = y;
        }}
        y_out.write(y_word);
    }}
}}
"""
        return {f"{name}.hpp": text}
