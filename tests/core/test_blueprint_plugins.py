# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A blueprint is settled against the installed packs, with everything that is wrong told at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from brainsmith_core.configuration import Configuration
from brainsmith_core.errors import BlueprintError, PackError
from brainsmith_core.manager import PluginManager

BLUEPRINT = """
requires: ["acme>=99", "nobody-has-this"]
hw_compiler:
  transforms: ["Dubble", "acme:Double"]
  kernels: [sofmax]
"""


@pytest.fixture
def blueprint(tmp_path: Path) -> Path:
    file = tmp_path / "model.yaml"
    file.write_text(BLUEPRINT, encoding="utf-8")
    return file


def test_requirements_that_are_not_met_are_told_together_with_plugins_that_are_missing(
    good_packs: Path, blueprint: Path
) -> None:
    with pytest.raises(BlueprintError) as caught:
        PluginManager(Configuration()).plan(blueprint)

    places = [(fault.place.rpartition(" ")[2], fault.fact) for fault in caught.value.faults]
    assert places == [
        ("requires[0]", "the blueprint requires acme>=99, and acme 2.1 is installed"),
        ("requires[1]", "the blueprint requires nobody-has-this, and nobody-has-this is not installed"),
        ("hw_compiler.transforms[0]", "'Dubble' is not a transform of any installed pack"),
        ("hw_compiler.kernels[0]", "'sofmax' is not a kernel of any installed pack"),
    ]


def test_in_strict_mode_a_requirement_that_is_not_met_is_told_rather_than_a_pack_that_failed(
    all_packs: Path, blueprint: Path
) -> None:
    manager = PluginManager(Configuration(strict=True))
    with pytest.raises(BlueprintError, match="the blueprint requires acme>=99"):
        manager.plan(blueprint)

    blueprint.write_text(BLUEPRINT.replace(BLUEPRINT.splitlines()[1], ""), encoding="utf-8")
    with pytest.raises(PackError):
        manager.plan(blueprint)


def test_a_mapping_is_answered_with_what_to_pass_instead(good_packs: Path) -> None:
    given: Any = {"hw_compiler": {}}
    with pytest.raises(BlueprintError) as caught:
        PluginManager(Configuration()).load_blueprint(given)
    (fault,) = caught.value.faults
    assert fault.fact == "a blueprint's plugins are loaded from a file, not from {'hw_compiler': {}}"
    assert fault.remedy == "write the blueprint to a file, and pass the file's path"
