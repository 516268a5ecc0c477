# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from types import SimpleNamespace

import pytest

from brainsmith_core.blueprint.plan import Target
from brainsmith_core.blueprint.read import draft, read
from brainsmith_core.blueprint.settle import needed_sources, plan
from brainsmith_core.errors import BlueprintError
from brainsmith_core.frameworks import PlanFault, SettingFault, StepToAdd
from brainsmith_core.registry import Registry


def shown(settled):
    return [f"{step.phase}: {step.name}" for step in settled.steps]


@pytest.fixture
def settle(registry):
    def run(**sections):
        return plan(read({"hw_compiler": sections}), registry)

    return run


def test_the_seeds_blueprint_is_planned(write, seed, registry):
    settled = plan(read(write(seed)), registry)
    assert [(step.phase, step.name, step.member_of) for step in settled.steps] == [
        ("transforms", "Quantize", "quantization"),
        ("transforms", "Fold", "folding"),
        ("pre_hw", "Tidy", "cleanup_transforms"),
        ("pre_hw", "Fold", "cleanup_transforms"),
        ("steps", "hardware_inference", ""),
        ("post_hw", "Fuse", "optimization_transforms"),
    ]
    matmul, softmax = settled.kernels
    assert [record.name for record in matmul.backends] == ["MatMulHLS"]
    assert softmax.missing_backends == ("hls",)
    assert [record.name for record in softmax.inference] == ["InferSoftmax"]
    (missing,) = settled.missing
    assert (missing.type, missing.reference) == ("transform", "NotThere")
    assert missing.place == "model.yaml:10:15 hw_compiler.transforms_phased.post_hw[0]"
    assert missing.reason == "'NotThere' is not a transform of any installed pack"


def test_a_plan_carries_what_the_blueprint_says_of_itself(registry, write):
    text = """\
        name: digits
        description: A small one.
        target: {part: xc7z020, clock_ns: 5}
        acme_config: {a: 1}
        hw_compiler: {transforms: [Tidy]}
        """
    settled = plan(read(write(text)), registry)
    assert (settled.name, settled.description, settled.blueprint) == ("digits", "A small one.", "model.yaml")
    assert settled.target == Target(part="xc7z020", clock_ns=5.0)
    assert settled.framework_config == {"acme": {"a": 1}}


def test_steps_run_after_transforms_with_the_phased_ones_right_around_hardware_inference(settle):
    settled = settle(
        transforms=["Fold"],
        steps=["cleanup", "hardware_inference", "cleanup"],
        transforms_phased={"pre_hw": ["Tidy"], "post_hw": ["Fuse"]},
    )
    assert shown(settled) == [
        "transforms: Fold",
        "steps: cleanup",
        "pre_hw: Tidy",
        "steps: hardware_inference",
        "post_hw: Fuse",
        "steps: cleanup",
    ]


def test_where_several_steps_do_hardware_inference_the_phased_transforms_stand_around_all(step, transform):
    registry = Registry(
        [
            transform("Tidy"),
            step("first", stage="hardware_inference"),
            step("between"),
            step("last", stage="hardware_inference"),
        ]
    )
    compiler = {
        "steps": ["between", "first", "between", "last", "between"],
        "transforms_phased": {"pre_hw": ["Tidy"], "post_hw": ["Tidy"]},
    }
    settled = plan(read({"hw_compiler": compiler}), registry)
    assert [step.name for step in settled.steps] == [
        "between",
        "Tidy",
        "first",
        "between",
        "last",
        "Tidy",
        "between",
    ]


def test_without_steps_hardware_inference_runs_if_there_are_kernels(settle):
    phased = {"pre_hw": ["Tidy"], "post_hw": ["Fuse"]}
    settled = settle(kernels=["matmul"], transforms_phased=phased)
    assert shown(settled) == ["pre_hw: Tidy", "steps: hardware_inference", "post_hw: Fuse"]
    assert shown(settle(kernels=["matmul"], steps=[])) == ["steps: hardware_inference"]


def test_without_steps_and_kernels_only_transforms_run(settle):
    phased = {"pre_hw": ["Tidy"], "post_hw": ["Fuse"]}
    settled = settle(transforms=["Fold"], transforms_phased=phased, kernels=["~nope"])
    assert shown(settled) == ["transforms: Fold", "pre_hw: Tidy", "post_hw: Fuse"]


def test_with_steps_hardware_inference_is_not_added(settle):
    assert shown(settle(kernels=["matmul"], steps=["cleanup"])) == ["steps: cleanup"]


def test_kernels_that_no_step_infers_are_noted(write, registry):
    text = "hw_compiler:\n  kernels: [matmul, softmax]\n  transforms: [InferSoftmax]\n  steps: [cleanup]"
    assert plan(read(write(text)), registry).notes == (
        "model.yaml:2:3 hw_compiler.kernels: no step is known to do hardware inference, so nothing makes"
        " nodes of acme:MatMul; add 'hardware_inference' to hw_compiler.steps",
    )


