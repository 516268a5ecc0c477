# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What tells a class that follows the hardware protocol from one that does not."""

from __future__ import annotations

import pytest

from brainsmith_core.errors import HardwareError
from brainsmith_core.hardware import HardwareBackend, HardwareKernel, check_backend, lacking


class Row:
    folding = {"PE": "Length"}  # noqa: RUF012

    def parameters(self):
        return None

    @classmethod
    def node_attributes(cls, parameters):
        return {}

    def input_tensors(self):
        return ()

    def output_tensors(self):
        return ()


class Unfolded(Row):
    node_attributes = parameters = None


def test_a_class_that_has_everything_follows_the_protocol():
    assert lacking(Row, HardwareKernel) == ()


def test_what_a_class_lacks_is_named():
    assert lacking(object, HardwareKernel) == (
        "folding",
        "parameters",
        "node_attributes",
        "input_tensors",
        "output_tensors",
    )


def test_what_is_set_to_none_is_lacking():
    assert lacking(Unfolded, HardwareKernel) == ("parameters", "node_attributes")


def test_a_kernel_is_no_back_end():
    assert "files" in lacking(Row, HardwareBackend)


def test_a_back_end_without_a_method_cannot_be_run():
    with pytest.raises(HardwareError, match="the back end RowRTL has no method parse"):
        check_backend(Row, "RowRTL", "simulate")
