# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C ends ``brainsmith build`` with a report, and ``--resume`` goes on from there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

STEPS = """
import os, pathlib, time
from brainsmith_core import step

@step()
def first(model, cfg):
    return model

@step()
def waits(model, cfg):
    started = os.environ.get("WAITS_STARTED")
    if started:
        pathlib.Path(started).touch()
        time.sleep(60)
    return model
"""
HOOKS = """
from brainsmith_core import declared_plugins

hooks = declared_plugins(__package__)
register_transforms, register_kernels, register_backends, register_steps = hooks
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with an installed pack, one of whose steps takes as long as a synthesis."""
    files = {
        "waiting/__init__.py": HOOKS,
        "waiting/steps.py": STEPS,
        "waiting-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: waiting\nVersion: 1\n",
        "waiting-1.dist-info/entry_points.txt": "[brainsmith]\nwaiting = waiting\n",
    }
    for name, text in files.items():
        path = tmp_path / "site" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "site"


def test_an_interrupt_leaves_a_report_and_the_build_goes_on(
    site: Path, model: Path, output: Path, tmp_path: Path
) -> None:
    blueprint, started = tmp_path / "waiting.yaml", tmp_path / "started"
    blueprint.write_text("hw_compiler: {steps: ['waiting:first', 'waiting:waits']}\n", encoding="utf-8")
    command = [sys.executable, "-m", "brainsmith_core.cli", "build", model, "--blueprint", blueprint]
    command = [*map(str, command), "--output", str(output)]
    environment = {**os.environ, "PYTHONPATH": str(site), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    with subprocess.Popen(
        command,
        env={**environment, "WAITS_STARTED": str(started)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell that started the tests in the background has them ignore interrupts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as build:
        deadline = time.monotonic() + 50
        while not started.exists() and build.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        build.send_signal(signal.SIGINT)
        _, complaint = build.communicate(timeout=30)

    assert build.returncode == 130, complaint
    assert "Traceback" not in complaint
    report = json.loads((output / "report.json").read_text(encoding="utf-8"))
    assert report["status"] == "interrupted"
    assert [step["status"] for step in report["steps"]] == ["done", "interrupted"]

    resumed = subprocess.run(
        [*command, "--resume"], env=environment, capture_output=True, text=True, check=False
    )
    assert resumed.returncode == 0, resumed.stderr
    report = json.loads((output / "report.json").read_text(encoding="utf-8"))
    assert report["status"] == "finished"
    assert [step["status"] for step in report["steps"]][-1] == "done"
