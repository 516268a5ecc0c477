# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Builds from beginning to end: real transforms on a real model, in a real folder."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from qonnx.transformation.insert_topk import InsertTopK

from brainsmith_core.blueprint.plan import Plan, PlannedStep, Target
from brainsmith_core.build.accuracy import Accuracy
from brainsmith_core.build.configuration import BuildConfig
from brainsmith_core.build.progress import Progress, TextProgress
from brainsmith_core.build.run import run
from brainsmith_core.build.section import Cell, Section, Table
from brainsmith_core.build.verify import Verification
from brainsmith_core.errors import BuildError, ModelError, PluginLoadError, VerificationError
from brainsmith_core.frameworks import ModelAccess
from brainsmith_core.records import StepRecord
from brainsmith_qonnx_bridge.adapter import QONNXAdapter

PlanOf = Callable[..., Plan]


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def final_model(output: Path) -> bytes:
    return max((output / "models").iterdir()).read_bytes()


def interrupts(model: Any, cfg: Any) -> Any:
    raise KeyboardInterrupt


def fails(model: Any, cfg: Any) -> Any:
    raise RuntimeError("no room on the chip")


def doubles(model: Any, cfg: Any) -> Any:
    (name,) = [item.name for item in model.graph.initializer if item.name == "offset"]
    model.set_initializer(name, 2 * model.get_initializer(name))
    return model


def top_one(model: Any, cfg: Any) -> Any:
    return model.transform(InsertTopK(k=1))


class TestABuild:
    def test_applies_each_step_and_keeps_every_model(
        self, tidy_plan: Plan, network: Path, models: ModelAccess, output: Path
    ) -> None:
        result = run(tidy_plan, network, models, output)
        assert models.op_counts(result.model) == {"Add": 2, "MatMul": 1, "Mul": 1, "Quant": 2}
        assert files(output) == [
            "build.json",
            "build.log",
            "models/00_input.onnx",
            "models/01_InferShapes.onnx",
            "models/02_GemmToMatMul.onnx",
            "models/03_ConvertDivToMul.onnx",
            "models/04_FoldConstants.onnx",
            "models/05_RemoveIdentityOps.onnx",
            "report.html",
            "report.json",
        ]
        last = models.load(output / "models" / "05_RemoveIdentityOps.onnx")
        assert models.op_counts(last) == models.op_counts(result.model)
        assert result.output_dir == output
        assert result.report == json.loads((output / "report.json").read_text())
        assert result.report["status"] == "finished"

    def test_without_steps_gives_the_model_back(
        self, plan_of: PlanOf, network: Path, models: ModelAccess, output: Path
    ) -> None:
        result = run(plan_of(), network, models, output)
        assert models.op_counts(result.model) == models.op_counts(models.load(network))
        assert result.report["status"] == "finished"

    def test_tells_each_step_about_itself(
        self, plan_of: PlanOf, network: Path, models: ModelAccess, output: Path
    ) -> None:
        told: list[BuildConfig] = []

        def listens(model: Any, cfg: BuildConfig) -> Any:
            told.append(cfg)
            return model

        plan = plan_of(listens, target=Target(board="Pynq-Z1"), framework_config={"finn": {"synth": True}})
        run(plan, network, models, output)
        assert told == [BuildConfig(output, Target(board="Pynq-Z1"), (), {"finn": {"synth": True}})]

    def test_gives_the_same_bytes_every_time(
        self, plan_of: PlanOf, network: Path, models: ModelAccess, tmp_path: Path
    ) -> None:
        plan = plan_of("InferShapes", "GiveRandomTensorNames", "GemmToMatMul", "GiveRandomTensorNames")
        for name in ("one", "two"):
            run(plan, network, models, tmp_path / name)
        assert final_model(tmp_path / "one") == final_model(tmp_path / "two")

    def test_measures_the_accuracy_before_and_after(
        self, plan_of: PlanOf, network: Path, models: ModelAccess, output: Path, tmp_path: Path
    ) -> None:
        np.savez(tmp_path / "data.npz", inputs=np.zeros((4, 8)), labels=np.array([2, 2, 0, 2]))

        def prefers_class_two(model: Any, cfg: Any) -> Any:
            model.set_initializer("offset", np.array([0, 0, 9], np.float32))
            return model

        def prefers_class_zero(model: Any, cfg: Any) -> Any:
            model.set_initializer("offset", np.array([9, 0, 0], np.float32))
            return model

        run(plan_of(prefers_class_two), network, models, output)
        two = output / "models" / "01_prefers_class_two.onnx"
        seen: list[tuple[str, int, int]] = []

        class Counting(Progress):
            def evaluating(self, what: str, done: int, total: int) -> None:
                seen.append((what, done, total))

        result = run(
            plan_of(prefers_class_zero),
            two,
            models,
            tmp_path / "second",
            labelled_data=tmp_path / "data.npz",
            progress=Counting(),
        )
        assert (result.accuracy_before, result.accuracy_after) == (Accuracy(3, 4), Accuracy(1, 4))
        assert result.report["accuracy"]["after"] == {"correct": 1, "total": 4, "fraction": 0.25}
        assert seen[3:5] == [("given model", 4, 4), ("built model", 1, 4)]

    def test_tells_what_each_step_did(
        self, plan_of: PlanOf, network: Path, models: ModelAccess, output: Path
    ) -> None:
        def empties(model: Any, cfg: Any) -> Any:
            del model.graph.node[1:]
            return model

        stream = io.StringIO()
        run(plan_of("InferShapes", empties), network, models, output, progress=TextProgress(stream))
        first, *steps, last = stream.getvalue().splitlines()
        assert first == f"building demo into {output}"
        assert [(line[:20].split()[1], line.partition(", ")[2]) for line in steps] == [
            ("InferShapes", "7 nodes"),
            ("empties", "7 → 1 nodes"),
        ]
        assert last.endswith(f"see {output / 'report.html'}")

    def test_logs_steps_and_leaves_no_handler_behind(
        self, tidy_plan: Plan, network: Path, models: ModelAccess, output: Path
    ) -> None:
        handlers = list(logging.getLogger().handlers)
        run(tidy_plan, network, models, output)
        assert logging.getLogger().handlers == handlers
        assert (
            "step 1 'InferShapes' (qonnx:InferShapes of qonnx 1.0.0) begins"
            in (output / "build.log").read_text()
        )


