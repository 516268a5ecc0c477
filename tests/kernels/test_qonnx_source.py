# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Reading the installed qonnx without importing it."""

from __future__ import annotations

from brainsmith_kernels import qonnx_source


def test_a_class_of_the_installed_qonnx_is_found():
    assert qonnx_source.is_installed()
    assert qonnx_source.defines_transformation("InferDataTypes")


def test_a_longer_name_is_no_match():
    assert not qonnx_source.defines_transformation("InferDataType")


def test_a_name_that_is_only_mentioned_is_no_definition():
    # ModelWrapper is imported by most of qonnx's transformations and defined by none.
    assert not qonnx_source.defines_transformation("ModelWrapper")
