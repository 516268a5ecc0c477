# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""An adapter answers for its framework; what it need not say has an answer already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from brainsmith_core.frameworks import FrameworkAdapter, ModelAccess, NodeDescription, TensorDescription
from brainsmith_core.records import Record


class Minimal(FrameworkAdapter):
    name = "minimal"

    def is_available(self) -> bool:
        return True

    def discover_plugins(self) -> Sequence[Record]:
        return []

    def get_metadata(self) -> Mapping[str, str]:
        return {}


def test_S3_an_adapter_must_say_what_it_has() -> None:
    with pytest.raises(TypeError, match=r"discover_plugins.*get_metadata.*is_available"):
        FrameworkAdapter()  # type: ignore[abstract]


def test_an_adapter_need_not_say_more() -> None:
    adapter = Minimal()
    assert (adapter.base_classes(), adapter.optional_prefixes(), adapter.models()) == ({}, {}, None)


def test_access_to_models_must_be_complete() -> None:
    methods = "execute, .*inputs.*is_model.*load.*nodes.*op_counts.*outputs.*prepare.*random_inputs.*save"
    with pytest.raises(TypeError, match=methods.replace(", ", "['a-z, ]*")):
        ModelAccess()  # type: ignore[abstract]


def test_a_tensor_is_described_by_name_shape_and_datatype() -> None:
    tensor = TensorDescription("in0", [1, None, 3], "INT4")
    assert (tensor.name, tensor.shape, tensor.datatype) == ("in0", (1, None, 3), "INT4")
    assert repr(tensor) == "TensorDescription('in0', (1, None, 3), 'INT4')"


def test_a_node_is_described_by_name_op_type_and_domain() -> None:
    node = NodeDescription("n0", "Softmax", "acme.ops")
    assert (node.name, node.op_type, node.domain) == ("n0", "Softmax", "acme.ops")
    assert repr(node) == "NodeDescription('n0', 'Softmax', 'acme.ops')"
