# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Kernels that are Flip but for one fault each."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

from brainsmith_core.hardware import Resources
from brainsmith_kernels.authoring import Cost
from faulty_pack.flip import COST, Flip, FlipParameters, FlipRTL


def variant(kernel, **body):
    """Parameters, op and RTL of a kernel that is Flip, with some of their attributes replaced."""
    parts = {"parameters": {}, "op": {}, "rtl": {}}
    for name, value in body.items():
        part, _, attribute = name.partition("_")
        parts[part][attribute] = value
    parameters = dataclass(frozen=True, kw_only=True)(
        type(
            f"{kernel}Parameters",
            (FlipParameters,),
            {"__module__": __name__, "kernel": kernel, **parts["parameters"]},
        )
    )
    owner = {"__module__": __name__, "specification": parameters}
    made = {
        f"{kernel}Parameters": parameters,
        kernel: type(kernel, (Flip,), owner | parts["op"]),
        f"{kernel}RTL": type(f"{kernel}RTL", (FlipRTL,), owner | parts["rtl"]),
    }
    globals().update(made)


def wrong_lane(parameters):
    last = parameters.simd - 1
    return f"i == {last} ? element ^ BITS'({parameters.mask + 1}) : element ^ BITS'({parameters.mask})"


def wrong_where_a_word_is_a_row(parameters):
    return f"element ^ BITS'({parameters.mask + (parameters.words == 1)})"


def first_of_each_word(self, rows):
    flipped = rows.copy()
    flipped[:, :: self.simd] ^= self.mask
    return flipped


def stale_resources(cls, parameters, family):
    return Resources(family, 3, 2, 0, 0, "yosys 0.23 synth_xilinx", measured=True)


def negative_resources(cls, parameters, family):
    return replace(COST.resources(parameters, family), ff=-1)


def with_process_id(cls, parameters):
    files = FlipRTL.files.__func__(cls, parameters)
    return {name: f"{text}// {os.getpid()}\n" for name, text in files.items()}


def careless(cls, parameters):
    files = FlipRTL.files.__func__(cls, parameters)
    name = f"{parameters.module_name}_core"
    text = files[f"{name}.sv"].replace("    genvar i;", "    wire [3:0] spare = in_data[3:0];\n    genvar i;")
    return files | {f"{name}.sv": f"{text}\nmodule {name}_forgotten; endmodule\n"}


variant("WrongLane", rtl_element=staticmethod(wrong_lane))
variant("WrongCycles", rtl_cost=Cost(lambda p: 2, COST.table, COST.features, COST.read))
variant("WrongOp", op_compute=lambda self, x: Flip.compute(self, x) + 1)
variant("SharedName", parameters_module_name=property(lambda self: FlipParameters().module_name))
variant("FoldedResult", parameters_compute=first_of_each_word)
variant("FoldedHardware", rtl_element=staticmethod(wrong_where_a_word_is_a_row))
variant("LostAttribute", op_fields={})
variant("StaleTable", rtl_resources=classmethod(stale_resources))
variant("NegativeCost", rtl_resources=classmethod(negative_resources))
variant("Unsteady", rtl_files=classmethod(with_process_id))
variant("Careless", rtl_files=classmethod(careless))
variant("LostInPickling", parameters___reduce__=lambda self: (type(self), ()))
