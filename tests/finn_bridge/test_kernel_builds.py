# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A blueprint takes kernels of other packs through FINN's flow, as if they were FINN's own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from html import unescape
from pathlib import Path

import onnx
import pytest
import yaml

from brainsmith_core.testing import install

# One worker, so that each build is made once.
pytestmark = [pytest.mark.finn, pytest.mark.slow, pytest.mark.xdist_group("kernel_builds")]

PART = "xczu7ev-ffvc1156-2-e"
STEPS = [
    "tidy_up",
    "convert_to_hw",
    "create_dataflow_partition",
    "specialize_layers",
    "target_fps_parallelization",
    "apply_folding_config",
    "minimize_bit_width",
    "generate_estimate_reports",
    "hw_codegen",
    "set_fifo_depths",
]
ADDED = ["infer_kernels", "step_tidy_up", "hand_over_kernels", "step_convert_to_hw"]
OURS = ["LayerNorm", "LutActivation", "RMSNorm", "Softmax"]
OPERATORS = {
    "leaky": ["LeakyRelu2"],
    "ours": ["IntLayerNorm", "LutActivation", "IntRMSNorm", "IntSoftmax"],
}


@pytest.fixture(scope="module")
def environment(finn_version, packs_folder, tmp_path_factory):
    """The variables of a process that has the pack ``leaky`` installed, and none of FINN's."""
    site = install(packs_folder / "leaky", site=tmp_path_factory.mktemp("site"))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FINN_", "XILINX_"))}
    return kept | {"PYTHONPATH": str(site)}


@pytest.fixture(scope="module")
def models(environment, tmp_path_factory):
    """The folder of the models, made where the pack's operators are known."""
    folder = tmp_path_factory.mktemp("models")
    program = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
import kernel_models
kernel_models.leaky_model().save("leaky.onnx")
kernel_models.kernel_model().save("ours.onnx")
"""
    subprocess.run([sys.executable, "-c", program], cwd=folder, env=environment, check=True)
    return folder


@pytest.fixture(scope="module")
def build(environment, models, tmp_path_factory):
    """``brainsmith build`` with kernels, the steps above and some fields of ``finn_config``."""

    def build(model, kernels, *words, steps=STEPS, files=None, **fields):
        folder = tmp_path_factory.mktemp("build")
        for name, content in (files or {}).items():
            (folder / name).write_text(json.dumps(content), encoding="utf-8")
        config = {"standalone_thresholds": True, "auto_fifo_strategy": "force_minimal_fifos"}
        blueprint = {
            "name": model,
            "target": {"part": PART, "clock_ns": 5.0},
            "finn_config": config | fields,
            "hw_compiler": {"kernels": kernels, "steps": [f"finn:{name}" for name in steps]},
        }
        (folder / "blueprint.yaml").write_text(yaml.safe_dump(blueprint), encoding="utf-8")
        program = "from brainsmith_core.cli.main import main; main()"
        command = [sys.executable, "-c", program, "build", str(models / f"{model}.onnx"), *words]
        command += ["-b", str(folder / "blueprint.yaml"), "-o", str(folder / "out"), "--verify", "random"]
        done = subprocess.run(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        return done.returncode, done.stdout, folder / "out"

    return build


@pytest.fixture(scope="module", params=["leaky", "ours"])
def built(request, build):
    """A name, and the folder of a whole build in RTL."""
    kernels = {"leaky": ["leaky:LeakyRelu2"], "ours": [f"brainsmith:{name}" for name in OURS]}
    code, printed, output = build(request.param, kernels[request.param], target_fps=8000000)
    assert code == 0, printed
    return request.param, output


def last_model(output):
    return onnx.load(max((output / "models").glob("*.onnx")))


def last_model_before_FIFOs(output, kind):
    model = onnx.load(next((output / "models").glob("*_step_hw_codegen.onnx")))
    return next(node for node in model.graph.node if node.op_type == f"{kind}_rtl")


def estimates(output, kind):
    return json.loads((output / "report" / f"estimate_layer_{kind}.json").read_text("utf-8"))


def attributes(node):
    return {each.name: onnx.helper.get_attribute_value(each) for each in node.attribute}


def test_the_plan_shows_the_steps_that_the_kernels_need(built):
    _, output = built
    steps = json.loads((output / "report.json").read_text("utf-8"))["steps"]
    assert [step["name"] for step in steps][:4] == ADDED


def test_no_step_changes_what_the_model_computes(built):
    _, output = built
    steps = json.loads((output / "report.json").read_text("utf-8"))["steps"]
    assert [step["status"] for step in steps] == ["done"] * len(STEPS) + ["done"] * 2
    assert {step["difference"] for step in steps} == {0.0}


def test_every_node_is_hardware_and_each_stream_has_its_FIFO(built):
    name, output = built
    nodes = last_model(output).graph.node
    assert {node.domain for node in nodes} == {"finn.custom_op.fpgadataflow.rtl"}
    kinds = [node.op_type for node in nodes]
    assert [kind for kind in kinds if kind.removesuffix("_rtl") in OPERATORS[name]] == [
        f"{kind}_rtl" for kind in OPERATORS[name]
    ]
    assert kinds.count("StreamingFIFO_rtl") >= len(OPERATORS[name]) + 3
    for node in nodes:
        folder = Path(attributes(node)["code_gen_dir_ipgen"].decode())
        assert (folder / f"{node.name}.v").is_file() or list(folder.glob("*.v"))


def test_the_reports_have_the_pack_s_numbers(built, environment):
    name, output = built
    part = next((output / "models").glob("*_step_apply_folding_config.onnx"))
    program = f"""
