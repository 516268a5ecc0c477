# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Builds that go on where an earlier one ended, stopped, failed or was interrupted."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brainsmith_core.blueprint.plan import Plan, PlannedStep
from brainsmith_core.build.run import run
from brainsmith_core.build.state import file_digest
from brainsmith_core.build.verify import Verification
from brainsmith_core.errors import OutputError
from brainsmith_core.frameworks import ModelAccess
from brainsmith_core.records import StepRecord

PlanOf = Callable[..., Plan]


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def final_model(output: Path) -> bytes:
    return max((output / "models").iterdir()).read_bytes()


def interrupts(model: Any, cfg: Any) -> Any:
    raise KeyboardInterrupt


class TestStartAndStop:
    def test_a_stop_is_the_last_step(
        self, tidy_plan: Plan, network: Path, models: ModelAccess, output: Path, notes: Any
    ) -> None:
        report = run(tidy_plan, network, models, output, stop="GemmToMatMul", progress=notes).report
        assert notes.steps == ["InferShapes", "GemmToMatMul"]
        assert report["status"] == "stopped"

    def test_a_stopped_build_can_be_gone_on_with(
        self, tidy_plan: Plan, network: Path, models: ModelAccess, tmp_path: Path, notes: Any
    ) -> None:
        run(tidy_plan, network, models, tmp_path / "whole")
        run(tidy_plan, network, models, tmp_path / "parts", stop="2")
        report = run(tidy_plan, network, models, tmp_path / "parts", start="3", progress=notes).report
        assert notes.steps == ["ConvertDivToMul", "FoldConstants", "RemoveIdentityOps"]
        assert report["status"] == "finished"
        assert final_model(tmp_path / "parts") == final_model(tmp_path / "whole")

    def test_a_start_repeats_steps_that_were_done(
        self, tidy_plan: Plan, network: Path, models: ModelAccess, output: Path, notes: Any
    ) -> None:
        run(tidy_plan, network, models, output)
        run(tidy_plan, network, models, output, start="FoldConstants", stop="FoldConstants", progress=notes)
        assert notes.steps == ["FoldConstants"]

    def test_a_start_at_the_first_step_begins_with_the_given_model(
        self, tidy_plan: Plan, network: Path, models: ModelAccess, output: Path, notes: Any
    ) -> None:
        for _build in range(2):
            run(tidy_plan, network, models, output, start="InferShapes", progress=notes)
        assert len(notes.steps) == 2 * len(tidy_plan.steps)

    def test_the_changed_rest_of_a_plan_can_be_built_from_where_it_changed(
        self, tidy_plan: Plan, plan_of: PlanOf, network: Path, models: ModelAccess, output: Path, notes: Any
    ) -> None:
        run(tidy_plan, network, models, output)
        changed = replace(tidy_plan, steps=(*tidy_plan.steps[:2], *plan_of("FoldConstants").steps))
        with pytest.raises(OutputError, match="name was ConvertDivToMul, is FoldConstants") as caught:
            run(changed, network, models, output, resume=True)
        assert "--start 3" in caught.value.remedy
        report = run(changed, network, models, output, start="3", progress=notes).report
        assert notes.steps == ["FoldConstants"]
        assert report["status"] == "finished"
        assert "Div" in report["steps"][2]["op_counts_after"]

    def test_a_start_without_an_earlier_build_is_refused(
        self, tidy_plan: Plan, network: Path, models: ModelAccess, output: Path
    ) -> None:
        with pytest.raises(OutputError, match="holds no build, so there is no model to begin step 4 with"):
            run(tidy_plan, network, models, output, start="FoldConstants")
        assert not output.exists()

    def test_a_start_beyond_what_was_built_is_refused(
        self, tidy_plan: Plan, network: Path, models: ModelAccess, output: Path
    ) -> None:
        run(tidy_plan, network, models, output, stop="1")
        with pytest.raises(OutputError, match="--start 4: the model after step 3 is not built yet"):
            run(tidy_plan, network, models, output, start="FoldConstants")

    def test_a_start_after_a_damaged_model_is_refused(
        self, tidy_plan: Plan, network: Path, models: ModelAccess, output: Path
    ) -> None:
        run(tidy_plan, network, models, output)
        (output / "models" / "03_ConvertDivToMul.onnx").write_bytes(b"")
        with pytest.raises(
            OutputError, match=r"03_ConvertDivToMul\.onnx: the model after step 3 is not intact"
        ):
            run(tidy_plan, network, models, output, start="FoldConstants")


