# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What plugins of the real QONNX and FINN cost: listing them, a blueprint of 15, all of them.

    python benchmarks/frameworks.py [--rounds 5] [--json FILE]

Each figure is the median of fresh processes, rounds interleaved, from before the first import of Brainsmith
to a checked answer; memory is what has become resident in that time.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory

#: What streamlining a network takes, none of it near a hardware operator.
STREAMLINING = (
    "AbsorbAddIntoMultiThreshold",
    "AbsorbConsecutiveTransposes",
    "AbsorbMulIntoMultiThreshold",
    "AbsorbScalarMulAddIntoTopK",
    "AbsorbSignBiasIntoMultiThreshold",
    "AbsorbTransposeIntoFlatten",
    "AbsorbTransposeIntoMultiThreshold",
    "CollapseRepeatedAdd",
    "CollapseRepeatedMul",
    "ConvertSignToThres",
    "MoveAddPastMul",
    "MoveLinearPastEltwiseAdd",
    "MoveScalarAddPastMatMul",
    "MoveScalarMulPastMatMul",
    "RoundAndClipThresholds",
)
#: The hardware operator that takes the place of two of them, with the step that a kernel brings.
OPERATOR = "MVAU"

#: What the design document promised, for the same things.
PROMISED = {
    "listing, no index": "25 ms",
    "listing, from the index": "< 1 ms",
    "every plugin imported": "500 MB",
    "blueprint of 15, no hardware operator": "5 ms, 50 MB",
}

_BLUEPRINT = """
from brainsmith.plugin import load_blueprint_plugins
loaded = load_blueprint_plugins({file!r})
count = sum(map(len, loaded.values()))
expected = 15
"""
_LISTING = """
from brainsmith.plugins import backends, kernels, steps, transforms
count = sum(map(len, (transforms, kernels, backends, steps)))
expected = count if count > 100 else 100
"""
_EVERYTHING = """
from brainsmith.plugin import get_plugin_manager
registry = get_plugin_manager().registry
records = [r for r in registry if r.available and r.module and r.source in ("qonnx", "finn")]
count = sum(registry.load(record) is not None for record in records)
expected = len(records)
"""
_MEASURED = """
import sys, time
def resident():
    with open("/proc/self/statm", "rb") as file:
        return int(file.read().split()[1]) * {page} / 1e6
start, cpu, before = time.perf_counter(), time.process_time(), resident()
{work}
seconds, cpu, megabytes = time.perf_counter() - start, time.process_time() - cpu, resident() - before
import json
tops = {{name.partition(".")[0] for name in sys.modules}}
heavy = sorted(tops & {{"torch", "onnx", "numpy", "qonnx", "finn"}})
found = {{"seconds": seconds, "cpu": cpu, "megabytes": megabytes, "frameworks": heavy}}
print("\\n" + json.dumps({{**found, "count": count, "expected": expected}}))
"""


def measure(work: str, cache: Path) -> dict[str, object]:
    """Run some work in a fresh process; raises if its answer is not what it should be."""
    code = _MEASURED.format(work=work, page=os.sysconf("SC_PAGE_SIZE"))
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    ended = subprocess.run(
        [sys.executable, "-P", "-c", code],
        env=environment,
        cwd=cache,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode:
        raise SystemExit(f"a measurement failed:\n{ended.stderr}")
    found: dict[str, object] = json.loads("{" + ended.stdout.rpartition("\n{")[2])
    if found["count"] != found["expected"]:
        raise SystemExit(f"{found['count']} plugins where {found['expected']} were expected")
    return found


def _blueprint(folder: Path, name: str, transforms: Sequence[str], kernels: Sequence[str] = ()) -> str:
    file = folder / f"{name}.yaml"
    lines = ["hw_compiler:", "  transforms:", *(f"    - finn:{name}" for name in transforms)]
    lines += (
        ["  kernels:", *(f"    - {{kernel: 'finn:{name}', backends: []}}" for name in kernels)]
        if kernels
        else []
    )
    file.write_text("\n".join(lines), encoding="utf-8")
    return _BLUEPRINT.format(file=str(file))


def cases(folder: Path) -> dict[str, tuple[str, bool]]:
    """What is measured, by name: some code, and whether an index from before may be there."""
    return {
        "listing, no index": (_LISTING, False),
        "listing, from the index": (_LISTING, True),
        "blueprint of 15, no hardware operator": (_blueprint(folder, "streamline", STREAMLINING), True),
        "blueprint of 15, one hardware operator": (
            _blueprint(folder, "hardware", STREAMLINING[2:], [OPERATOR]),
            True,
        ),
        "every plugin imported": (_EVERYTHING, True),
    }


def run(rounds: int) -> dict[str, dict[str, object]]:
    """Every case's median seconds and MB, how many plugins, and the frameworks that were imported."""
    with TemporaryDirectory(prefix="brainsmith-bench-") as name:
        folder = Path(name)
        found: dict[str, list[dict[str, object]]] = {}
        for turn in range(rounds + 1):
            for case, (work, warm) in cases(folder).items():
                cache = folder / ("kept" if warm else f"fresh-{turn}")
                cache.mkdir(exist_ok=True)
                result = measure(work, cache)
                # The first round fills file caches, bytecode and the index.
                if turn:
                    found.setdefault(case, []).append(result)
    return {
        case: {
            "seconds": statistics.median(float(str(each["seconds"])) for each in results),
            "cpu": statistics.median(float(str(each["cpu"])) for each in results),
            "megabytes": statistics.median(float(str(each["megabytes"])) for each in results),
            "plugins": results[0]["count"],
            "frameworks": results[0]["frameworks"],
        }
        for case, results in found.items()
    }


def main() -> None:
    """Measure, and print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    options = parser.parse_args()
    found = run(options.rounds)
    print(f"Python {platform.python_version()}, {', '.join(map(_named, ('qonnx', 'finn-plus', 'torch')))}")
    print(f"median of {options.rounds} fresh processes\n")
    print("| | time | CPU time | memory | plugins | frameworks imported | promised |")
    print("|---|---|---|---|---|---|---|")
    for case, figures in found.items():
        frameworks = ", ".join(map(str, figures["frameworks"])) or "none"  # type: ignore[call-overload]
        cells = (
            case,
            _time(figures["seconds"]),
            _time(figures["cpu"]),
            f"{figures['megabytes']:.0f} MB",
            figures["plugins"],
            frameworks,
            PROMISED.get(case, ""),
        )
        print(f"| {' | '.join(map(str, cells))} |")
    if options.json:
        options.json.write_text(json.dumps(found, indent=2), encoding="utf-8")


def _time(value: object) -> str:
    seconds = float(str(value))
    return f"{seconds * 1000:.1f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _named(distribution: str) -> str:
    try:
        return f"{distribution} {version(distribution)}"
    except PackageNotFoundError:
        return f"no {distribution}"


if __name__ == "__main__":
    main()