@pytest.mark.parametrize(
    "sections",
    [
        {"kernels": ["matmul"], "steps": ["hardware_inference"]},
        {"kernels": ["matmul"], "transforms": ["InferMatMul"], "steps": ["cleanup"]},
        {"kernels": ["matmul"]},
        {"kernels": ["~nope"], "steps": ["cleanup"]},
        {"steps": ["cleanup"]},
    ],
    ids=["by a step", "by the transform itself", "by default", "no kernel is there", "none is named"],
)
def test_where_the_kernels_are_inferred_there_is_nothing_to_note(settle, sections):
    assert settle(**sections).notes == ()


def test_kernels_without_a_step_that_makes_hardware_of_them(kernel, faults_of):
    blueprint = read({"hw_compiler": {"kernels": ["matmul"]}})
    ((place, fact, remedy),) = faults_of(plan, blueprint, Registry([kernel("MatMul")]))
    assert place == "blueprint hw_compiler.kernels"
    assert fact == "'hardware_inference' is not a step of any installed pack"
    assert remedy


def test_phased_transforms_without_hardware_inference_among_the_steps(write, registry, faults_of):
    text = "hw_compiler:\n  steps: [cleanup]\n  transforms_phased: {post_hw: [Tidy]}"
    assert faults_of(plan, read(write(text)), registry) == [
        (
            "model.yaml:3:3 hw_compiler.transforms_phased",
            "pre_hw and post_hw run around the step that does hardware inference, and 'steps' has none",
            "add 'hardware_inference' to hw_compiler.steps, or move these transforms to 'transforms'",
        )
    ]


def test_empty_phases_ask_for_no_hardware_inference(settle):
    assert shown(settle(steps=["cleanup"], transforms_phased={"pre_hw": []})) == ["steps: cleanup"]


def test_a_step_that_is_unknown_is_the_only_fault_told(registry, faults_of):
    compiler = {"steps": ["hardware_inferense"], "transforms_phased": {"pre_hw": ["Tidy"]}}
    ((_, fact, remedy),) = faults_of(plan, read({"hw_compiler": compiler}), registry)
    assert fact == "'hardware_inferense' is not a step of any installed pack"
    assert remedy == "did you mean 'hardware_inference'?"


def test_an_optional_step_that_is_missing_is_left_out(settle):
    settled = settle(steps=["~nope", "cleanup"])
    assert shown(settled) == ["steps: cleanup"]
    assert [(left.type, left.reference) for left in settled.missing] == [("step", "nope")]


def test_a_registered_step_wins_over_one_that_is_only_importable_and_the_plan_says_so(step):
    registry = Registry([step("convert"), step("convert", registered=False)])
    settled = plan(read({"hw_compiler": {"steps": ["acme:convert"]}}), registry)
    assert settled.steps[0].record.registered
    assert settled.as_rows()[0].rule == "registered with its framework; the other can only be imported"


@pytest.mark.parametrize("compiler", [{}, {"transforms": []}, {"kernels": [], "steps": []}])
def test_a_blueprint_that_asks_for_nothing(registry, faults_of, compiler):
    assert faults_of(plan, read({"hw_compiler": compiler}), registry) == [
        (
            "blueprint hw_compiler",
            "the blueprint asks for nothing: it names no transforms, steps or kernels",
            "name at least one under 'hw_compiler'",
        )
    ]


def test_a_blueprint_of_which_everything_optional_is_missing_is_no_fault(settle):
    settled = settle(transforms=["~nope"])
    assert (settled.steps, len(settled.missing)) == ((), 1)


def test_faults_of_the_text_and_of_the_plugins_come_in_one_run(write, transform, faults_of):
    registry = Registry([transform("Tidy"), transform("Tidy", "other"), transform("Slow", unavailable="no")])
    failure = SimpleNamespace(source="bad", distribution="bad", version="1", reason="why", remedy="mend it")
    blueprint = draft(
        write(
            """\
            zzz: 1
            requires: [no-such-distribution]
            hw_compiler:
              kernels: [nope, 3]
              transforms: [Tidy, bad:X, Slow, ~gone]
              steps: [~missing, unknown]
            """
        )
    )
    faults = faults_of(plan, blueprint, registry, failures=[failure])
    assert [(place.partition(" ")[0].removeprefix("model.yaml:"), fact) for place, fact, _ in faults] == [
        ("1:1", "'zzz' is not a key of a blueprint"),
        ("2:12", "the blueprint requires no-such-distribution, and no-such-distribution is not installed"),
        ("4:13", "'nope' is not a kernel of any installed pack"),
        ("4:19", "must be a name or a mapping with 'kernel', not the number 3"),
        ("5:16", "'Tidy' is a transform of several packs"),
        ("5:22", "'bad:X': the pack 'bad' of bad 1 could not be loaded: why"),
        ("5:29", "transform acme:Slow is not available here: no"),
        ("6:21", "'unknown' is not a step of any installed pack"),
    ]


