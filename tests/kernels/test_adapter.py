# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The adapter of the project's own plugins."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from brainsmith_kernels.adapter import BrainSmithAdapter


def test_it_is_always_available():
    assert BrainSmithAdapter().is_available()


def test_it_discovers_plugins_of_every_type():
    records = BrainSmithAdapter().discover_plugins()
    assert {record.type for record in records} == {"transform", "kernel", "backend", "step"}
    assert {"ExpandNorms", "Softmax", "hardware_inference"} <= {record.name for record in records}


def test_metadata_names_the_installed_version_and_place():
    metadata = BrainSmithAdapter().get_metadata()
    assert (metadata["name"], metadata["remedy"]) == ("brainsmith", "")
    assert metadata["version"] == version("brainsmith-kernels")
    assert (Path(metadata["location"]) / "hooks.py").is_file()


def test_it_has_no_models_of_its_own():
    assert BrainSmithAdapter().models() is None
