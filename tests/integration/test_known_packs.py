# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What core says of our packs where they are not installed is what they have where they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from brainsmith_core import known_packs
from brainsmith_core.configuration import Configuration
from brainsmith_core.manager import PluginManager
from brainsmith_core.records import TYPES

PACKS = json.loads(Path(known_packs.__file__).with_name("known_packs.json").read_text("utf-8"))


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack["source"])
def test_the_known_plugins_are_those_of_the_installed_pack(pack) -> None:
    registry = PluginManager(Configuration()).registry
    if not registry.find(source=pack["source"]):
        pytest.skip(f"the framework of {pack['distribution']} is not installed here")
    for type_ in TYPES:
        listed = {record.name for record in registry.find(type_, source=pack["source"], registered=True)}
        assert set(pack[type_]) == listed, "run python scripts/generate_known_packs.py"


def test_a_plugin_of_a_pack_that_is_not_installed_is_answered_with_its_pip_line(no_kernels_pack) -> None:
    from brainsmith.plugins import transforms as tfm

    with pytest.raises(AttributeError, match="pip install brainsmith-kernels"):
        tfm.MergeOpChains  # noqa: B018


@pytest.fixture
def no_kernels_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The kernels pack is not there, as far as discovery can see."""
    from brainsmith_core.discovery import entry_points

    listed = entry_points.installed_packs
    monkeypatch.setattr(
        entry_points,
        "installed_packs",
        lambda *_: tuple(ref for ref in listed() if ref.source != "brainsmith"),
    )