class TestTheFolderOfAnEarlierBuild:
    def test_is_left_alone_without_being_asked(
        self, tidy_plan: Plan, network: Path, models: ModelAccess, output: Path
    ) -> None:
        run(tidy_plan, network, models, output)
        before = {name: file_digest(output / name) for name in files(output)}
        with pytest.raises(OutputError, match="holds a build already"):
            run(tidy_plan, network, models, output)
        assert {name: file_digest(output / name) for name in files(output)} == before

    def test_cannot_be_gone_on_with_for_another_model(
        self,
        tidy_plan: Plan,
        network: Path,
        network_of: Any,
        models: ModelAccess,
        output: Path,
        tmp_path: Path,
    ) -> None:
        run(tidy_plan, network, models, output)
        with pytest.raises(OutputError, match="is of another model"):
            run(tidy_plan, network_of(tmp_path / "other.onnx", classes=5), models, output, resume=True)


class TestResume:
    def test_begins_where_there_is_nothing_yet(
        self, tidy_plan: Plan, network: Path, models: ModelAccess, output: Path
    ) -> None:
        assert run(tidy_plan, network, models, output, resume=True).report["status"] == "finished"

    def test_goes_on_after_an_interrupt(
        self, plan_of: PlanOf, network: Path, models: ModelAccess, output: Path, notes: Any
    ) -> None:
        plan = plan_of("InferShapes", interrupts)
        with pytest.raises(KeyboardInterrupt):
            run(plan, network, models, output, progress=notes)
        assert notes.notes == ["interrupted in step 2 'interrupts'; go on with --resume"]
        assert "interrupted in step 2" in (output / "build.log").read_text()
        report = json.loads((output / "report.json").read_text(encoding="utf-8"))
        assert report["status"] == "interrupted"
        assert report["failure"] == "interrupted in step 2 'interrupts'\n  go on with --resume"
        assert [step["status"] for step in report["steps"]] == ["done", "interrupted"]
        assert "interrupted in step 2" in (output / "report.html").read_text(encoding="utf-8")
        mended = replace(plan, steps=(plan.steps[0], *plan_of("FoldConstants").steps))
        resumed = run(mended, network, models, output, resume=True, progress=notes)
        assert resumed.report["status"] == "finished"
        assert notes.steps[2:] == ["FoldConstants"]
        assert notes.notes[1:] == ["going on after step 1"]

    def test_of_a_finished_build_says_so_and_repeats_nothing(
        self, tidy_plan: Plan, network: Path, models: ModelAccess, output: Path, notes: Any
    ) -> None:
        first = run(tidy_plan, network, models, output)
        again = run(tidy_plan, network, models, output, resume=True, progress=notes)
        assert notes.notes == ["every step is finished already; nothing is repeated"]
        assert notes.steps == []
        assert again.report == first.report
        assert models.op_counts(again.model) == models.op_counts(first.model)

    def test_says_which_steps_were_built_without_verification(
        self, plan_of: PlanOf, network: Path, models: ModelAccess, output: Path, notes: Any
    ) -> None:
        plan = plan_of("InferShapes", "FoldConstants", "InferShapes")
        run(plan, network, models, output, stop="1")
        run(plan, network, models, output, stop="2", resume=True, verification=Verification())
        run(plan, network, models, output, resume=True)
        run(plan, network, models, output, resume=True, verification=Verification(), progress=notes)
        (note,) = [note for note in notes.notes if "verif" in note]
        assert note == (
            "finished steps are not verified again, and 1, 3 were built without --verify; "
            "build into another folder to verify them"
        )

    def test_says_nothing_of_verification_where_all_steps_were_verified(
        self, tidy_plan: Plan, network: Path, models: ModelAccess, output: Path, notes: Any
    ) -> None:
        run(tidy_plan, network, models, output, verification=Verification())
        run(tidy_plan, network, models, output, resume=True, verification=Verification(), progress=notes)
        assert notes.notes == ["every step is finished already; nothing is repeated"]

    @pytest.mark.parametrize("text", [None, "{", "[]", '{"status": "stopped"}'])
    def test_of_a_finished_build_writes_a_report_that_is_missing(
        self, tidy_plan: Plan, network: Path, models: ModelAccess, output: Path, text: str | None
    ) -> None:
        run(tidy_plan, network, models, output)
        (output / "report.json").unlink()
        if text is not None:
            (output / "report.json").write_text(text)
        run(tidy_plan, network, models, output, resume=True)
        assert json.loads((output / "report.json").read_text())["status"] == "finished"

    def test_measures_the_accuracy_of_a_finished_build_if_asked(
        self, tidy_plan: Plan, network: Path, models: ModelAccess, output: Path, tmp_path: Path
    ) -> None:
        np.savez(tmp_path / "data.npz", inputs=np.zeros((1, 8)), labels=np.zeros(1))
        run(tidy_plan, network, models, output)
        result = run(tidy_plan, network, models, output, resume=True, labelled_data=tmp_path / "data.npz")
        assert result.accuracy_before == result.accuracy_after
        assert json.loads((output / "report.json").read_text())["accuracy"]["after"]["total"] == 1

    def test_repeats_what_was_damaged(
        self, tidy_plan: Plan, network: Path, models: ModelAccess, output: Path, notes: Any
    ) -> None:
        run(tidy_plan, network, models, output)
        expected = final_model(output)
        (output / "models" / "04_FoldConstants.onnx").write_bytes(b"junk")
        (output / "models" / "05_RemoveIdentityOps.onnx").unlink()
        run(tidy_plan, network, models, output, resume=True, progress=notes)
        assert notes.notes == [
            "models/04_FoldConstants.onnx is missing or damaged, so its step is repeated",
            "models/05_RemoveIdentityOps.onnx is missing or damaged, so its step is repeated",
            "going on after step 3",
        ]
        assert notes.steps == ["FoldConstants", "RemoveIdentityOps"]
        assert final_model(output) == expected

    def test_begins_again_where_no_model_is_left(
        self, tidy_plan: Plan, network: Path, models: ModelAccess, output: Path, notes: Any
    ) -> None:
        run(tidy_plan, network, models, output)
        expected = files(output)
        for path in (output / "models").iterdir():
            path.unlink()
        run(tidy_plan, network, models, output, resume=True, progress=notes)
        assert len(notes.steps) == 5
        assert files(output) == expected

    def test_imports_only_what_is_still_to_be_done(
        self,
        tidy_plan: Plan,
        plan_of: PlanOf,
        network: Path,
        models: ModelAccess,
        output: Path,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        (tmp_path / "vanishing_pack.py").write_text("def tidy(model, cfg):\n    return model\n")
        monkeypatch.syspath_prepend(tmp_path)
        step = PlannedStep("tidy", "steps", record=StepRecord(name="tidy", target="vanishing_pack:tidy"))
        plan = plan_of(step, "InferShapes")
        run(plan, network, models, output, stop="tidy")
        (tmp_path / "vanishing_pack.py").unlink()
        monkeypatch.delitem(sys.modules, "vanishing_pack")
        assert run(plan, network, models, output, resume=True).report["status"] == "finished"
