# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The page of the results: a table for each kernel, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from configurations import KERNELS, backend

from brainsmith_core.errors import HardwareError

HEAD = """\
# Hardware sweeps

`nox -s sweeps` writes this page, in about an hour on two cores; `python tests/kernels/sweeps/run.py
--kernel Softmax` runs a part of it. The rows are the constant, one-hot, extreme and alternating ones of
`brainsmith_kernels.simulation.stimuli` and then random ones, by a seed that follows from the line's
parameters. For every row of every line, each value of

- the QONNX custom op, in a model that QONNX executes,
- the C++, compiled with {cpp},
- the RTL in {rtl}, both streams never standing still,
- the RTL again, each stream standing still in 30 % of all cycles at random,

was compared with the specification. Some rows of each line went through the RTL again with the output, and
then the input, standing still in 97 % of all cycles, and with a reset in the middle of rows at 24 different
times. Registers and memories hold random values at first.{icarus}

*Largest error* is the distance of the specification's integer from the real function, in units of the last
place and in 60 digits: up to a half, no other integer is nearer. *Beyond* counts the values that are
farther than a half; *bound* is how far beyond a half the parameters allow them to be. *Cycles* are slope
and intercept of the line through the cycles of 1, 2, 3, 5, 10, 50 and 120 rows without stalls, from the
first word in to the last word out; all lie on it. *Stalled* is by what factor all rows took longer with
stalls of 30 %.
"""


def page(results: list[dict[str, Any]]) -> str:
    """The whole page."""
    tools = [tool for result in results for tool in result["tools"]]
    named = {
        word: next((tool for tool in tools if tool.startswith(word)), "")
        for word in ("g++", "Veri", "Icarus")
    }
    icarus = (
        f" Some rows went through {named['Icarus']} as well, to which what nothing has set is unknown."
        if named["Icarus"]
        else ""
    )
    parts = [HEAD.format(cpp=named["g++"], rtl=named["Veri"], icarus=icarus)]
    parts += [
        "\n".join(_section(kernel, [one for one in results if one["kernel"] == kernel])) for kernel in KERNELS
    ]
    parts.append("\n".join(_refusals()))
    return "\n".join(parts) + "\n"


def _section(kernel: str, results: list[dict[str, Any]]) -> Iterator[str]:
    rows, values = (sum(result[name] for result in results) for name in ("rows", "values"))
    faults = [fault for result in results for fault in result["faults"]]
    yield f"## {kernel}\n"
    yield f"{rows:,} rows with {values:,} values; {len(faults) or 'no'} faults.\n"
    yield "| Size/SIMD | Types | Scales | Rows | Largest error | Beyond | Bound | Cycles | Stalled |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for result in results:
        given = result["given"]
        cells = [
            f"{given['size']}/{given['simd']}",
            f"{given['input_type']} → {given['output_type']}" + _function(given),
            f"{_scale(given['input_scale'])}, {_scale(given['output_scale'])}",
            f"{result['rows']:,}",
            _beside_a_half(result["excess"]),
            str(result["beyond"]),
            f"{result['bound']:.0e}" if result["bound"] else "0",
            f"{result['interval']:g} n + {result['latency']:g}",
            f"{result['stalled_share']:.2f}",
        ]
        yield f"| {' | '.join(cells)} |"
    yield from (f"\n- {fault}" for fault in faults)
    yield ""


def _function(given: dict[str, str]) -> str:
    return f", {given['function']}" if "function" in given else ""


def _scale(text: str) -> str:
    scale = float(text)
    return f"{scale:g}" if scale >= 1 else f"1/{1 / scale:g}"


def _beside_a_half(excess: float) -> str:
    if excess == 0:
        return "1/2"
    return f"1/2 {'+' if excess > 0 else '-'} {abs(excess):.1e}"


def _refusals() -> Iterator[str]:
    yield "## Refused\n"
    yield "A row that the lanes do not divide is refused and never padded:\n"
    yield "| Kernel | Parameters | Answer |"
    yield "|---|---|---|"
    for kernel in KERNELS:
        for size, simd in (("100", "8"), ("384", "5"), ("1024", "48")):
            try:
                backend(kernel, "RTL").parse({"size": size, "simd": simd})
            except HardwareError as error:
                yield f"| {kernel} | size={size} simd={simd} | {' '.join(str(error).split())} |"
            else:
                yield f"| {kernel} | size={size} simd={simd} | accepted, which is wrong |"
