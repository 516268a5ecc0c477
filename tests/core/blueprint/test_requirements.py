# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import importlib_metadata
import pytest

from brainsmith_core.blueprint.read import draft, read
from brainsmith_core.blueprint.requirements import check_requirements, unmet


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Installs distributions that are metadata alone."""
    site = tmp_path / "site"
    monkeypatch.syspath_prepend(str(site))

    def install_one(name: str, version: str) -> None:
        folder = site / f"{name.replace('-', '_')}-{version}.dist-info"
        folder.mkdir(parents=True)
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")

    return install_one


def requiring(*requirements: str):
    return read({"requires": list(requirements), "hw_compiler": {}})


@pytest.mark.parametrize(
    "requirement",
    [
        "acme-pack",
        "acme-pack>=0.3,<1",
        "Acme_Pack==0.4.0",
        "acme-pack[extra]>0.1",
        "acme-pack>9; python_version<'3'",
    ],
)
def test_an_installed_distribution_in_the_range_meets_a_requirement(install, requirement):
    install("acme-pack", "0.4.0")
    assert unmet(requiring(requirement)) == []


def test_a_pre_release_counts_as_installed(install):
    install("acme-pack", "0.5.0.dev1")
    assert unmet(requiring("acme-pack>=0.4")) == []


def test_a_distribution_that_is_not_installed(write, faults_of):
    blueprint = read(write("requires:\n  - acme-pack>=0.1,<1\nhw_compiler: {}"))
    assert faults_of(check_requirements, blueprint) == [
        (
            "model.yaml:2:5 requires[0]",
            "the blueprint requires acme-pack<1,>=0.1, and acme-pack is not installed",
            'pip install "acme-pack<1,>=0.1"',
        )
    ]


def test_a_version_out_of_range(install, faults_of):
    install("acme-pack", "1.0")
    assert faults_of(check_requirements, requiring("acme-pack<1")) == [
        (
            "blueprint requires[0]",
            "the blueprint requires acme-pack<1, and acme-pack 1.0 is installed",
            'pip install "acme-pack<1"',
        )
    ]


def test_a_version_that_is_none(install):
    install("acme-pack", "not-a-version")
    assert unmet(requiring("acme-pack")) == []
    ((_, fault),) = unmet(requiring("acme-pack>=1"))
    assert fault.fact == "the blueprint requires acme-pack>=1, and acme-pack not-a-version is installed"


def test_every_unmet_requirement_is_told_with_the_faults_of_the_text(write, faults_of):
    blueprint = draft(write("zzz: 1\nrequires: [no-such-one, no-such-two]\nhw_compiler: {}"))
    faults = faults_of(check_requirements, blueprint)
    assert [place for place, _, _ in faults] == [
        "model.yaml:1:1 zzz",
        "model.yaml:2:12 requires[0]",
        "model.yaml:2:25 requires[1]",
    ]


def test_where_all_are_met_faults_of_the_text_are_left_to_be_told_later(write):
    blueprint = draft(write("zzz: 1\nrequires: [pytest]\nhw_compiler: {}"))
    assert len(blueprint.faults) == 1
    check_requirements(blueprint)


def test_what_is_really_installed_is_found():
    version = importlib_metadata.version("pytest")
    check_requirements(requiring(f"pytest=={version}"))
