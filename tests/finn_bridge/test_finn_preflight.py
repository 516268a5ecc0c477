# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What FINN cannot build is told with step and nodes, and what was finished by then is kept."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from brainsmith_finn_bridge.installation import find_installation

pytestmark = [pytest.mark.finn, pytest.mark.slow]

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
BLUEPRINT = EXAMPLES / "finn_estimates" / "blueprint.yaml"


def blueprint(folder, **changes):
    """The example's, with texts replaced: ``blueprint(tmp_path, **{"Pynq-Z1": "Pynq-Z9"})``."""
    text = BLUEPRINT.read_text("utf-8")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    (folder / "blueprint.yaml").write_text(text)
    return folder / "blueprint.yaml"


def kept(output):
    return [step["status"] for step in json.loads((output / "report.json").read_text("utf-8"))["steps"]]


@pytest.fixture
def sine(tmp_path):
    """A model with a sine between two quantisers."""
    values = {"scale": 0.5, "zero": 0.0, "bits": 4.0}
    words = {"domain": "qonnx.custom_op.general", "signed": 1, "narrow": 0, "rounding_mode": "ROUND"}
    graph = helper.make_graph(
        [
            helper.make_node("Quant", ["x", *values], ["a"], name="first", **words),
            helper.make_node("Sin", ["a"], ["b"], name="sine"),
            helper.make_node("Quant", ["b", *values], ["y"], name="last", **words),
        ],
        "graph",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 8])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 8])],
        [numpy_helper.from_array(np.float32(value), name) for name, value in values.items()],
    )
    versions = [helper.make_opsetid("", 17), helper.make_opsetid("qonnx.custom_op.general", 1)]
    onnx.save(helper.make_model(graph, opset_imports=versions, ir_version=8), tmp_path / "sine.onnx")
    return tmp_path / "sine.onnx"


def test_what_cannot_end_in_a_partition_is_refused_before_FINN_is_imported(brainsmith_build, tmp_path):
    model = EXAMPLES / "digits_transformer" / "model.onnx"
    code, printed = brainsmith_build(BLUEPRINT, tmp_path / "out", model=model)
    assert code == 9
    for name in ("LayerNormalization_0", "LayerNormalization_1", "LayerNormalization_2"):
        assert f"{name} (LayerNormalization): its scale is not 1" in printed
    assert not (tmp_path / "out").exists()


def test_FINN_s_own_word_names_step_and_nodes_and_the_build_goes_on_from_there(
    brainsmith_build, sine, tmp_path
):
    words = ("--no-preflight",)
    code, printed = brainsmith_build(BLUEPRINT, tmp_path / "out", *words, model=sine)
    assert code == 9
    assert "step 5 'step_create_dataflow_partition'" in printed
    assert "Sin_0 (Sin): FINN made no hardware of it" in printed
    assert kept(tmp_path / "out") == ["done"] * 4 + ["failed"] + ["not run"] * 5
    code, printed = brainsmith_build(BLUEPRINT, tmp_path / "out", *words, "--resume", model=sine)
    assert (code, "going on after step 4" in printed) == (9, True)


def test_the_preflight_and_FINN_agree_on_the_sine(brainsmith_build, sine, tmp_path):
    code, printed = brainsmith_build(BLUEPRINT, tmp_path / "out", "--dry-run", model=sine)
    assert code == 9
    assert "sine (Sin): no transformation of FINN's knows Sin" in printed
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"board: Pynq-Z1": "part: zynq"}, "'zynq' is not the name of an AMD FPGA"),
        ({"board: Pynq-Z1": "board: Pynq-Z9"}, "FINN knows no board 'Pynq-Z9'"),
        (
            {
                "- finn:convert_to_hw\n": "- finn:specialize_layers\n",
                "- finn:tidy_up": "- finn:convert_to_hw",
            },
            "step_convert_to_hw needs step_streamline before it",
        ),
        (
            {"finn:specialize_layers": "finn:create_dataflow_partition"},
            "step_create_dataflow_partition is step 5 already, and cannot be given twice",
        ),
        (
            {"  steps:": "  kernels: [{kernel: 'finn:MVAU', backends: [aie]}]\n  steps:"},
            "finn:MVAU has no back end aie",
        ),
    ],
)
def test_a_blueprint_that_cannot_work_is_told_with_its_line(brainsmith_build, tmp_path, changes, told):
    code, printed = brainsmith_build(blueprint(tmp_path, **changes), tmp_path / "out")
    assert code == 6
    assert told in printed
    assert "blueprint.yaml:" in printed
    assert not (tmp_path / "out").exists()


def test_a_folding_file_that_is_no_such_file_is_told_before_the_first_step(brainsmith_build, tmp_path):
    (tmp_path / "folding.json").write_text('{"Defaults": {},}')
    changed = blueprint(tmp_path, **{"  target_fps: 100000": "  folding_config_file: folding.json"})
    for words in ((), ("--dry-run",)):
        code, printed = brainsmith_build(changed, tmp_path / "out", *words)
        assert code == 9
        assert "step 8 'step_apply_folding_config' cannot use folding.json: it cannot be read" in printed
        assert not (tmp_path / "out").exists()


