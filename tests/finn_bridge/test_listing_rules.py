# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Every plugin becomes one record that says what FINN's source says of it."""

from __future__ import annotations

import pytest

from brainsmith_core.records import BackendRecord, CustomOpRecord, KernelRecord, StepRecord, TransformRecord
from brainsmith_finn_bridge.adapter import FINNAdapter

OPS = "finn/custom_op/fpgadataflow"


@pytest.fixture
def records(tree, on_path, monkeypatch):
    """The records of the miniature FINN, with some files added."""

    def records(files=None):
        on_path(tree(files))
        return {record.name: record for record in FINNAdapter().discover_plugins()}

    return records


def test_a_transformation(records):
    assert records()["InferMVAU"] == TransformRecord(
        name="InferMVAU",
        target="finn.transformation.fpgadataflow.infer:InferMVAU",
        description="Make MVAUs of MatMuls.",
        parameters=("mem_mode='internal_decoupled'",),
        stage="fpgadataflow",
        creates=("MVAU",),
    )


def test_a_kernel(records):
    assert records()["MVAU"] == KernelRecord(
        name="MVAU",
        target="finn.custom_op.fpgadataflow.mvau:MVAU",
        description="Matrix-vector-activation unit.",
        parameters=("onnx_node", "onnx_opset_version=1"),
        op_type="MVAU",
    )


def test_a_step(records):
    assert records()["step_convert_to_hw"] == StepRecord(
        name="step_convert_to_hw",
        target="finn.builder.build_dataflow_steps:step_convert_to_hw",
        description="Convert to hardware.",
        stage="hardware_inference",
    )


def test_a_back_end_that_can_only_be_imported(records):
    text = """
        from finn.custom_op.fpgadataflow.mvau import MVAU
        from finn.custom_op.fpgadataflow.rtlbackend import RTLBackend

        class MVAU_rtl(MVAU, RTLBackend):
            pass
        """
    found = records({f"{OPS}/rtl/mvau_rtl.py": text})["MVAU_rtl"]
    assert isinstance(found, BackendRecord)
    assert (found.kernel, found.language, found.registered) == ("MVAU", "rtl", False)


def test_another_operator_is_neither_kernel_nor_back_end(records):
    text = "from qonnx.custom_op.base import CustomOp\n\nclass Plain(CustomOp):\n    pass\n"
    assert isinstance(records({"finn/custom_op/general/plain.py": text})["Plain"], CustomOpRecord)


def test_abstract_transformations_and_the_bases_of_operators_are_no_plugins(records):
    text = """
        from qonnx.transformation.base import NodeLocalTransformation

        class Abstract(NodeLocalTransformation):
            pass

        class Concrete(Abstract):
            def applyNodeLocal(self, node):
                pass
        """
    found = records({"finn/transformation/local.py": text})
    assert found.keys() >= {"Concrete"}
    assert not found.keys() & {"Abstract", "HWCustomOp", "HLSBackend", "RTLBackend"}


def test_a_class_of_the_same_name_as_a_base_elsewhere_is_not_taken_for_it(records):
    text = """
        class Transformation:
            pass

        class Foreign(Transformation):
            def apply(self, model):
                pass
        """
    assert "Foreign" not in records({"finn/builder/passes.py": text})


def test_a_function_that_gives_a_transformation_is_a_transform(records):
    text = """
        from finn.transformation.fpgadataflow.infer import InferMVAU

        def Everything(depth=3):
            '''All of it.'''
            return InferMVAU()
        """
    found = records({"finn/transformation/streamline/everything.py": text})["Everything"]
    assert (found.type, found.stage, found.parameters) == ("transform", "streamline", ("depth=3",))


def test_FINN_s_own_tests_are_no_plugins(records):
    text = "def step_of_a_test(model, cfg):\n    pass\n"
    assert "step_of_a_test" not in records({"finn/tests/test_steps.py": text, "finn/notebooks/n.py": text})


def test_of_two_with_one_name_both_are_listed_and_only_one_counts_as_registered(
    tree, on_path, miniature_finn
):
    more = {
        "finn/builder/library.py": "def step_convert_to_hw(model, cfg):\n    pass\n",
        "finn/transformation/z.py": miniature_finn["finn/transformation/fpgadataflow/infer.py"],
    }
    on_path(tree(more))
    found = FINNAdapter().discover_plugins()
    steps = [(each.module, each.registered) for each in found if each.type == "step"]
    assert steps == [("finn.builder.build_dataflow_steps", True), ("finn.builder.library", False)]
    inference = [(each.module, each.registered) for each in found if each.name == "InferMVAU"]
    assert inference == [("finn.transformation.fpgadataflow.infer", True), ("finn.transformation.z", False)]


def test_a_plugin_that_cannot_be_imported_here_stays_in_the_list(records):
    found = records({"finn/transformation/fpgadataflow/__init__.py": "import no_such_package\n"})
    assert found["InferMVAU"].unavailable == "it imports no_such_package, which is not installed"
    assert found["InferMVAU"].remedy == "pip install no-such-package"
    assert found["MVAU"].available
