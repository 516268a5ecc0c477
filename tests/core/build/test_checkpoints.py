# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The intermediate models that a build keeps, and when they can be gone on from."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from brainsmith_core.blueprint.plan import Plan, PlannedStep, Target
from brainsmith_core.build.checkpoints import Checkpoints
from brainsmith_core.build.output import OutputFolder, hold
from brainsmith_core.errors import BuildError, OutputError
from brainsmith_core.frameworks import ModelAccess

PlanOf = Callable[..., Plan]


@pytest.fixture
def folder(output: Path) -> Iterator[OutputFolder]:
    with hold(output, continuing=False) as held:
        yield held


@pytest.fixture
def built(folder: OutputFolder, models: ModelAccess, tidy_plan: Plan, network: Path) -> Checkpoints:
    """The checkpoints after three of the plan's steps, all of them the given model."""
    checkpoints = Checkpoints.begin(folder, models, tidy_plan, network)
    model = models.load(network)
    checkpoints.record_input(model)
    for index, step in enumerate(tidy_plan.steps[:3]):
        checkpoints.record(index, step, checkpoints.keep(index + 1, step.name, model), 0.5, None)
    return checkpoints


def model_files(folder: OutputFolder) -> list[str]:
    return sorted(path.name for path in (folder.path / "models").iterdir())


def test_models_are_numbered_and_named_after_their_steps(built: Checkpoints, folder: OutputFolder) -> None:
    assert model_files(folder) == [
        "00_input.onnx",
        "01_InferShapes.onnx",
        "02_GemmToMatMul.onnx",
        "03_ConvertDivToMul.onnx",
    ]


def test_a_step_with_an_odd_name_gets_a_plain_file_name(
    built: Checkpoints, folder: OutputFolder, models: ModelAccess, network: Path
) -> None:
    kept = built.keep(4, "../lambda #3 <b>" + "x" * 300, models.load(network))
    assert kept.file == "models/04_.._lambda_3_b_" + "x" * 46 + ".onnx"
    assert kept.file.removeprefix("models/") in model_files(folder)


def test_they_are_there_for_the_next_process(
    built: Checkpoints, folder: OutputFolder, models: ModelAccess
) -> None:
    reopened = Checkpoints.reopen(folder, models)
    assert reopened.state == built.state
    assert reopened.last_good(3) == 3
    assert reopened.last_good(2) == 2
    assert models.is_model(reopened.load(2))


def test_a_model_that_was_kept_but_not_recorded_does_not_count(
    built: Checkpoints, folder: OutputFolder, models: ModelAccess, network: Path
) -> None:
    built.keep(4, "FoldConstants", models.load(network))
    reopened = Checkpoints.reopen(folder, models)
    assert reopened.after(4) is None
    assert not reopened.is_good(4)
    assert reopened.last_good(5) == 3


def test_missing_and_damaged_models_are_passed_over(built: Checkpoints, folder: OutputFolder) -> None:
    (folder.path / "models" / "03_ConvertDivToMul.onnx").unlink()
    with (folder.path / "models" / "02_GemmToMatMul.onnx").open("ab") as stream:
        stream.write(b"x")
    assert built.last_good(3) == 1


@pytest.mark.parametrize("text", ["", "{", "[]", '{"version": 2}', '{"version": 1}', "\x00\xff"])
def test_a_state_that_cannot_be_read_is_refused(folder: OutputFolder, models: ModelAccess, text: str) -> None:
    folder.write_text("build.json", text)
    with pytest.raises(OutputError, match="is not the state of a build of this version") as caught:
        Checkpoints.reopen(folder, models)
    assert caught.value.place == str(folder.path / "build.json")


def test_the_same_build_is_recognised(built: Checkpoints, tidy_plan: Plan, network: Path) -> None:
    built.check_same_build(replace(tidy_plan, description="other words"), network, 5)


