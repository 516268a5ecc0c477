# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""However often and wherever a build is cut short, going on gives the model that it would have given."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brainsmith_core.blueprint.plan import Plan
from brainsmith_core.build.progress import Progress
from brainsmith_core.build.run import run
from brainsmith_core.frameworks import ModelAccess

TRANSFORMS = ["GiveRandomTensorNames", "GemmToMatMul", "ConvertDivToMul", "FoldConstants"]


class CutShort(BaseException):
    """Stands for anything that ends a process."""


class Notes(Progress):
    """Keeps what a build notes."""

    text = ""

    def note(self, text: str) -> None:
        self.text += f"{text}\n"


def cutting(models: ModelAccess, saves: int) -> ModelAccess:
    """Access to models that is cut short at a save, half of the file written."""
    left = [saves]

    def save(_self: ModelAccess, model: Any, path: Path) -> None:
        left[0] -= 1
        if left[0] < 0:
            path.write_bytes(b"half a model")
            raise CutShort
        models.save(model, path)

    return type("Cutting", (type(models),), {"save": save})()  # type: ignore[no-any-return]


@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_a_build_cut_short_at_any_save_ends_with_the_same_bytes(
    data: st.DataObject, models: ModelAccess, network: Path, plan_of: Callable[..., Plan]
) -> None:
    # FoldConstants needs the shapes.
    names = ["InferShapes", *data.draw(st.lists(st.sampled_from(TRANSFORMS), max_size=4))]
    plan = plan_of(*names)
    with tempfile.TemporaryDirectory() as folder:
        whole, parts = Path(folder) / "whole", Path(folder) / "parts"
        run(plan, network, models, whole)
        for saves in data.draw(st.lists(st.integers(0, 3), max_size=3)):
            try:
                run(plan, network, cutting(models, saves), parts, resume=True)
            except CutShort:
                damaged = data.draw(st.none() | st.integers(0, len(names)))
                for path in (parts / "models").glob(f"{damaged:02d}_*" if damaged is not None else "none"):
                    path.write_bytes(b"damaged")
        told = Notes()
        run(plan, network, models, parts, resume=True, progress=told)
        expected = {path.name: path.read_bytes() for path in (whole / "models").iterdir()}
        found = {path.name: path.read_bytes() for path in (parts / "models").iterdir()}
        # A model that a later one makes up for is not made again.
        left = {name for name in found if found[name] == b"damaged"}
        assert all(f"models/{name} is missing or damaged" in told.text for name in left)
        assert {name: found[name] for name in found if name not in left} == {
            name: expected[name] for name in expected if name not in left
        }


STEPS = """
import time

def waits(model, cfg):
    if not (cfg.output_dir / "go").exists():
        (cfg.output_dir / "waiting").touch()
        time.sleep(60)
    return model
"""

BUILD = """
import sys
from pathlib import Path
from brainsmith_core.blueprint.plan import Plan, PlannedStep
from brainsmith_core.build.run import run
from brainsmith_core.records import StepRecord, TransformRecord
from brainsmith_qonnx_bridge.adapter import QONNXAdapter

def planned(record_class, target):
    name = target.partition(":")[2]
    return PlannedStep(name, "steps", record=record_class(name=name, target=target))

steps = (
    planned(TransformRecord, "qonnx.transformation.gemm_to_matmul:GemmToMatMul"),
    planned(StepRecord, "waiting_steps:waits"),
    planned(TransformRecord, "qonnx.transformation.general:ConvertDivToMul"),
)
run(Plan("demo", steps=steps), Path(sys.argv[1]), QONNXAdapter().models(), Path(sys.argv[2]), resume=True)
"""


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGINT])
def test_a_build_whose_process_was_ended_in_the_middle_goes_on(
    ending: signal.Signals, network: Path, models: ModelAccess, tmp_path: Path
) -> None:
    (tmp_path / "waiting_steps.py").write_text(STEPS)
    command = [sys.executable, "-c", BUILD, str(network)]
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "PYTHONHASHSEED": "0"}
    parts, whole = tmp_path / "parts", tmp_path / "whole"
    with subprocess.Popen(
        [*command, str(parts)],
        env=environment,
        stderr=subprocess.DEVNULL,
        # A shell that started the tests in the background has them ignore interrupts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        while not (parts / "waiting").exists():
            assert process.poll() is None
            time.sleep(0.02)
        second = subprocess.run(
            [*command, str(parts)], env=environment, capture_output=True, text=True, check=False
        )
        process.send_signal(ending)
    assert process.returncode != 0
    assert f"another build is running here (process {process.pid})" in second.stderr
    (parts / "go").touch()
    subprocess.run([*command, str(parts)], env=environment, check=True)
    (tmp_path / "waiting_steps.py").write_text("def waits(model, cfg):\n    return model\n")
    subprocess.run([*command, str(whole)], env=environment, check=True)
    last = "models/03_ConvertDivToMul.onnx"
    assert (parts / last).read_bytes() == (whole / last).read_bytes()
    assert "begins" in (parts / "build.log").read_text()