class TestBeforeAnythingIsDone:
    def test_every_plugin_is_imported(
        self, plan_of: PlanOf, network: Path, models: ModelAccess, output: Path, notes: Any
    ) -> None:
        record = StepRecord(name="late", target="no_such_module:late")
        plan = plan_of("InferShapes", PlannedStep("late", "steps", record=record))
        with pytest.raises(PluginLoadError, match="no_such_module"):
            run(plan, network, models, output, progress=notes)
        assert notes.steps == []
        assert not output.exists()

    def test_the_model_is_read(
        self, tidy_plan: Plan, models: ModelAccess, output: Path, tmp_path: Path
    ) -> None:
        with pytest.raises(ModelError):
            run(tidy_plan, tmp_path / "none.onnx", models, output)
        assert not output.exists()

    def test_labelled_data_is_read(
        self, tidy_plan: Plan, network: Path, models: ModelAccess, output: Path, tmp_path: Path
    ) -> None:
        with pytest.raises(BuildError, match="does not exist"):
            run(tidy_plan, network, models, output, labelled_data=tmp_path / "none.npz")
        assert not output.exists()

    def test_labelled_data_must_fit_the_model(
        self, tidy_plan: Plan, network: Path, models: ModelAccess, output: Path, tmp_path: Path, notes: Any
    ) -> None:
        np.savez(tmp_path / "data.npz", inputs=np.zeros((4, 5)), labels=np.zeros(4))
        with pytest.raises(BuildError, match="has rows of the shape"):
            run(tidy_plan, network, models, output, labelled_data=tmp_path / "data.npz", progress=notes)
        assert notes.steps == []

    def test_an_unknown_start_is_refused(
        self, tidy_plan: Plan, network: Path, models: ModelAccess, output: Path
    ) -> None:
        with pytest.raises(BuildError, match="did you mean 'FoldConstants'"):
            run(tidy_plan, network, models, output, start="FoldConstant")
        assert not output.exists()

    def test_start_and_resume_exclude_each_other(
        self, tidy_plan: Plan, network: Path, models: ModelAccess, output: Path
    ) -> None:
        with pytest.raises(BuildError, match="--start and --resume were both given"):
            run(tidy_plan, network, models, output, start="1", resume=True)


