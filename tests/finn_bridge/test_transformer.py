# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The quantised transformer of the examples becomes one dataflow accelerator, every operator in hardware."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import onnx
import pytest

pytestmark = [pytest.mark.finn, pytest.mark.slow, pytest.mark.xdist_group("transformer")]

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
MODEL = EXAMPLES / "digits_transformer" / "model.onnx"
OURS = {"IntLayerNorm_rtl": 3, "IntSoftmax_rtl": 1, "LutActivation_rtl": 1}


def brainsmith_build(blueprint, output, *words):
    """The folder of a build in a process without FINN's variables."""
    program = "from brainsmith_core.cli.main import main; main()"
    command = [sys.executable, "-c", program, "build", str(MODEL), "-o", str(output)]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FINN_", "XILINX_"))}
    done = subprocess.run(
        [*command, "-b", str(EXAMPLES / "finn_transformer" / blueprint), *words],
        env=kept,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return output


@pytest.fixture(scope="module")
def built(finn_version, tmp_path_factory):
    """The whole example, verified after each step."""
    sample = EXAMPLES / "digits_transformer" / "sample.npz"
    folder = tmp_path_factory.mktemp("transformer") / "out"
    return brainsmith_build("blueprint.yaml", folder, "--verify", str(sample))


def model_after(output, step):
    return next((output / "models").glob(f"*_{step}.onnx"))


def op_types(output, step):
    return Counter(node.op_type for node in onnx.load(model_after(output, step)).graph.node)


def estimates(output, kind):
    return json.loads((output / "report" / f"estimate_layer_{kind}.json").read_text("utf-8"))


def test_no_step_changes_what_the_model_computes(built):
    steps = json.loads((built / "report.json").read_text("utf-8"))["steps"]
    assert [step["status"] for step in steps] == ["done"] * 16
    assert max(step["difference"] for step in steps) == 0


def test_nothing_stays_on_the_host(built):
    parent = onnx.load(built / "intermediate_models" / "dataflow_parent.onnx")
    assert [node.op_type for node in parent.graph.node] == ["StreamingDataflowPartition"]


def test_every_operator_is_specialised_and_has_its_code(built):
    nodes = onnx.load(model_after(built, "step_hw_codegen")).graph.node
    assert {node.domain for node in nodes} == {
        "finn.custom_op.fpgadataflow.hls",
        "finn.custom_op.fpgadataflow.rtl",
    }
    assert OURS.items() <= Counter(node.op_type for node in nodes).items()
    generated = [path.name for path in (built / "finn").iterdir()]
    for node in nodes:
        assert any(name.startswith(f"code_gen_ipgen_{node.name}_") for name in generated)


def test_estimates_of_our_operators_are_complete(built):
    cycles, resources = estimates(built, "cycles"), estimates(built, "resources")
    assert len(cycles) == 42
    assert min(cycles.values()) > 0
    ours = [name for name in cycles if name.rpartition("_")[0] in OURS]
    assert len(ours) == 5
    assert all(resources[name]["LUT"] > 0 for name in ours)


def test_each_quantiser_s_integers_are_those_of_the_model(built, script):
    vectors = EXAMPLES / "digits_transformer" / "test_vectors.npz"
    paths = [str(model_after(built, step)) for step in ("cleanup", "step_convert_to_hw")]
    differing = script("quantised_tensors.py", str(vectors), *paths)
    # One entry for each quantiser but the input's, in the order of the graph; each of five images.
    assert differing == [0] * 17


def test_on_a_larger_part_the_same_network_folds_further(finn_version, tmp_path):
    output = brainsmith_build("zcu104.yaml", tmp_path / "out", "--stop", "finn:step_apply_folding_config")
    assert op_types(output, "step_specialize_layers") >= Counter(OURS)
    folding = json.loads((output / "report" / "auto_folding_config.json").read_text("utf-8"))
    assert folding["IntLayerNorm_rtl_0"]["SIMD"] == 2
    assert folding["LutActivation_rtl_0"]["PE"] == 4
