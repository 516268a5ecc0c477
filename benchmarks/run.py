# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Discovery side by side with its peers: ``python benchmarks/run.py [--sizes 200/20/25] [--rounds 9]``.

Every figure is from a fresh process, from before the first import to the checked answer. Rounds are
interleaved; a ratio is the median over rounds of the ratio to the fastest peer of the same round. In warm
columns, peers that keep nothing on disk compete with their plain figure.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

from installation import make

HERE = Path(__file__).parent
METRICS = ("names, cold", "names, warm", "names, again", "15 loaded, warm")
OURS = "brainsmith"
Results = dict[str, dict[str, list[dict[str, float]]]]


def main() -> None:
    """Measure every size and print a table for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", default=["30/5/50", "200/20/25"], metavar="DISTS/PACKS/PLUGINS")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--work", type=Path, default=Path("build/bench"))
    arguments = parser.parse_args()
    for size in arguments.sizes:
        distributions, packs, plugins = map(int, size.split("/"))
        site = (arguments.work / size.replace("/", "x")).resolve()
        made = make(site, distributions=distributions, packs=packs, plugins=plugins)
        print(table(size, measure(site, made, arguments.rounds)), flush=True)


def measure(site: Path, made: list[tuple[str, str]], rounds: int) -> Results:
    """Every metric of every peer, ``rounds`` times, the order rotated."""
    peers = sorted(path.stem for path in (HERE / "peers").glob("*.py"))
    wanted = [".".join(plugin) for plugin in made[:: max(1, len(made) // 15)][:15]]
    results: Results = {metric: {peer: [] for peer in peers} for metric in METRICS}
    cache = site.parent / "cache"
    shutil.rmtree(cache, ignore_errors=True)
    for peer in peers:
        one(peer, "names", site, cache / peer)
    for number in range(rounds):
        for metric in METRICS:
            for peer in peers[number % len(peers) :] + peers[: number % len(peers)]:
                folder = cache / (f"cold{number}" if metric == "names, cold" else "") / peer
                kind = "load" if "loaded" in metric else "again" if "again" in metric else "names"
                answer = one(peer, kind, site, folder, *(wanted if kind == "load" else ()))
                expected = len(wanted) if kind == "load" else len(made)
                assert answer["count"] == expected, f"{peer} answered {answer['count']} instead of {expected}"
                results[metric][peer].append(answer)
    return results


def one(peer: str, kind: str, site: Path, cache: Path, *wanted: str) -> dict[str, float]:
    """One fresh process."""
    cache.mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable,
        "-I",
        str(HERE / "measure.py"),
        str(HERE / "peers" / f"{peer}.py"),
        kind,
        str(site),
    ]
    environment = {"PATH": os.environ["PATH"], "HOME": str(cache), "XDG_CACHE_HOME": str(cache)}
    done = subprocess.run([*command, *wanted], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{peer}, {kind}: {done.stderr}")
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


def table(size: str, results: Results) -> str:
    """Medians in milliseconds, with the ratio to the fastest peer, as Markdown."""
    rows = [
        f"### {size}: distributions/packs/plugins a pack",
        "",
        f"| | {' | '.join(METRICS)} | MB for the 15 |",
    ]
    rows.append("|---" * (len(METRICS) + 2) + "|")
    peers = sorted(results[METRICS[0]], key=lambda peer: (peer != OURS, peer))
    for peer in peers:
        cells = [cell(results[metric], peer) for metric in METRICS]
        memory = statistics.median(answer["kb"] for answer in results[METRICS[-1]][peer]) / 1000
        rows.append(f"| {f'**{peer}**' if peer == OURS else peer} | {' | '.join(cells)} | {memory:.1f} |")
    return "\n".join([*rows, ""])


def cell(answers: dict[str, list[dict[str, float]]], peer: str) -> str:
    """A peer's median, and its median ratio to the fastest other of the same round."""
    median = statistics.median(answer["ms"] for answer in answers[peer])
    ratios = [
        own["ms"] / min(answers[other][number]["ms"] for other in answers if other != OURS)
        for number, own in enumerate(answers[peer])
    ]
    return f"{median:.3g} ms (x{statistics.median(ratios):.2g})"


if __name__ == "__main__":
    main()
