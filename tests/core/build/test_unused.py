# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Which kernels of a build are noted to have taken the place of nothing."""

from __future__ import annotations

import pytest

from brainsmith_core.blueprint.plan import PlannedKernel
from brainsmith_core.build.unused import note_unused_kernels
from brainsmith_core.records import KernelRecord, TransformRecord

MAKERS = [TransformRecord(name=name, target=f"acme:{name}") for name in ("InferSum", "InferBigSum")]


@pytest.fixture
def noted(caplog):
    def notes(*nodes, makers=MAKERS):
        record = KernelRecord(name="Sum", op_type="IntSum", target="acme:Sum")
        stamp = {"source": "acme", "distribution": "acme-pack", "distribution_version": "1.2"}
        inference = tuple(maker.stamped(**stamp) for maker in makers)
        note_unused_kernels([PlannedKernel(record.stamped(**stamp), inference=inference)], nodes)
        return [(record.name, record.levelname, record.message) for record in caplog.records]

    return notes


def test_a_kernel_without_a_node_is_noted_with_what_looked_for_its_place(noted):
    message = "acme:Sum: acme:InferSum, acme:InferBigSum found nothing in the model to replace"
    assert noted(("acme", "Product")) == [("brainsmith.build.notes", "WARNING", message)]


def test_a_kernel_with_a_node_is_not(noted):
    assert noted(("", "Add"), ("acme", "IntSum")) == []


@pytest.mark.parametrize("domain", ["", "ai.onnx"])
def test_a_standard_operator_of_the_same_name_is_no_node_of_the_kernel(domain, noted):
    assert len(noted((domain, "IntSum"))) == 1


def test_a_kernel_that_nothing_infers_is_not(noted):
    assert noted(makers=()) == []