def test_the_sources_needed_are_those_named_and_those_that_sets_name(transform, step):
    registry = Registry(
        [
            transform("A"),
            transform("all", members=["A", "~b:inner", "acme:all"]),
            transform("inner", "b", members=["c:C"]),
        ]
    )
    blueprint = read({"hw_compiler": {"transforms": ["acme:all"], "steps": ["d:s"]}})
    assert needed_sources(blueprint, registry) == {"acme", "b", "c", "d"}
    assert needed_sources(blueprint, Registry()) == {"acme", "d"}


def test_a_set_with_a_bare_member_of_another_pack_may_need_any(transform):
    registry = Registry([transform("all", members=["Elsewhere"])])
    blueprint = read({"hw_compiler": {"transforms": ["acme:all"]}})
    assert needed_sources(blueprint, registry) is None


def test_a_blueprint_with_bare_names_may_need_any(registry):
    assert needed_sources(read({"hw_compiler": {"transforms": ["Tidy"]}}), registry) is None


class Judge:
    """A framework that finds fault with all it is shown."""

    def settings_faults(self, target, settings):
        yield SettingFault(("target", "board"), f"no board {target.board}", "give another")
        yield from (
            SettingFault(("acme_config", name), f"no field {name}", "leave it out") for name in settings
        )
        yield SettingFault(("acme_config", "unwritten"), "one is missing", "give it")

    def plan_faults(self, steps, kernels):
        return [PlanFault(subject, "comes too early", "move it") for subject in (*steps[1:], *kernels)]

    def steps_to_add(self, steps, kernels):
        return ()


def test_a_framework_s_faults_with_steps_and_kernels_are_told_where_the_blueprint_names_them(write, registry):
    text = """\
        hw_compiler:
          kernels: [{kernel: acme:Softmax, backends: [hls]}]
          steps: [cleanup, hardware_inference]
        """
    with pytest.raises(BlueprintError) as caught:
        plan(read(write(text)), registry, adapter={"acme": Judge()}.get)
    assert [(fault.place, fault.fact) for fault in caught.value.faults if "early" in fault.fact] == [
        ("model.yaml:2:14 hw_compiler.kernels[0].kernel", "comes too early"),
        ("model.yaml:3:20 hw_compiler.steps[1]", "comes too early"),
    ]


def test_a_framework_s_faults_with_its_settings_are_told_where_they_stand(write, registry):
    text = """\
        target:
          board: B
        acme_config:
          a: 1
        hw_compiler: {transforms: [Tidy]}
        """
    asked = []
    judges = {"acme": Judge()}
    with pytest.raises(BlueprintError) as caught:
        plan(read(write(text)), registry, adapter=lambda name: asked.append(name) or judges.get(name))
    assert [(fault.place, fault.fact) for fault in caught.value.faults] == [
        ("model.yaml:2:3 target.board", "no board B"),
        ("model.yaml:3:1 acme_config", "one is missing"),
        ("model.yaml:4:3 acme_config.a", "no field a"),
    ]
    assert set(asked) == {"acme"}


def test_the_frameworks_whose_steps_are_planned_judge_the_target_too(write, registry):
    text = """\
        target: {board: B}
        hw_compiler: {steps: [hardware_inference]}
        """
    asked = []
    plan(read(write(text)), registry, adapter=asked.append)
    assert set(asked) == {"acme"}


class Completing:
    """A framework that wants steps of its own around those of a blueprint."""

    def __init__(self, *added):
        self.added = added
        self.asked = []

    def settings_faults(self, target, settings):
        return ()

    def plan_faults(self, steps, kernels):
        return ()

    def steps_to_add(self, steps, kernels):
        self.asked.append(([step.name for step in steps], [kernel.record.name for kernel in kernels]))
        return self.added


def completed(registry, framework, kernels=("Softmax",)):
    content = {"hw_compiler": {"kernels": list(kernels), "steps": ["acme:cleanup", "hardware_inference"]}}
    return plan(read(content), registry, adapter={"acme": framework}.get).steps


def test_a_framework_adds_the_steps_that_it_needs_for_the_kernels(registry):
    added = StepToAdd(2, "acme:cleanup", "after all"), StepToAdd(1, "acme:cleanup", "in between")
    framework = Completing(*added, StepToAdd(1, "acme:hardware_inference", "then"))
    steps = completed(registry, framework)
    assert [(step.name, step.rule) for step in steps[1:3]] == [
        ("cleanup", "in between"),
        ("hardware_inference", "then"),
    ]
    assert (steps[-1].name, steps[-1].rule) == ("cleanup", "after all")
    assert framework.asked == [(["cleanup", "hardware_inference"], ["Softmax"])]


def test_a_framework_adds_nothing_to_a_blueprint_without_kernels(registry):
    framework = Completing(StepToAdd(0, "acme:cleanup", "first"))
    assert [step.name for step in completed(registry, framework, ())] == ["cleanup", "hardware_inference"]
    assert framework.asked == []


def test_a_step_that_a_framework_wants_and_nobody_has_is_a_fault(registry):
    with pytest.raises(BlueprintError, match="nothing_like_it"):
        completed(registry, Completing(StepToAdd(0, "acme:nothing_like_it", "")))
