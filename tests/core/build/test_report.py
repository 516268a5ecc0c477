# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What the report says, as data."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from brainsmith_core.blueprint.plan import MissingPlugin, Plan, PlannedKernel, PlannedStep, Target
from brainsmith_core.build.accuracy import Accuracy
from brainsmith_core.build.output import hold
from brainsmith_core.build.report import Facts, build_report, op_changes, write_report
from brainsmith_core.build.state import BuildState, Checkpoint, FinishedStep, identity
from brainsmith_core.build.verify import Verification
from brainsmith_core.records import BackendRecord, KernelRecord, TransformRecord

ACME = {"source": "acme", "distribution": "acme-pack", "distribution_version": "1.2"}


def state_of(plan: Plan, *op_counts: dict[str, int], **fields: Any) -> BuildState:
    """The state after as many steps as there are op counts beside the first, which are the input's."""
    given, *after = [
        Checkpoint(file=f"models/{index:02d}.onnx", sha256="0", op_counts=c)
        for index, c in enumerate(op_counts)
    ]
    steps = tuple(
        FinishedStep(identity=identity(step), checkpoint=kept, seconds=0.5, **fields)
        for step, kept in zip(plan.steps, after, strict=False)
    )
    return BuildState(input_sha256="abc", settings_sha256="def", input=given, steps=steps)


def facts_of(plan: Plan, **fields: Any) -> Facts:
    return Facts(plan, Path("net.onnx"), range(len(plan.steps)), **fields)


def test_each_step_has_its_plugin_times_and_op_counts_before_and_after(plan_of: Callable[..., Plan]) -> None:
    plan = plan_of("ConvertDivToMul", "FoldConstants")
    report = build_report(facts_of(plan), state_of(plan, {"Div": 2}, {"Mul": 2}, {"Mul": 1}, difference=0.25))
    assert report["steps"][0] == {
        "number": 1,
        "name": "ConvertDivToMul",
        "phase": "steps",
        "member_of": "",
        "rule": "",
        "type": "transform",
        "plugin": "qonnx:ConvertDivToMul",
        "target": "qonnx.transformation.general:ConvertDivToMul",
        "distribution": "qonnx",
        "version": "1.0.0",
        "stage": "",
        "status": "done",
        "seconds": 0.5,
        "model": "models/01.onnx",
        "sha256": "0",
        "op_counts_before": {"Div": 2},
        "op_counts_after": {"Mul": 2},
        "op_changes": {"Div": -2, "Mul": 2},
        "difference": 0.25,
    }
    assert report["steps"][1]["op_counts_before"] == {"Mul": 2}
    assert report["steps"][1]["op_changes"] == {"Mul": -1}
    assert report["status"] == "finished"


def test_a_function_is_reported_by_module_and_name(plan_of: Callable[..., Plan]) -> None:
    def mine(model: Any, cfg: Any) -> Any:
        return model

    report = build_report(facts_of(plan_of(mine)), state_of(plan_of(mine), {}))
    assert report["steps"][0]["type"] == "function"
    assert report["steps"][0]["target"].endswith("mine")


def test_steps_that_were_not_reached_say_so(plan_of: Callable[..., Plan]) -> None:
    plan = plan_of("ConvertDivToMul", "FoldConstants", "InferShapes")
    report = build_report(facts_of(plan), state_of(plan, {}, {}))
    assert [step["status"] for step in report["steps"]] == ["done", "not run", "not run"]
    assert report["status"] == "stopped"


def test_a_failed_step_and_what_an_earlier_build_had_after_it_are_not_done(
    plan_of: Callable[..., Plan],
) -> None:
    plan = plan_of("ConvertDivToMul", "FoldConstants", "InferShapes")
    facts = facts_of(plan, failure="step 2: no", under_way=1)
    report = build_report(facts, state_of(plan, {}, {}, {}, {}))
    assert [step["status"] for step in report["steps"]] == ["done", "failed", "not run"]
    assert (report["status"], report["failure"]) == ("failed", "step 2: no")


def test_what_another_plan_left_is_not_this_plans(plan_of: Callable[..., Plan]) -> None:
    state = state_of(plan_of("ConvertDivToMul", "FoldConstants"), {}, {}, {})
    report = build_report(facts_of(plan_of("ConvertDivToMul", "InferShapes")), state)
    assert [step["status"] for step in report["steps"]] == ["done", "not run"]


