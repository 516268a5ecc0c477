# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What is certain of a model before FINN's steps run, judged by a miniature of FINN's source."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

from brainsmith_core.blueprint.plan import Plan, PlannedKernel, PlannedStep, Target
from brainsmith_core.records import BackendRecord, KernelRecord, StepRecord
from brainsmith_finn_bridge.installation import Installation
from brainsmith_finn_bridge.preflight.look import look

STEPS = """
    from qonnx.transformation.lower import LowerConvs

    def step_qonnx_to_finn(model, cfg):
        for op_type in ["Quant", "BipolarQuant"]:
            pass

    def step_streamline(model, cfg):
        pass

    def step_convert_to_hw(model, cfg):
        InferThresholdingLayer(), InferReLUAsElementwiseMax(), InferElementwiseBinaryOperation()
        InferHWSoftmax(), InferLayerNorm()
    """
FLOW = [
    "qonnx_to_finn",
    "tidy_up",
    "streamline",
    "convert_to_hw",
    "create_dataflow_partition",
    "specialize_layers",
    "generate_estimate_reports",
]
QUANT = "qonnx.custom_op.general"


class Model:
    """All that the preflight wants of a model: its graph."""

    def __init__(self, *nodes, inputs=("x",)):
        arrays = {"scale": 0.5, "zero": 0.0, "bits": 4.0, "wide": 16.0, "one": np.ones(4)}
        arrays |= {"w": np.full((4, 4), 0.3), "scales": np.full(4, 2.0)}
        self.graph = helper.make_graph(
            nodes,
            "graph",
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 4]) for name in inputs],
            [helper.make_tensor_value_info(nodes[-1].output[0], TensorProto.FLOAT, [1, 4])],
            [numpy_helper.from_array(np.asarray(array, np.float32), name) for name, array in arrays.items()],
        )


def node(op_type, given, made, *more, domain="", **attributes):
    name = attributes.pop("name", f"{op_type}_{made}")
    return helper.make_node(op_type, [given, *more], [made], name=name, domain=domain, **attributes)


def quant(given, made, bits="bits"):
    return node("Quant", given, made, "scale", "zero", bits, domain=QUANT)


def plan(*names, source="finn", **fields):
    steps = []
    for name in names or FLOW:
        record = StepRecord(name=f"step_{name}", target=f"finn.builder.build_dataflow_steps:step_{name}")
        record = record.stamped(source=source, distribution="bridge", distribution_version="1")
        steps.append(PlannedStep(record.name, "steps", record=record))
    settings = {"finn": {"generate_outputs": ["estimate_reports"], **fields.pop("finn", {})}}
    target = Target(board="Pynq-Z1")
    return Plan("demo", target=target, framework_config=settings, steps=tuple(steps), **fields)


@pytest.fixture
def preflight(tree):
    root = tree(
        {
            "finn/builder/build_dataflow_steps.py": STEPS,
            "finn/transformation/streamline/move.py": '"MaxPool", "Erf", "LayerNormalization"',
        }
    )
    installation = Installation((str(root / "finn"),))

    def preflight(model, planned=None):
        return look(model, planned or plan(), installation)

    return preflight


def fates(found):
    return {outlook.node: outlook.fate for outlook in found.nodes}


def test_quantisers_of_activations_become_hardware_and_those_of_weights_are_constant(preflight):
    found = preflight(Model(quant("x", "a"), quant("w", "b"), node("MatMul", "a", "c", "b"), quant("c", "d")))
    assert fates(found) == {
        "Quant_a": "hardware",
        "Quant_b": "constant",
        "MatMul_c": "open",
        "Quant_d": "hardware",
    }
    assert not found.faults


@pytest.mark.parametrize("op_type", ["DepthToSpace", "Sin"])
def test_an_operator_that_nothing_of_FINN_s_knows_between_quantisers_is_a_fault(preflight, op_type):
    found = preflight(Model(quant("x", "a"), node(op_type, "a", "b"), quant("b", "c")))
    (fault,) = found.faults
    assert fault.nodes == (f"{op_type}_b",)
    assert f"no transformation of FINN's knows {op_type}" in fault.fact


