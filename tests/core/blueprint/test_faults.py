# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from brainsmith_core.blueprint.faults import Faults
from brainsmith_core.errors import BlueprintError, BlueprintFault
from brainsmith_core.yaml_document import Place


def test_no_faults_raise_nothing():
    Faults().raise_any("model.yaml")


def test_faults_are_raised_in_the_order_of_lines_those_of_the_file_first():
    faults = Faults()
    for file, line, column in [("z", 1, 1), ("m", 10, 1), ("m", 2, 5), ("a", 3, 1), ("m", 2, 1)]:
        faults.add(Place(file, line, column), f"{file}{line}.{column}", "mend it")
    with pytest.raises(BlueprintError) as caught:
        faults.raise_any("m")
    assert [fault.fact for fault in caught.value.faults] == ["m2.1", "m2.5", "m10.1", "a3.1", "z1.1"]
    assert caught.value.place == "m"


def test_faults_found_elsewhere_are_taken_over():
    found = [(Place("m", 1), BlueprintFault("one", place="m:1"))]
    faults = Faults(found)
    faults.extend(found)
    assert len(faults) == 2
    assert list(faults) == found * 2
