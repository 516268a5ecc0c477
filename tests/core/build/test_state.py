# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What tells one build from another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from brainsmith_core.blueprint.plan import Plan, PlannedKernel, PlannedStep, Target
from brainsmith_core.build.state import (
    BuildState,
    Checkpoint,
    FinishedStep,
    file_digest,
    identity,
    settings_digest,
)
from brainsmith_core.records import BackendRecord, KernelRecord


def function_step(source: str, lines_above: int = 0) -> PlannedStep:
    scope: dict[str, Any] = {}
    exec("\n" * lines_above + source, scope)
    return PlannedStep("tidy", "steps", function=scope["tidy"])


def test_a_plugin_is_known_by_name_id_target_distribution_and_version(
    qonnx_transform: Callable[..., Any],
) -> None:
    step = PlannedStep("InferShapes", "steps", record=qonnx_transform("InferShapes"))
    assert identity(step) == {
        "name": "InferShapes",
        "plugin": "transform:qonnx:InferShapes",
        "target": "qonnx.transformation.infer_shapes:InferShapes",
        "distribution": "qonnx",
        "version": "1.0.0",
    }


def test_a_function_is_known_by_its_code_wherever_it_stands_in_its_file() -> None:
    source = "def tidy(model, cfg):\n    return [x for x in model if x in {'a', 'b'}]"
    assert identity(function_step(source)) == identity(function_step(source, lines_above=7))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("    return model", "    return cfg"),
        ("    return model + 1", "    return model + 2"),
        ("    return model.a()", "    return model.b()"),
        ("    return lambda: 1", "    return lambda: 2"),
        ("    return model in {1, 2}", "    return model in {1, 3}"),
    ],
)
def test_a_function_whose_code_was_edited_is_another(before: str, after: str) -> None:
    head = "def tidy(model, cfg):\n"
    assert identity(function_step(head + before)) != identity(function_step(head + after))


def test_an_object_that_is_called_like_a_function_is_known_by_its_name() -> None:
    class Tidy:
        def __call__(self, model: Any, cfg: Any) -> Any:
            return model

    assert identity(PlannedStep("tidy", "steps", function=Tidy()))["code"] == ""


def test_the_settings_are_the_target_the_kernels_and_the_framework_sections() -> None:
    kernel = KernelRecord(name="Softmax", target="a:B")
    backend = BackendRecord(name="SoftmaxHLS", target="a:C", kernel="Softmax", language="hls")
    plan = Plan(name="one")
    others = [
        replace(plan, target=Target(board="Pynq-Z1")),
        replace(plan, target=Target(clock_ns=5.0)),
        replace(plan, kernels=(PlannedKernel(kernel),)),
        replace(plan, kernels=(PlannedKernel(kernel, (backend,)),)),
        replace(plan, framework_config={"finn": {"synth": True}}),
    ]
    assert len({settings_digest(other) for other in [plan, *others]}) == 6
    assert settings_digest(plan) == settings_digest(replace(plan, name="two", description="other words"))


def test_the_digest_of_a_file_is_its_sha256(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert file_digest(tmp_path / "a").startswith("ba7816bf8f01cfea414140de5dae2223")


def test_a_step_that_is_carried_out_again_drops_what_came_after_it() -> None:
    def finished(name: str) -> FinishedStep:
        return FinishedStep(
            identity={"name": name}, checkpoint=Checkpoint(file="f", sha256="0", op_counts={}), seconds=1
        )

    state = BuildState(input_sha256="0", settings_sha256="0", steps=tuple(map(finished, "abc")))
    assert [step.identity["name"] for step in state.with_step(1, finished("B")).steps] == ["a", "B"]
    assert [step.identity["name"] for step in state.steps] == ["a", "b", "c"]


def test_the_state_survives_being_written_and_read() -> None:
    checkpoint = Checkpoint(file="models/01_a.onnx", sha256="0", op_counts={"Mul": 2})
    step = FinishedStep(identity={"name": "a"}, checkpoint=checkpoint, seconds=0.1, difference=0.5)
    state = BuildState(input_sha256="1", settings_sha256="2", input=checkpoint, steps=(step,))
    assert BuildState.model_validate_json(state.model_dump_json()) == state
