# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What the names behind finn-plus's door to Vivado's simulator need to be used."""

from __future__ import annotations

import pytest

from brainsmith_finn_bridge.listing import simulator


@pytest.fixture
def door(tmp_path):
    return tmp_path / "site" / "finn" / "xsi" / "__init__.py"


def test_without_the_variable_it_is_named(door):
    assert "XILINX_VIVADO is not set" in simulator.missing(door, {})


def test_a_Vivado_without_a_version_in_its_path_is_named(door):
    found = simulator.missing(door, {"XILINX_VIVADO": "/tools/vivado"})
    assert found == "XILINX_VIVADO=/tools/vivado does not end in a version such as 2022.2"


def test_a_Vivado_that_is_not_there_is_named(door):
    found = simulator.missing(door, {"XILINX_VIVADO": "/gone/2022.2"})
    assert "no Vivado at XILINX_VIVADO=/gone/2022.2" in found


def test_a_library_that_was_built_before_is_enough(door, tmp_path):
    library = tmp_path / "site" / "finn_xsi" / "xsi.so"
    library.parent.mkdir(parents=True)
    library.touch()
    assert simulator.missing(door, {"XILINX_VIVADO": "/gone/2022.2"}) == ""


def test_a_Vivado_that_is_there_is_enough(door, tmp_path):
    vivado = tmp_path / "Vivado" / "2022.2"
    (vivado / "data" / "xsim" / "include").mkdir(parents=True)
    assert simulator.missing(door, {"XILINX_VIVADO": str(vivado)}) == ""