class TestAStepThatFails:
    def test_stops_the_build_and_leaves_log_report_and_models(
        self, plan_of: PlanOf, network: Path, models: ModelAccess, output: Path, notes: Any
    ) -> None:
        with pytest.raises(BuildError, match="step 2 'fails': RuntimeError: no room on the chip") as caught:
            run(plan_of("InferShapes", fails, "FoldConstants"), network, models, output, progress=notes)
        assert str(output / "build.log") in caught.value.remedy
        assert "Traceback (most recent call last)" in (output / "build.log").read_text()
        report = json.loads((output / "report.json").read_text())
        assert [step["status"] for step in report["steps"]] == ["done", "failed", "not run"]
        assert report["failure"] == str(caught.value)
        assert (output / "models" / "01_InferShapes.onnx").exists()
        assert notes.stopped

    def test_does_not_hide_its_error_behind_a_report_that_cannot_be_written(
        self, plan_of: PlanOf, network: Path, models: ModelAccess, output: Path
    ) -> None:
        def spoils(model: Any, cfg: BuildConfig) -> Any:
            (cfg.output_dir / "report.json").mkdir()
            raise RuntimeError("no room on the chip")

        with pytest.raises(BuildError, match="no room on the chip"):
            run(plan_of(spoils), network, models, output)

    def test_that_changed_the_model_in_place_spoils_nothing(
        self, plan_of: PlanOf, network: Path, models: ModelAccess, output: Path
    ) -> None:
        def spoils(model: Any, cfg: Any) -> Any:
            del model.graph.node[:]
            raise RuntimeError

        plan = plan_of("InferShapes", spoils)
        with pytest.raises(BuildError):
            run(plan, network, models, output)
        repaired = replace(plan, steps=(plan.steps[0], *plan_of("ConvertDivToMul").steps))
        result = run(repaired, network, models, output, resume=True)
        assert models.op_counts(result.model)["Mul"] == 1


class TestVerification:
    def test_passes_and_is_recorded_where_nothing_changes(
        self, tidy_plan: Plan, network: Path, models: ModelAccess, output: Path
    ) -> None:
        report = run(tidy_plan, network, models, output, verification=Verification()).report
        assert all(0 <= step["difference"] <= 1e-3 for step in report["steps"])
        assert report["verification"]["inputs"] == "random"

    def test_stops_at_the_step_that_changes_the_outputs_and_keeps_its_model_to_look_at(
        self, plan_of: PlanOf, network: Path, models: ModelAccess, output: Path
    ) -> None:
        plan = plan_of("InferShapes", doubles, "FoldConstants")
        with pytest.raises(
            VerificationError, match=r"step 2 'doubles': output 0 \('y'\) changed by"
        ) as caught:
            run(plan, network, models, output, verification=Verification())
        kept = output / "models" / "02_doubles.onnx"
        assert str(kept) in caught.value.remedy
        assert kept.exists()
        assert [step["status"] for step in json.loads((output / "report.json").read_text())["steps"]] == [
            "done",
            "failed",
            "not run",
        ]

    def test_can_be_left_out_when_going_on(
        self, plan_of: PlanOf, network: Path, models: ModelAccess, output: Path, notes: Any
    ) -> None:
        plan = plan_of("InferShapes", doubles, "FoldConstants")
        with pytest.raises(VerificationError):
            run(plan, network, models, output, verification=Verification())
        report = run(plan, network, models, output, resume=True, progress=notes).report
        assert notes.steps == ["doubles", "FoldConstants"]
        assert [step["difference"] is None for step in report["steps"]] == [False, True, True]

    def test_explains_an_output_that_became_a_class(
        self, plan_of: PlanOf, network: Path, models: ModelAccess, output: Path
    ) -> None:
        with pytest.raises(VerificationError, match=r"has the shape \(1, 1\) now and had \(1, 3\)"):
            run(plan_of("InferShapes", top_one), network, models, output, verification=Verification())


class Reporting(QONNXAdapter):
    """QONNX, were it to execute another model than the one between steps, and to report something."""

    def __init__(self, stand_in: Any) -> None:
        super().__init__()
        self.stand_in = stand_in
        self.asked: list[Path] = []

    def executable(self, model: Any, config: BuildConfig) -> Any:
        self.asked.append(config.output_dir)
        return self.stand_in

    def report_sections(self, output_dir: Path) -> list[Section]:
        return [Section("From steps", "table", Table(("what",), [[Cell(f"left in {output_dir.name}")]]))]


def test_a_framework_says_what_to_execute_between_steps(
    network: Path, models: ModelAccess, plan_of: PlanOf, output: Path
) -> None:
    framework = Reporting(models.load(network))
    # InsertTopK changes the outputs, so only the stand-in can be the one that is verified.
    result = run(
        plan_of("InsertTopK"), network, models, output, verification=Verification(), frameworks=[framework]
    )
    assert result.report["steps"][0]["difference"] == 0
    assert framework.asked == [output.absolute()] * 2


def test_a_framework_s_sections_are_on_the_page(
    network: Path, models: ModelAccess, plan_of: PlanOf, output: Path
) -> None:
    run(plan_of("InferShapes"), network, models, output, frameworks=[Reporting(None)])
    page = (output / "report.html").read_text(encoding="utf-8")
    assert "From steps" in page
    assert "left in out" in page