def test_another_model_is_refused(
    built: Checkpoints, tidy_plan: Plan, network_of: Any, tmp_path: Path
) -> None:
    other = network_of(tmp_path / "other.onnx", classes=4)
    with pytest.raises(OutputError, match=f"the build here is of another model than {other}"):
        built.check_same_build(tidy_plan, other, 0)


def test_another_target_is_refused(built: Checkpoints, tidy_plan: Plan, network: Path) -> None:
    with pytest.raises(OutputError, match="the build here has another target"):
        built.check_same_build(replace(tidy_plan, target=Target(board="U250")), network, 0)


def test_a_step_that_changed_is_refused_with_what_changed_and_where_to_start(
    built: Checkpoints, tidy_plan: Plan, network: Path, qonnx_transform: Callable[..., Any]
) -> None:
    newer = PlannedStep(
        "GemmToMatMul", "steps", record=qonnx_transform("GemmToMatMul", distribution_version="1.1")
    )
    plan = replace(tidy_plan, steps=(tidy_plan.steps[0], newer, *tidy_plan.steps[2:]))
    with pytest.raises(OutputError) as caught:
        built.check_same_build(plan, network, 3)
    assert caught.value.fact == (
        "step 2 'GemmToMatMul' (qonnx:GemmToMatMul of qonnx 1.1) is not what was built here: "
        "version was 1.0.0, is 1.1"
    )
    assert caught.value.remedy.startswith("go on from the change with --start 2")
    built.check_same_build(plan, network, 1)


def test_a_function_instead_of_a_plugin_is_a_change(
    built: Checkpoints, plan_of: PlanOf, tidy_plan: Plan, network: Path
) -> None:
    def InferShapes(model: Any, cfg: Any) -> Any:
        return model

    plan = replace(tidy_plan, steps=(*plan_of(InferShapes).steps, *tidy_plan.steps[1:]))
    with pytest.raises(OutputError, match="plugin was transform:qonnx:InferShapes, is none"):
        built.check_same_build(plan, network, 1)


@pytest.mark.parametrize("described", [False, True])
def test_a_disk_that_fills_up_leaves_the_earlier_model_and_state(
    built: Checkpoints, folder: OutputFolder, models: ModelAccess, network: Path, described: bool
) -> None:
    class FullDisk(type(models)):  # type: ignore[misc]
        def save(self, model: Any, path: Path) -> None:
            path.write_bytes(b"half")
            error = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if described:
                raise OutputError("no room", place=str(path)) from error
            raise error

    before = (folder.path / "models" / "02_GemmToMatMul.onnx").read_bytes()
    full = Checkpoints.reopen(folder, FullDisk())
    with pytest.raises(OutputError) as caught:
        full.keep(2, "GemmToMatMul", models.load(network))
    assert caught.value.place == str(folder.path / "models" / "02_GemmToMatMul.onnx")
    assert caught.value.fact == "cannot be written: No space left on device"
    assert "--resume" in caught.value.remedy
    assert (folder.path / "models" / "02_GemmToMatMul.onnx").read_bytes() == before
    assert not list(folder.path.rglob(".part-*"))
    assert Checkpoints.reopen(folder, models).last_good(3) == 3


def test_a_model_that_the_framework_cannot_write_is_named(
    built: Checkpoints, folder: OutputFolder, models: ModelAccess, network: Path
) -> None:
    def fail(error: Exception) -> ModelAccess:
        def save(_self: ModelAccess, _model: Any, _path: Path) -> None:
            raise error

        return type("Fragile", (type(models),), {"save": save})()  # type: ignore[no-any-return]

    with pytest.raises(BuildError, match="the framework cannot write the model: ValueError: too large"):
        Checkpoints.reopen(folder, fail(ValueError("too large"))).keep(4, "step", models.load(network))
    with pytest.raises(OutputError, match="exceeds 2 GB"):
        Checkpoints.reopen(folder, fail(OutputError("exceeds 2 GB"))).keep(4, "step", models.load(network))
