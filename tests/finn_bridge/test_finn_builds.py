# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A blueprint runs FINN's steps as FINN's own builder does, to the last number, and without a Vivado."""

from __future__ import annotations

import json
import re
from pathlib import Path

import onnx
import pytest
import yaml

pytestmark = [pytest.mark.finn, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "examples" / "digits" / "model.onnx"
BLUEPRINT = ROOT / "examples" / "finn_estimates" / "blueprint.yaml"
REPORTS = (
    "op_and_param_counts.json",
    "estimate_layer_cycles.json",
    "estimate_layer_resources.json",
    "estimate_layer_config_alternatives.json",
    "estimate_network_performance.json",
)


@pytest.fixture(scope="module")
def example(brainsmith_build, tmp_path_factory):
    """The folder of the example, built and verified."""
    output = tmp_path_factory.mktemp("example") / "out"
    code, printed = brainsmith_build(BLUEPRINT, output, "--verify", "random")
    assert code == 0, printed
    return output


@pytest.fixture(scope="module")
def by_FINN(script, tmp_path_factory):
    """The folder of FINN's own builder, run on the same model with the same settings."""
    blueprint = yaml.safe_load(BLUEPRINT.read_text("utf-8"))
    steps = [f"step_{name.removeprefix('finn:')}" for name in blueprint["hw_compiler"]["steps"]]
    target = {
        "board": blueprint["target"]["board"],
        "synth_clk_period_ns": blueprint["target"]["clock_ns"],
        "target_fps": blueprint["finn_config"]["target_fps"],
    }
    output = tmp_path_factory.mktemp("finn") / "out"
    assert script("finn_builder.py", str(MODEL), str(output), json.dumps(target | {"steps": steps})) == 0
    return output


def described(path):
    """A model's nodes with all that is set of them, but for names and files."""
    from qonnx.core.modelwrapper import ModelWrapper

    return [
        (node.op_type, node.domain, [str(each) for each in node.attribute if "_dir" not in each.name])
        for node in ModelWrapper(str(path)).graph.node
    ]


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_is_the_one_that_FINN_s_own_builder_writes(example, by_FINN, name):
    ours, theirs = (folder / "report" / name for folder in (example, by_FINN))
    assert ours.read_bytes() == theirs.read_bytes()


def test_the_model_after_each_step_is_the_one_of_FINN_s_own_builder(example, by_FINN):
    built = sorted((example / "models").glob("*_step_*.onnx"))
    assert len(built) == 10
    for path in built:
        theirs = by_FINN / "intermediate_models" / path.name.partition("_")[2]
        assert described(path) == described(theirs), path.name


def test_no_step_changes_what_the_model_computes(example):
    steps = json.loads((example / "report.json").read_text("utf-8"))["steps"]
    assert [step["status"] for step in steps] == ["done"] * 10
    assert max(step["difference"] for step in steps) < 1e-3


def test_the_page_shows_the_numbers_of_the_reports(example):
    page = (example / "report.html").read_text("utf-8")
    performance = json.loads((example / "report" / REPORTS[-1]).read_text("utf-8"))
    assert f"{performance['estimated_throughput_fps']:,.1f}" in page
    assert re.search(rf"{performance['max_cycles_node_name']}.*?bottleneck", page, re.DOTALL)
    total = json.loads((example / "report" / REPORTS[2]).read_text("utf-8"))["total"]
    assert f"{total['LUT']:,.0f}" in page
    for title in ("Cycles per layer", "LUT per layer", "BRAM (18 Kb) per layer"):
        assert title in page


def test_a_build_goes_on_within_FINN_s_steps(brainsmith_build, example, tmp_path):
    code, printed = brainsmith_build(BLUEPRINT, tmp_path / "out", "--verify", "random", "--stop", "6")
    assert code == 0, printed
    code, printed = brainsmith_build(BLUEPRINT, tmp_path / "out", "--verify", "random", "--resume")
    assert code == 0, printed
    for name in REPORTS:
        ours, whole = (folder / "report" / name for folder in (tmp_path / "out", example))
        assert ours.read_bytes() == whole.read_bytes()


def test_a_part_that_stays_on_the_host_is_verified_with_the_rest(brainsmith_build, tmp_path):
    model = onnx.load(MODEL)
    (output,) = model.graph.output
    model.graph.node.append(onnx.helper.make_node("Sin", [output.name], ["sine"]))
    output.name = "sine"
    onnx.save(model, tmp_path / "sine.onnx")
    code, printed = brainsmith_build(
        BLUEPRINT, tmp_path / "out", "--verify", "random", model=tmp_path / "sine.onnx"
    )
    assert code == 0, printed
    built = {path.name[:2]: path for path in (tmp_path / "out" / "models").glob("*.onnx")}
    assert "Sin" in [op_type for op_type, *_ in described(built["04"])]
    assert "Sin" not in [op_type for op_type, *_ in described(built["05"])]
    steps = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))["steps"]
    assert max(step["difference"] for step in steps) < 1e-3


def test_code_is_generated_without_a_Vivado(brainsmith_build, tmp_path):
    text = BLUEPRINT.read_text("utf-8") + "    - finn:hw_codegen\n"
    (tmp_path / "codegen.yaml").write_text(text)
    code, printed = brainsmith_build(tmp_path / "codegen.yaml", tmp_path / "out", "--verify", "random")
    assert code == 0, printed
    generated = [path.name for path in (tmp_path / "out" / "finn").iterdir()]
    assert any(name.startswith("code_gen_ipgen_MVAU") for name in generated)


def test_a_field_that_FINN_does_not_have_is_told_before_anything_runs(brainsmith_build, tmp_path):
    text = BLUEPRINT.read_text("utf-8").replace("target_fps:", "target_fsp:").replace("Pynq-Z1", "Pynq-Z9")
    (tmp_path / "bad.yaml").write_text(text)
    code, printed = brainsmith_build(tmp_path / "bad.yaml", tmp_path / "out")
    assert code != 0
    assert "has no field 'target_fsp'" in printed
    assert "did you mean 'target_fps'" in printed
    assert "no board 'Pynq-Z9'" in printed
    assert not (tmp_path / "out").exists()


def test_the_design_document_s_list_of_steps_runs_in_FINN_s_own_builder(script, tmp_path):
    settings = json.dumps({"build_steps": True, "board": "Pynq-Z1"})
    assert script("finn_builder.py", str(MODEL), str(tmp_path / "out"), settings) == 0
    times = json.loads((tmp_path / "out" / "report" / "time_per_step.json").read_text("utf-8"))
    assert {"cleanup", "qonnx_to_finn", "hardware_inference"} <= set(times)
    assert (tmp_path / "out" / "intermediate_models" / "hardware_inference.onnx").is_file()