def test_a_build_that_has_not_begun_can_be_reported(plan_of: Callable[..., Plan]) -> None:
    report = build_report(facts_of(plan_of("InferShapes")), BuildState(input_sha256="a", settings_sha256="b"))
    assert report["input"] == {"path": "net.onnx", "sha256": "a", "op_counts": {}}


def test_kernels_missing_plugins_target_accuracy_and_verification_are_reported() -> None:
    kernel = KernelRecord(name="Softmax", target="acme.ops:Softmax").stamped(**ACME)
    backend = BackendRecord(name="SoftmaxHLS", target="acme.hls:S", kernel="Softmax", language="hls").stamped(
        **ACME
    )
    infer = TransformRecord(name="InferSoftmax", target="acme.infer:I", creates=("Softmax",)).stamped(**ACME)
    plan = Plan(
        name="demo",
        target=Target(board="Pynq-Z1", clock_ns=5.0),
        kernels=(PlannedKernel(kernel, (backend,), ("rtl",), (infer,), "only one has it"),),
        missing=(MissingPlugin("transform", "~folding", "m.yaml:3:5", "no pack has it"),),
    )
    facts = facts_of(plan, verification=Verification(seed=7), accuracy_before=Accuracy(3, 4))
    report = build_report(facts, state_of(plan, {}))
    (found,) = report["kernels"]
    assert (found["plugin"], found["op_type"], found["rule"]) == (
        "acme:Softmax",
        "Softmax",
        "only one has it",
    )
    assert [(item["name"], item["language"], item["version"]) for item in found["backends"]] == [
        ("SoftmaxHLS", "hls", "1.2")
    ]
    assert (found["missing_backends"], found["inference"]) == (["rtl"], ["acme:InferSoftmax"])
    assert report["missing"] == [
        {"type": "transform", "reference": "~folding", "place": "m.yaml:3:5", "reason": "no pack has it"}
    ]
    assert report["target"] == {"board": "Pynq-Z1", "part": "", "clock_ns": 5.0}
    assert report["accuracy"] == {"before": {"correct": 3, "total": 4, "fraction": 0.75}, "after": None}
    assert report["verification"] == {"inputs": "random", "seed": 7, "rtol": 1e-4, "atol": 1e-3}
    assert report["plugin_distributions"] == {"acme-pack": "1.2"}


def test_the_environment_and_all_installed_packages_are_reported(plan_of: Callable[..., Plan]) -> None:
    report = build_report(facts_of(plan_of()), state_of(plan_of(), {}))
    assert {"numpy", "qonnx", "brainsmith-core"} <= set(report["packages"])
    assert report["environment"]["python"].startswith("3.")


def test_op_changes_leave_out_what_stayed() -> None:
    assert op_changes({"Add": 1, "Div": 2, "Mul": 1}, {"Add": 1, "Mul": 3, "Relu": 1}) == {
        "Div": -2,
        "Mul": 2,
        "Relu": 1,
    }


def test_both_files_are_written_and_the_data_is_what_is_returned(
    plan_of: Callable[..., Plan], output: Path
) -> None:
    plan = plan_of("ConvertDivToMul")
    with hold(output, continuing=False) as folder:
        report = write_report(folder, facts_of(plan), state_of(plan, {"Div": 1}, {"Mul": 1}))
    assert json.loads((output / "report.json").read_text()) == report
    assert "ConvertDivToMul" in (output / "report.html").read_text()


def test_a_number_that_json_cannot_hold_never_gets_into_the_file(
    plan_of: Callable[..., Plan], output: Path
) -> None:
    plan = plan_of("ConvertDivToMul")
    with hold(output, continuing=False) as folder, pytest.raises(ValueError):
        write_report(folder, facts_of(plan, seconds=float("nan")), state_of(plan, {}))


def test_a_step_of_a_set_names_the_set_and_the_rule() -> None:
    record = TransformRecord(name="Fuse", target="acme.fuse:Fuse", stage="topology_opt").stamped(**ACME)
    plan = Plan(
        name="demo",
        steps=(PlannedStep("Fuse", "pre_hw", record=record, member_of="acme:all", rule="priority"),),
    )
    (step,) = build_report(facts_of(plan), state_of(plan, {}))["steps"]
    assert (step["member_of"], step["rule"], step["stage"], step["phase"]) == (
        "acme:all",
        "priority",
        "topology_opt",
        "pre_hw",
    )
