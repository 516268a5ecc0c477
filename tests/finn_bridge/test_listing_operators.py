# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Kernels, back ends and other operators are told apart by what they derive from, wherever it comes from."""

from __future__ import annotations

import pytest

from brainsmith_finn_bridge.listing import operators

OPS = "finn/custom_op/fpgadataflow"


def found(hierarchy, name):
    roots = [operators.CUSTOM_OP, operators.KERNEL, *operators.BACKENDS.values()]
    return next(each for each in hierarchy.subclasses(roots, "finn") if each.name == name)


@pytest.mark.parametrize("base", ["ABC", "HWCustomOp"])
def test_an_implementation_is_a_back_end_and_no_kernel_whatever_its_base_derives_from(scan, base):
    hierarchy = scan(
        {
            f"{OPS}/hlsbackend.py": f"""
                from abc import ABC
                from finn.custom_op.fpgadataflow.hwcustomop import HWCustomOp

                class HLSBackend({base}):
                    pass
                """,
            f"{OPS}/hls.py": """
                from finn.custom_op.fpgadataflow.hlsbackend import HLSBackend
                from finn.custom_op.fpgadataflow.mvau import MVAU

                class MVAU_hls(MVAU, HLSBackend):
                    pass
                """,
        }
    )
    each = found(hierarchy, "MVAU_hls")
    assert operators.language(hierarchy, each) == "hls"
    assert not operators.is_kernel(hierarchy, each)
    assert operators.kernel_of(hierarchy, each) == "MVAU"


def test_the_kernel_of_a_back_end_is_the_first_in_its_resolution_order(scan):
    hierarchy = scan(
        {
            f"{OPS}/rtl.py": """
                from finn.custom_op.fpgadataflow.mvau import MVAU
                from finn.custom_op.fpgadataflow.rtlbackend import RTLBackend

                class VVAU(MVAU):
                    pass

                class Base_rtl(MVAU, RTLBackend):
                    pass

                class VVAU_rtl(VVAU, Base_rtl):
                    pass
                """
        }
    )
    assert operators.kernel_of(hierarchy, found(hierarchy, "VVAU_rtl")) == "VVAU"


def test_a_back_end_may_implement_no_kernel(scan):
    text = """
        from finn.custom_op.fpgadataflow.hlsbackend import HLSBackend
        from finn.custom_op.fpgadataflow.hwcustomop import HWCustomOp

        class IODMA_hls(HWCustomOp, HLSBackend):
            pass
        """
    hierarchy = scan({f"{OPS}/iodma.py": text})
    assert operators.kernel_of(hierarchy, found(hierarchy, "IODMA_hls")) == ""


REGISTRATIONS = {
    "dictionary": """
        from finn.custom_op.fpgadataflow import custom_op
        from finn.other import Op
        custom_op["Op"] = Op
        """,
    "literal": """
        from finn.other import Op
        custom_op = {"Op": Op}
        """,
    "exports": """
        from finn.other import Op
        __all__ = ["Op"]
        """,
    "qonnx": """
        from qonnx.custom_op.registry import add_op_to_domain
        from finn.other import Op
        add_op_to_domain("qonnx.custom_op.general", Op)
        """,
}


@pytest.mark.parametrize("way", REGISTRATIONS)
def test_each_way_of_registering_counts(scan, way):
    other = "from qonnx.custom_op.base import CustomOp\n\nclass Op(CustomOp):\n    pass\n"
    hierarchy = scan({"finn/other.py": other, "finn/custom_op/general/__init__.py": REGISTRATIONS[way]})
    assert operators.registered(hierarchy) == {"finn.custom_op.fpgadataflow.mvau:MVAU", "finn.other:Op"}


def test_a_decorated_operator_is_registered_and_its_undecorated_base_is_not(scan):
    hierarchy = scan(
        {
            f"{OPS}/squeeze.py": """
                from finn.custom_op.fpgadataflow import register_custom_op
                from finn.custom_op.fpgadataflow.hwcustomop import HWCustomOp

                class ShapeOp(HWCustomOp):
                    pass

                @register_custom_op
                class Squeeze(ShapeOp):
                    pass
                """
        }
    )
    registered = operators.registered(hierarchy)
    assert "finn.custom_op.fpgadataflow.squeeze:Squeeze" in registered
    assert "finn.custom_op.fpgadataflow.squeeze:ShapeOp" not in registered


def test_a_commented_out_registration_does_not_count(scan):
    text = """
        from finn.custom_op.fpgadataflow.hwcustomop import HWCustomOp

        # @register_custom_op
        class Draft(HWCustomOp):
            pass
        """
    assert "finn.custom_op.fpgadataflow.draft:Draft" not in operators.registered(
        scan({f"{OPS}/draft.py": text})
    )
