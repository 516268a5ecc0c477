# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A function that users call like a transformation's class counts as a transformation."""

from __future__ import annotations

from brainsmith_finn_bridge.listing.transforms import factories

FACTORY = """
    {source}

    def StreamlinePlus():
        return ComposedTransformation([])

    def Unrelated():
        return dict()

    def helper():
        return ComposedTransformation([])
    """
COMPOSED = """
    from qonnx.transformation.base import Transformation

    class ComposedTransformation(Transformation):
        pass
    """


def test_a_function_named_like_a_class_that_gives_a_transformation_is_one(scan):
    text = FACTORY.format(source="from qonnx.transformation.composed import ComposedTransformation")
    hierarchy = scan({"qonnx/transformation/composed.py": COMPOSED, "finn/transformation/plus.py": text})
    assert [function.name for function in factories(hierarchy)] == ["StreamlinePlus"]


def test_it_is_one_even_where_QONNX_is_missing(scan):
    text = FACTORY.format(source="from qonnx.transformation.composed import ComposedTransformation")
    hierarchy = scan({"finn/transformation/plus.py": text})
    assert [function.name for function in factories(hierarchy)] == ["StreamlinePlus"]
