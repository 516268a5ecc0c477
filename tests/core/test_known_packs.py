# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The known packs: who has a plugin that is not installed here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from brainsmith_core import known_packs
from brainsmith_core.records import TYPES

FILE = Path(known_packs.__file__).with_name("known_packs.json")
PACKS: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))


def test_our_own_packs_are_known_by_their_sources() -> None:
    assert {source: known_packs.distribution_of(source) for source in known_packs.sources()} == {
        "qonnx": "brainsmith-qonnx-bridge",
        "finn": "brainsmith-finn-bridge",
        "brainsmith": "brainsmith-kernels",
    }
    assert known_packs.distribution_of("stranger") == ""


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack["source"])
def test_every_plugin_of_a_known_pack_is_found_by_name(pack: dict[str, Any]) -> None:
    assert set(pack) == {"source", "distribution", "suffixes", *TYPES}
    for type_ in TYPES:
        for name in pack[type_]:
            assert (pack["source"], pack["distribution"]) in known_packs.providers(type_, name)


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packs = [
        {"source": "a", "distribution": "a-pack", "transform": ["Fold"], "kernel": ["MatMul"]},
        {"source": "b", "distribution": "b-pack", "transform": ["Fold", "fold"], "kernel": []},
    ]
    (tmp_path / "known_packs.json").write_text(json.dumps(packs), encoding="utf-8")
    monkeypatch.setattr(known_packs, "__file__", str(tmp_path / "known_packs.py"))


def test_the_bridges_that_read_models_of_a_suffix_are_known() -> None:
    assert known_packs.bridges(".onnx") == ["brainsmith-qonnx-bridge"]
    assert known_packs.bridges(".docx") == []


def test_the_providers_of_a_name_are_all_who_have_it(catalogue: None) -> None:
    assert known_packs.providers("transform", "Fold") == [("a", "a-pack"), ("b", "b-pack")]
    assert known_packs.providers("transform", "fold") == [("b", "b-pack")]
    assert known_packs.providers("transform", "Absent") == []


def test_only_kernels_are_found_in_any_case(catalogue: None) -> None:
    assert known_packs.providers("kernel", "matmul") == [("a", "a-pack")]
    assert known_packs.providers("transform", "FOLD") == []