import json
from importlib import import_module
from qonnx.core.modelwrapper import ModelWrapper
backends = {{
    "LeakyRelu2": "leaky_pack.leaky:LeakyRelu2RTL",
    "IntLayerNorm": "brainsmith_kernels.layernorm.rtl:LayerNormRTL",
    "LutActivation": "brainsmith_kernels.lut_activation.rtl:LutActivationRTL",
    "IntRMSNorm": "brainsmith_kernels.rmsnorm.rtl:RMSNormRTL",
    "IntSoftmax": "brainsmith_kernels.softmax.rtl:SoftmaxRTL",
}}
told = {{}}
for node in ModelWrapper({str(part)!r}).graph.node:
    op_type = node.op_type.removesuffix("_rtl")
    if op_type not in backends:
        continue
    module, _, attribute = backends[op_type].partition(":")
    backend = getattr(import_module(module), attribute)
    domain = "leaky_pack.ops" if op_type == "LeakyRelu2" else "finn_brainsmith"
    parameters = getattr(import_module(domain), op_type)(node).parameters()
    cells = backend.resources(parameters, "xcup")
    frame = backend.cycles(parameters, 6) - backend.cycles(parameters, 3)
    told[node.name] = [cells.lut, cells.dsp, cells.bram18, frame]
print(json.dumps(told))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    wanted = json.loads(done.stdout)
    assert len(wanted) == len(OPERATORS[name])
    resources, cycles = estimates(output, "resources"), estimates(output, "cycles")
    for node, numbers in wanted.items():
        layer = resources[node]
        assert [layer["LUT"], layer["DSP"], layer["BRAM_18K"], cycles[node]] == numbers


def test_the_report_tells_whence_the_resources_of_each_node_come(built):
    name, output = built
    sources = json.loads((output / "report.json").read_text("utf-8"))["frameworks"]["finn"][
        "resource_sources"
    ]
    assert sorted(node.removesuffix("_rtl_0") for node in sources) == sorted(OPERATORS[name])
    if name == "ours":
        assert all("yosys" in source for source in sources.values())
    page = unescape((output / "report.html").read_text("utf-8").replace("<wbr>", ""))
    assert all(source in page for source in (*sources.values(), "FINN's formula"))


def test_the_target_throughput_folds_the_kernels(built):
    name, output = built
    folding = json.loads((output / "report" / "auto_folding_config.json").read_text("utf-8"))
    # A frame of 3 rows of 24 in 25 cycles, and by the kernel's own attribute.
    attribute = {"LeakyRelu2": "Lanes", "LutActivation": "PE"}
    node = last_model_before_FIFOs(output, OPERATORS[name][0])
    assert attributes(node)[attribute.get(OPERATORS[name][0], "SIMD")] == 3
    assert estimates(output, "cycles")[node.name] == 24
    if name == "leaky":
        assert node.name not in folding


def test_a_folding_file_is_honoured(build):
    folding = {"Defaults": {}, "LeakyRelu2_rtl_0": {"Lanes": 12}}
    files = {"folding.json": folding}
    code, printed, output = build(
        "leaky", ["leaky:LeakyRelu2"], folding_config_file="folding.json", files=files, steps=STEPS[:8]
    )
    assert code == 0, printed
    assert estimates(output, "cycles")["LeakyRelu2_rtl_0"] == 6


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"Lanes": 5}, "node LeakyRelu2_rtl_0: Lanes=5 does not divide Length=24"),
        ({"Lane": 12}, "LeakyRelu2_rtl_0 has no attribute Lane; did you mean Lanes?"),
        ({"Length": 12}, "Length of LeakyRelu2_rtl_0 says what the node computes or is kept by FINN; "),
    ],
)
def test_a_folding_that_does_not_fit_a_kernel_is_told(build, settings, told):
    files = {"folding.json": {"Defaults": {}, "LeakyRelu2_rtl_0": settings}}
    code, printed, _ = build(
        "leaky", ["leaky:LeakyRelu2"], folding_config_file="folding.json", files=files, steps=STEPS[:8]
    )
    assert code != 0
    assert "'step_apply_folding_config'" in printed
    assert "folding.json does not fit the model:" in printed
    assert told in printed


def test_a_back_end_in_HLS_gets_a_top_function_beside_its_header(build):
    kernels = [{"kernel": f"brainsmith:{name}", "backends": ["hls"]} for name in OURS]
    code, printed, output = build("ours", kernels, steps=STEPS[:-1])
    assert code == 0, printed
    nodes = [node for node in last_model(output).graph.node if node.op_type.startswith("Int")]
    assert [node.op_type for node in nodes] == ["IntLayerNorm_hls", "IntRMSNorm_hls", "IntSoftmax_hls"]
    for node in nodes:
        folder = Path(attributes(node)["code_gen_dir_ipgen"].decode())
        top = (folder / f"top_{node.name}.cpp").read_text("utf-8")
        (header,) = folder.glob("*.hpp")
        assert f'#include "{header.name}"' in top
        assert f"void {node.name}(" in top
        assert f"top_{node.name}.cpp" in (folder / f"hls_syn_{node.name}.tcl").read_text("utf-8")
