# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Discovery side by side with its peers: ``python benchmarks/run.py [--sizes 200/20/500] [--rounds 9]``.

Every figure is from a fresh process, from before the first import to the checked answer. Rounds are
interleaved; a ratio is the median over rounds of the ratio to the fastest peer, the one with the least
median, in the same round. In warm columns, peers that keep nothing on disk start anew. What lies in
``floors`` shows the least that a way of asking packs can take, and is no peer.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

from installation import make, upgrade

HERE = Path(__file__).parent
#: Each column, what is measured for it, and the kind of answer.
METRICS = {
    "names, cold": "names",
    "names, one pack changed": "names",
    "names, warm": "names",
    "names, again": "again",
    "15 loaded, warm": "load",
}
MEMORY = "MB for the 15"
OURS = "brainsmith"
ADAPTERS = {path.stem: path for folder in ("peers", "floors") for path in (HERE / folder).glob("*.py")}
FLOORS = {name for name, path in ADAPTERS.items() if path.parent.name == "floors"}
ALL_SIZES = ["30/5/250", "200/20/500", "1000/100/2500", "2000/400/10000"]
Answer = dict[str, float]
Results = dict[str, dict[str, list[Answer]]]


def main() -> None:
    """Measure every size, and print a table for each and what a plugin more costs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", default=ALL_SIZES[:2], metavar="DISTRIBUTIONS/PACKS/PLUGINS")
    parser.add_argument("--all-sizes", action="store_const", dest="sizes", const=ALL_SIZES)
    parser.add_argument("--rounds", type=int, default=9, help="at the largest two sizes a third as many")
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall", help="cpu: on a busy machine")
    parser.add_argument("--without", nargs="+", default=[], metavar="PEER", help="leave out slow ones")
    parser.add_argument("--work", type=Path, default=Path("build/bench"))
    arguments = parser.parse_args()
    print(machine(arguments.clock), flush=True)
    found = {}
    for size in arguments.sizes:
        distributions, packs, plugins = map(int, size.split("/"))
        site = (arguments.work / size.replace("/", "x")).resolve()
        made = make(site, distributions=distributions, packs=packs, plugins=plugins // packs)
        rounds = arguments.rounds if plugins <= 500 else max(1, arguments.rounds // 3)
        found[plugins] = measure(site, made, rounds, arguments.without)
        print(f"\n### {distributions} distributions, {packs} packs, {plugins} plugins; {rounds} rounds\n")
        print(table(found[plugins], arguments.clock), flush=True)
    if len(found) > 1:
        print(growth(found, arguments.clock))


def measure(site: Path, made: list[tuple[str, str]], rounds: int, without: list[str]) -> Results:
    """Every metric of every peer and floor, ``rounds`` times, the order rotated."""
    peers = sorted(ADAPTERS.keys() - set(without))
    wanted = [".".join(plugin) for plugin in made[:: max(1, len(made) // 15)][:15]]
    results: Results = {metric: {peer: [] for peer in peers} for metric in METRICS}
    cache = site.parent / "cache"
    shutil.rmtree(cache, ignore_errors=True)
    for peer in peers:
        one(peer, "names", site, cache / "changed" / peer)
    for number in range(rounds):
        for metric, kind in METRICS.items():
            folder = cache / f"cold{number}" if metric == "names, cold" else cache / "warm"
            if metric == "names, one pack changed":
                folder = cache / "changed"
                upgrade(site, f"1.{number + 1}")
                time.sleep(0.1)
            for peer in peers[number % len(peers) :] + peers[: number % len(peers)]:
                if metric == "names, warm":
                    one(peer, "names", site, folder / peer)
                words = wanted if kind == "load" else ()
                results[metric][peer].append(one(peer, kind, site, folder / peer, *words))
    return results


def one(peer: str, kind: str, site: Path, cache: Path, *wanted: str) -> Answer:
    """One fresh process."""
    cache.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-I", str(HERE / "measure.py"), str(ADAPTERS[peer]), kind, str(site), *wanted]
    environment = {"PATH": os.environ["PATH"], "HOME": str(cache), "XDG_CACHE_HOME": str(cache)}
    done = subprocess.run(command, env=environment, cwd=cache, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{peer}, {kind}: {done.stderr}")
    answer: Answer = json.loads(done.stdout)
    return answer


def table(results: Results, clock: str) -> str:
    """Medians in milliseconds, with the ratio to the fastest peer, as Markdown."""
    columns = [*METRICS, MEMORY]
    rows = [f"| | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    for peer in sorted(results["names, cold"], key=place):
        cells = [cell(results[metric], peer, clock) for metric in METRICS]
        cells.append(cell(results["15 loaded, warm"], peer, "megabytes"))
        mark = "**" if peer == OURS else "*" if peer in FLOORS else ""
        rows.append(f"| {mark}{peer}{mark} | {' | '.join(cells)} |")
    return "\n".join(rows)


def place(name: str) -> tuple[bool, bool, str]:
    """Where a row stands: ours first, floors last."""
    return name != OURS, name in FLOORS, name


def cell(answers: dict[str, list[Answer]], peer: str, unit: str) -> str:
    """A peer's median, and its median ratio to the fastest other of the same round."""
    values = {name: [answer[unit] for answer in given] for name, given in answers.items()}
    peers = values.keys() - FLOORS - {OURS}
    fastest = min(peers, key=lambda name: statistics.median(values[name]))
    pairs = zip(values[peer], values[fastest], strict=True)
    ratio = statistics.median(own / other for own, other in pairs)
    return f"{statistics.median(values[peer]):.3g} (x{ratio:.2g})"


def growth(found: dict[int, Results], clock: str) -> str:
    """What a plugin more costs, from the smallest to the largest size, in µs, as Markdown."""
    few, many = min(found), max(found)
    rows = [f"\n### µs for each plugin more, from {few} to {many}\n", "| | names, warm | 15 loaded, warm |"]
    rows.append("|---|---|---|")
    for peer in sorted(found[few]["names, warm"], key=place):
        cells = []
        for metric in ("names, warm", "15 loaded, warm"):
            less, more = (
                statistics.median(answer[clock] for answer in found[size][metric][peer])
                for size in (few, many)
            )
            cells.append(f"{(more - less) / (many - few) * 1000:.2f}")
        rows.append(f"| {peer} | {' | '.join(cells)} |")
    return "\n".join(rows)


def machine(clock: str) -> str:
    """What it was measured on and with, as Markdown."""
    cpu = platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        cpu = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), cpu)
    names = (HERE / "requirements.txt").read_text(encoding="utf-8").splitlines()[1:]
    packages = ", ".join(f"{name} {version(name)}" for name in sorted(["brainsmith-core", *names]))
    load = f"{os.getloadavg()[0]:.1f} processes waiting on {os.cpu_count()} CPUs"
    python = platform.python_version()
    return f"Milliseconds of {clock} time on {cpu} ({load}), Python {python}; {packages}."


if __name__ == "__main__":
    main()