def test_a_layer_of_floating_point_weights_between_quantisers_is_a_fault(preflight):
    found = preflight(Model(quant("x", "a"), node("MatMul", "a", "b", "w"), quant("b", "c")))
    assert "its weights 'w' are not quantised" in found.faults[0].fact


def test_all_nodes_in_the_way_are_named_at_once(preflight):
    found = preflight(
        Model(quant("x", "a"), node("Sin", "a", "b"), quant("b", "c"), node("Cos", "c", "d"), quant("d", "e"))
    )
    assert [fault.nodes for fault in found.faults] == [("Sin_b", "Cos_d")]


@pytest.mark.parametrize(
    "nodes",
    [
        [node("Sin", "x", "a"), quant("a", "b"), quant("b", "c")],
        [quant("x", "a"), quant("a", "b"), node("Sin", "b", "c")],
        [node("MatMul", "x", "a", "w"), quant("a", "b"), node("Sin", "b", "c")],
    ],
)
def test_at_the_edge_of_the_graph_a_node_stays_on_the_host_and_is_no_fault(preflight, nodes):
    found = preflight(Model(*nodes))
    assert "host" in fates(found).values()
    assert not found.faults


@pytest.mark.parametrize("op_type", ["Identity", "Cast", "Dropout", "MaxPool", "Erf", "Transpose"])
def test_what_some_transformation_may_take_away_is_open(preflight, op_type):
    found = preflight(Model(quant("x", "a"), node(op_type, "a", "b"), quant("b", "c")))
    assert fates(found)[f"{op_type}_b"] == "open"
    assert not found.faults


def test_a_quantiser_wider_than_thresholds_may_be_is_open(preflight):
    wide = Model(quant("x", "a", "wide"), node("Sin", "a", "b"), quant("b", "c", "wide"))
    assert not preflight(wide).faults
    assert preflight(wide, plan(finn={"max_multithreshold_bit_width": 16})).faults


def test_a_quantiser_is_hardware_only_where_it_is_converted_before(preflight):
    model = Model(quant("x", "a"), node("Sin", "a", "b"), quant("b", "c"))
    assert not preflight(model, plan(*FLOW[3:])).faults


def test_a_scale_that_streamlining_may_move_counts_where_it_cannot_be_moved_past_the_node(preflight):
    scale = node("Mul", "x", "a", "scales")
    assert preflight(Model(scale, node("Sin", "a", "b"), quant("b", "c"))).faults
    assert not preflight(Model(scale, node("MatMul", "a", "b", "w"), quant("b", "c"))).faults
    assert not preflight(Model(node("Mul", "x", "a", "one"), node("Sin", "a", "b"), quant("b", "c"))).faults


def test_a_norm_with_a_scale_stays_on_the_host(preflight):
    norm = node("LayerNormalization", "a", "b", "scales", axis=-1)
    assert "its scale is not 1" in preflight(Model(quant("x", "a"), norm, quant("b", "c"))).faults[0].fact
    plain = node("LayerNormalization", "a", "b", "one", axis=-1)
    assert not preflight(Model(quant("x", "a"), plain, quant("b", "c"))).faults


def test_a_product_of_floating_point_tensors_stays_on_the_host(preflight):
    product, last = node("MatMul", "a", "b", "y"), quant("b", "c")
    assert preflight(Model(node("Softmax", "x", "a"), product, last, inputs=("x", "y"))).faults
    assert preflight(Model(quant("x", "a"), product, last, inputs=("x", "y"))).faults
    quantised = [quant("x", "a"), quant("z", "y"), product, last]
    assert not preflight(Model(*quantised, inputs=("x", "z"))).faults


def test_a_step_of_somebody_else_may_change_everything(preflight):
    planned = plan()
    mine = PlannedStep("mine", "steps", function=lambda model, cfg: model)
    model = Model(quant("x", "a"), node("Sin", "a", "b"), quant("b", "c"))
    found = preflight(model, Plan("demo", target=planned.target, steps=(mine, *planned.steps)))
    assert set(fates(found).values()) == {"open"}
    assert "depends on what mine makes of it" in found.nodes[0].reason
    assert not found.faults


