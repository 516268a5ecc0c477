# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""``brainsmith blueprint``: faults, plan and schema."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("good_packs")

GOOD = """\
hw_compiler:
  transforms: ['acme:Tidy', ~acme:Absent]
  kernels: [{kernel: softmax, backends: [hls, rtl]}]
  steps: [clean]
"""
NOTE = (
    "{file}:3:3 hw_compiler.kernels: no step is known to do hardware inference, so nothing makes nodes"
    " of acme:Softmax; add 'hardware_inference' to hw_compiler.steps"
)
BAD = "hw_compiler:\n  transforms: [Dubble, Tidy]\n  kernel: []\n"


@pytest.fixture
def blueprint(tmp_path: Path) -> Path:
    return tmp_path / "model.yaml"


def test_a_blueprint_without_faults_is_summed_up(run, blueprint: Path) -> None:
    blueprint.write_text(GOOD, encoding="utf-8")
    ended = run("blueprint", "check", blueprint)
    assert ended.status == 0
    assert ended.out.splitlines() == [
        f"{blueprint}: no faults; 2 steps, 1 kernel",
        "  not installed, and left out: 1 optional plugin and 1 back end",
        f"    {blueprint}:2:29 hw_compiler.transforms[1]: transform acme:Absent",
        "    back end 'rtl' of acme:Softmax",
        f"  note: {NOTE.format(file=blueprint)}",
    ]
    assert run("blueprint", "check", blueprint, "--json").json == []


def test_all_faults_are_told_at_once_each_with_its_place_and_remedy(run, blueprint: Path) -> None:
    blueprint.write_text(BAD, encoding="utf-8")
    ended = run("blueprint", "check", blueprint)
    assert ended.status == 6
    assert f"{blueprint}:2:16 hw_compiler.transforms[0]: 'Dubble' is not a transform of any" in ended.err
    assert "did you mean 'Double'?" in ended.err
    assert f"{blueprint}:2:24 hw_compiler.transforms[1]: 'Tidy' is a transform of several packs" in ended.err
    assert f"{blueprint}:3:3 hw_compiler.kernel" in ended.err
    faults = run("blueprint", "check", blueprint, "--json")
    assert faults.status == 6
    assert [set(fault) for fault in faults.json] == [{"place", "fact", "remedy"}] * 3


def test_the_plan_names_owner_and_rule_of_each_step(run, blueprint: Path) -> None:
    blueprint.write_text(GOOD, encoding="utf-8")
    lines = run("blueprint", "plan", blueprint).out.splitlines()
    tidy = next(line for line in lines if " Tidy " in line)
    assert " ".join(tidy.split()) == "1 transforms Tidy acme acme 2.1 named with its source"
    assert any(line.startswith("left out: transform acme:Absent") for line in lines)
    assert lines[-1] == f"note: {NOTE.format(file=blueprint)}"


def test_the_plan_as_json_has_kernels_with_their_back_ends(run, blueprint: Path) -> None:
    blueprint.write_text(GOOD, encoding="utf-8")
    plan = run("blueprint", "plan", blueprint, "--json").json
    assert [step["name"] for step in plan["steps"]] == ["Tidy", "clean"]
    (kernel,) = plan["kernels"]
    assert (kernel["backends"], kernel["missing_backends"]) == (["acme:SoftmaxHLS"], ["rtl"])
    assert plan["missing"][0]["reference"] == "acme:Absent"
    assert plan["notes"] == [NOTE.format(file=blueprint)]


def test_the_schema_is_json_schema(run) -> None:
    import jsonschema

    schema = run("blueprint", "schema").json
    jsonschema.Draft202012Validator.check_schema(schema)
    assert "hw_compiler" in schema["properties"]
