# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The names behind finn-plus's door to Vivado's simulator need its settings and a Vivado."""

from __future__ import annotations

import pytest

from brainsmith_core.discovery.source import ModuleSource
from brainsmith_finn_bridge.listing import simulator

DOOR = """
def ensure_available():
    raise OSError


def __getattr__(name):
    ensure_available()
"""


@pytest.fixture
def door(tmp_path):
    path = tmp_path / "site" / "finn" / "xsi" / "__init__.py"
    path.parent.mkdir(parents=True)
    return ModuleSource("finn.xsi", str(path), True, DOOR)


def facts(door, **environment):
    return [obstacle.fact for obstacle in simulator.obstacles(door, environment)]


def test_with_neither_both_are_named_with_what_to_type(door):
    found = list(simulator.obstacles(door, {}))
    assert [obstacle.remedy.split()[0] for obstacle in found] == ["export", "source"]
    assert "FINN_BUILD_DIR" in found[0].fact
    assert "XILINX_VIVADO is not set" in found[1].fact


def test_a_settings_file_is_as_good_as_a_build_folder(door, tmp_path):
    settings = tmp_path / "settings.yaml"
    settings.touch()
    assert all("settings" not in fact for fact in facts(door, FINN_SETTINGS=str(settings)))


def test_a_settings_file_that_is_not_there_is_not(door, tmp_path):
    assert "settings" in facts(door, FINN_SETTINGS=str(tmp_path / "gone.yaml"))[0]


def test_a_Vivado_without_a_version_in_its_path_is_named(door):
    assert facts(door, FINN_BUILD_DIR="/b", XILINX_VIVADO="/tools/vivado") == [
        "XILINX_VIVADO=/tools/vivado does not end in a version such as 2022.2"
    ]


def test_a_Vivado_that_is_not_there_is_named(door):
    (fact,) = facts(door, FINN_BUILD_DIR="/b", XILINX_VIVADO="/gone/2022.2")
    assert "no Vivado at XILINX_VIVADO=/gone/2022.2" in fact


def test_a_library_that_was_built_before_is_enough(door, tmp_path):
    library = tmp_path / "site" / "finn_xsi" / "xsi.so"
    library.parent.mkdir()
    library.touch()
    assert facts(door, FINN_BUILD_DIR="/b", XILINX_VIVADO="/gone/2022.2") == []


def test_a_Vivado_that_is_there_is_enough(door, tmp_path):
    vivado = tmp_path / "Vivado" / "2022.2"
    (vivado / "data" / "xsim" / "include").mkdir(parents=True)
    assert facts(door, FINN_BUILD_DIR="/b", XILINX_VIVADO=str(vivado)) == []


def test_only_finn_plus_has_this_door():
    assert not simulator.is_door(ModuleSource("finn.xsi", text="def __getattr__(name):\n    pass\n"))
    assert simulator.is_door(ModuleSource("finn.xsi", text=DOOR))