def test_all_that_a_folding_file_sets_wrongly_in_a_model_is_told_at_once(brainsmith_build, tmp_path):
    folding = {
        "Defaults": {
            "SIMDD": [4, "all"],
            "mem_mode": ["internal", ["MVAU_hls"]],
            "resType": ["lut", ["MVAU_hls", "Thresholding_rtl"]],
            "parallel_window": [1, ["ConvolutionInputGenerator_rtl"]],
        },
        "Convolution_7": {"PE": 2},
        "MVAU_hls_0": {"PE": "four", "simd": 4, "weightDataType": "INT2"},
        "MVAU_hls_1": {"PE": 7, "ram_style": "blok"},
        "Thresholding_rtl_0": {"PE": 1, "inFIFODepths": 4},
    }
    (tmp_path / "folding.json").write_text(json.dumps(folding))
    changed = blueprint(tmp_path, **{"  target_fps: 100000": "  folding_config_file: folding.json"})
    code, printed = brainsmith_build(changed, tmp_path / "out")
    assert code == 9
    assert "step 8 'step_apply_folding_config'" in printed
    for told in (
        "folding.json is for another model: it sets Convolution_7, and the model has ",
        "PE of MVAU_hls_0 is 'four', which is no whole number",
        "MVAU_hls_0 has no attribute simd; did you mean SIMD?",
        "weightDataType of MVAU_hls_0 says what the node computes or is kept by FINN; ",
        "ram_style of MVAU_hls_1 is 'blok', and may be 'auto', 'block', 'distributed', 'ultra'",
        "PE=7 of MVAU_hls_1 does not divide its MH=",
        "mem_mode of MVAU_hls_0 is 'internal', and may be ",
        "inFIFODepths of Thresholding_rtl_0 is 4, which is no list of whole numbers",
        "SIMDD of Defaults is nothing that may be set; did you mean SIMD?",
        "resType of Defaults is for Thresholding_rtl_0",
    ):
        assert printed.count(told) == 1
    assert "parallel_window" not in printed
    assert kept(tmp_path / "out")[:8] == ["done"] * 7 + ["failed"]


def test_a_folding_file_may_set_all_that_FINN_writes_into_one(finn_version):
    from brainsmith_finn_bridge.stepping.folding import SETTABLE

    steps = Path(find_installation().folders[0], "builder", "build_dataflow_steps.py").read_text("utf-8")
    written = [
        set(ast.literal_eval(node.value))
        for node in ast.walk(ast.parse(steps))
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "hw_attrs"
    ]
    assert written
    assert set.union(*written) <= SETTABLE


def test_FINN_s_own_folding_file_and_defaults_are_taken(brainsmith_build, tmp_path):
    code, printed = brainsmith_build(BLUEPRINT, tmp_path / "first", "--stop", "finn:apply_folding_config")
    assert code == 0, printed
    folding = json.loads((tmp_path / "first" / "report" / "auto_folding_config.json").read_text("utf-8"))
    folding |= {"Defaults": {"PE": [2, ["MVAU_hls"]], "slr": [0, "all"]}, "StreamingFIFO_rtl_3": {"depth": 2}}
    (tmp_path / "folding.json").write_text(json.dumps(folding))
    changed = blueprint(tmp_path, **{"  target_fps: 100000": "  folding_config_file: folding.json"})
    code, printed = brainsmith_build(changed, tmp_path / "out", "--stop", "finn:apply_folding_config")
    assert code == 0, printed
    applied = json.loads((tmp_path / "out" / "report" / "applied_folding_config.json").read_text("utf-8"))
    nodes = [name for name in applied if name != "Defaults"]
    assert nodes
    assert [applied[name] for name in nodes] == [folding[name] for name in nodes]


def test_the_blueprint_chooses_among_FINN_s_back_ends(brainsmith_build, tmp_path):
    wishes = "  kernels:\n    - {kernel: 'finn:Thresholding', backends: [hls]}\n"
    wishes += "    - {kernel: 'finn:MVAU', backends: [rtl, hls]}\n  steps:"
    code, printed = brainsmith_build(
        blueprint(tmp_path, **{"  steps:": wishes}), tmp_path / "out", "--verify", "random"
    )
    assert code == 0, printed
    report = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    chosen = {each["node"]: each for each in report["frameworks"]["finn"]["backends"]}
    threshold, layer = chosen["Thresholding_hls_0"], chosen["MVAU_hls_0"]
    assert (threshold["wanted"], threshold["reason"]) == (["hls"], "the blueprint's first choice")
    assert (layer["wanted"], layer["possible"]) == (["rtl", "hls"], ["hls"])
    assert layer["reason"].startswith("the blueprint's next choice; rtl is not possible, and FINN says: ")
    assert chosen["MVAU_rtl_0"]["reason"] == "the blueprint's first choice"
    assert chosen["ElementwiseMul_hls_0"]["wanted"] == []
    assert "Thresholding_hls_0" in (tmp_path / "out" / "report.html").read_text("utf-8")


def test_a_full_disk_is_told_with_its_step_and_the_build_goes_on_with_space(brainsmith_build, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(disk)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small file system takes root")
    try:
        code, printed = brainsmith_build(BLUEPRINT, disk / "out")
        assert code != 0
        assert "No space left on device" in printed
        assert "Traceback" not in printed
        resize = ["mount", "-o", "remount,size=50m", str(disk)]
        subprocess.run(resize, check=True, capture_output=True)
        code, printed = brainsmith_build(BLUEPRINT, disk / "out", "--resume")
        assert code == 0, printed
        assert kept(disk / "out") == ["done"] * 10
    finally:
        subprocess.run(["umount", str(disk)], check=False, capture_output=True)


def test_why_tells_the_back_ends_of_a_kernel_and_what_decides(finn_version):
    command = [sys.executable, "-m", "brainsmith_core.cli", "plugins", "why", "finn:MVAU"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "finn:MVAU_hls (hls)" in done.stdout
    assert "finn:MVAU_rtl (rtl)" in done.stdout
    assert "FINN chooses for each node, at step_specialize_layers" in done.stdout
    assert "Signed weights of at least 2 bit" in done.stdout