def test_a_model_of_which_nothing_becomes_hardware_is_a_fault(preflight):
    found = preflight(Model(node("Sin", "x", "a"), node("MatMul", "a", "b", "w")))
    assert "no node of the model becomes hardware" in found.faults[0].fact
    assert not preflight(Model(node("Sin", "x", "a"), node("Mul", "a", "b", "scales"))).faults
    # The bias becomes an Add, and that hardware.
    assert not preflight(Model(node("Gemm", "x", "a", "w", "scales"))).faults


def test_steps_of_which_the_model_lacks_what_they_need_are_named(preflight):
    model = Model(quant("x", "a"))
    found = preflight(model, plan("qonnx_to_finn", "create_dataflow_partition", "generate_estimate_reports"))
    facts = [fault.fact for fault in found.faults]
    assert "'step_create_dataflow_partition' needs step_convert_to_hw before it" in facts[0]
    assert "'step_generate_estimate_reports' needs step_specialize_layers" in facts[1]
    hardware = Model(node("MVAU_hls", "x", "a", "w", domain="finn.custom_op.fpgadataflow.hls"))
    assert not preflight(hardware, plan("generate_estimate_reports")).faults


def test_a_build_without_board_or_part_is_refused(preflight):
    planned = plan()
    without = Plan("demo", steps=planned.steps, framework_config=planned.framework_config)
    (fault,) = preflight(Model(quant("x", "a")), without).faults
    assert "names neither board nor part" in fault.fact


def test_a_folding_file_that_is_not_there_is_told(preflight, tmp_path):
    names = [*FLOW[:-1], "apply_folding_config"]
    planned = plan(*names, finn={"folding_config_file": "no.json"}, blueprint=str(tmp_path / "b.yaml"))
    (fault,) = preflight(Model(quant("x", "a")), planned).faults
    assert "needs the file no.json" in fault.fact
    (tmp_path / "no.json").write_text("{}")
    assert not preflight(Model(quant("x", "a")), planned).faults


def test_all_that_is_wrong_with_a_folding_file_for_itself_is_told(preflight, tmp_path):
    names = [*FLOW[:-1], "apply_folding_config"]
    planned = plan(*names, finn={"folding_config_file": "f.json"}, blueprint=str(tmp_path / "b.yaml"))
    (tmp_path / "f.json").write_text('{"MVAU_hls_0": 4, "Defaults": {"PE": 3}}')
    facts = [fault.fact for fault in preflight(Model(quant("x", "a")), planned).faults]
    assert [fact.partition(": ")[0] for fact in facts] == [
        "step 7 'step_apply_folding_config' cannot use f.json"
    ] * 2
    assert "no settings by attribute for MVAU_hls_0" in facts[0]
    assert "PE of Defaults is 3, without the op types" in facts[1]


def test_the_back_ends_that_the_blueprint_wants_are_shown_with_the_node(preflight):
    kernel = KernelRecord(name="HWSoftmax", target="finn.x:HWSoftmax").stamped(
        source="finn", distribution="b", distribution_version="1"
    )
    rtl = BackendRecord(name="HWSoftmax_rtl", target="finn.x:y", kernel="HWSoftmax", language="rtl")
    planned = plan(kernels=(PlannedKernel(kernel, backends=(rtl,), is_chosen=True),))
    (outlook,) = preflight(Model(node("Softmax", "x", "a")), planned).nodes
    assert (outlook.fate, outlook.kernel, outlook.backends) == ("hardware", "HWSoftmax", ("HWSoftmax_rtl",))


def test_a_node_without_a_name_is_called_by_what_it_gives(preflight):
    found = preflight(Model(node("Sin", "x", "a", name="")))
    assert found.nodes[0].node == "Sin of a"


def test_what_comes_of_a_shape_does_not_count_as_working_on_the_input(preflight):
    found = preflight(Model(node("Shape", "x", "s"), node("Sin", "s", "a"), quant("x", "b")))
    assert fates(found) == {"Shape_s": "constant", "Sin_a": "constant", "Quant_b": "hardware"}
