# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Before a build the frameworks are asked what becomes of the model; what must fail is refused at once."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from brainsmith_core.blueprint.plan import Plan
from brainsmith_core.build.preflight import as_data, look_ahead, refuse, summary
from brainsmith_core.build.progress import TextProgress
from brainsmith_core.build.run import run
from brainsmith_core.errors import BuildError
from brainsmith_core.frameworks import ModelAccess
from brainsmith_core.preflight import NodeOutlook, Preflight, PreflightFault
from brainsmith_qonnx_bridge.adapter import QONNXAdapter

PlanOf = Callable[..., Plan]


class Foreseeing(QONNXAdapter):
    """QONNX, were it to know what becomes of nodes."""

    def __init__(self, *faults: PreflightFault) -> None:
        super().__init__()
        self.faults = faults
        self.asked: list[list[str]] = []

    def preflight(self, model: Any, plan: Plan) -> Preflight:
        self.asked.append([step.name for step in plan.steps])
        nodes = [
            NodeOutlook("n0", "Quant", "hardware", "Thresholding", ("hls",), "it is quantised"),
            NodeOutlook("n1", "Sin", "host", reason="nobody has hardware for it"),
        ]
        return Preflight(nodes, self.faults, ["n1 is slow"])


FAULTS = (
    PreflightFault("n1 lies between", "move it", ("n1",)),
    PreflightFault("n2 lies between", "move it", ("n2",)),
)


def test_every_fault_is_told_at_once_and_nothing_is_written(
    plan_of: PlanOf, network: Path, models: ModelAccess, tmp_path: Path
) -> None:
    output = tmp_path / "out"
    with pytest.raises(BuildError, match="n1 lies between\n  n2 lies between") as caught:
        run(plan_of("InferShapes"), network, models, output, frameworks=[Foreseeing(*FAULTS)])
    assert caught.value.place == f"preflight of {network}"
    assert caught.value.remedy.splitlines() == ["move it", "  to build all the same: --no-preflight"]
    assert not output.exists()


def test_who_knows_better_can_build_without(
    plan_of: PlanOf, network: Path, models: ModelAccess, tmp_path: Path
) -> None:
    framework = Foreseeing(*FAULTS)
    result = run(
        plan_of("InferShapes"), network, models, tmp_path / "out", frameworks=[framework], preflight=False
    )
    assert (result.report["status"], framework.asked) == ("finished", [])


def test_what_is_foreseen_is_shown_and_reported(
    plan_of: PlanOf, network: Path, models: ModelAccess, tmp_path: Path
) -> None:
    said = StringIO()
    progress = TextProgress(said)
    result = run(
        plan_of("InferShapes"),
        network,
        models,
        tmp_path / "out",
        frameworks=[Foreseeing()],
        progress=progress,
    )
    assert said.getvalue().splitlines()[:3] == [
        "preflight by qonnx: of 2 nodes 1 become hardware, 1 stay on the host",
        "  n1 (Sin) stays on the host: nobody has hardware for it",
        "  n1 is slow",
    ]
    (first, _) = result.report["preflight"]["qonnx"]["nodes"]
    assert (first["node"], first["fate"], first["backends"]) == ("n0", "hardware", ["hls"])


def test_steps_after_the_stop_do_not_count(plan_of: PlanOf, network: Path, models: ModelAccess) -> None:
    framework = Foreseeing()
    look_ahead(plan_of("InferShapes", "FoldConstants"), models.load(network), [framework], stop=1)
    assert framework.asked == [["InferShapes"]]


def test_a_framework_of_which_the_plan_uses_nothing_is_not_asked(plan_of: PlanOf) -> None:
    framework = Foreseeing(*FAULTS)
    assert look_ahead(plan_of(lambda model, cfg: model), None, [framework]) == {}
    assert framework.asked == []


def test_a_framework_that_knows_nothing_is_left_out(plan_of: PlanOf) -> None:
    found = look_ahead(plan_of("InferShapes"), None, [QONNXAdapter()])
    assert (found, list(summary(found)), as_data(found)) == ({}, [], {})
    refuse(found, "model.onnx")
