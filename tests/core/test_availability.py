# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What a record requires decides whether its plugin is available, once, while its pack is asked."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from brainsmith_core.discovery.asking import Fault
from brainsmith_core.discovery.availability import with_availability
from brainsmith_core.records import Record, TransformRecord

Install = Callable[[str, str], None]
Python = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Installs distributions that are metadata alone."""
    site = tmp_path / "site"
    monkeypatch.syspath_prepend(str(site))

    def install_one(name: str, version: str) -> None:
        folder = site / f"{name}-{version}.dist-info"
        folder.mkdir(parents=True)
        text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        (folder / "METADATA").write_text(text, encoding="utf-8")

    return install_one


def listed(*requires: str, **words: Any) -> Record:
    """A record with these requirements, as discovery keeps it."""
    given = TransformRecord(name="Wax", target="acme.wax:Wax", requires=requires, **words)
    (found,) = with_availability([given])
    assert found.requires == requires
    return found


def missing(*requires: str) -> tuple[str, str]:
    found = listed(*requires)
    return found.unavailable, found.remedy


@pytest.mark.parametrize(
    "requirement",
    ["wax", "wax>=2,<3", "Wax==2.1", "wax[extra]>1", "wax>=2.1.dev1", "nobody; python_version<'3.9'"],
)
def test_a_requirement_that_is_met_or_does_not_apply_leaves_the_plugin_available(
    install: Install, requirement: str
) -> None:
    install("wax", "2.1")
    assert missing(requirement) == ("", "")


def test_what_is_not_installed_makes_the_plugin_unavailable(no_packs: None) -> None:
    assert missing("wax>=99") == ("wax>=99 is not installed", 'pip install "wax>=99"')


def test_a_version_out_of_range_makes_the_plugin_unavailable(install: Install) -> None:
    install("wax", "2.1")
    assert missing("wax>=99") == ("wax 2.1 is installed, wax>=99 is needed", 'pip install "wax>=99"')


def test_all_that_is_missing_is_told_at_once(install: Install) -> None:
    install("wax", "2.1")
    fact = "wax 2.1 is installed, wax>=99 is needed; nobody is not installed"
    assert missing("wax>=99", "pytest", "nobody") == (fact, 'pip install "wax>=99" "nobody"')


def test_the_remedy_installs_what_applies_here(no_packs: None) -> None:
    assert missing("wax>=1; python_version>'3'") == ("wax>=1 is not installed", 'pip install "wax>=1"')


def test_what_a_pack_says_itself_is_believed() -> None:
    found = listed("nobody>=1", unavailable="the licence is missing", remedy="buy one")
    assert (found.unavailable, found.remedy) == ("the licence is missing", "buy one")


def test_a_text_that_is_no_requirement_is_the_packs_failure() -> None:
    with pytest.raises(
        Fault, match=r"^transform 'Wax' requires 'wax >>', which is no requirement \(PEP 508\): "
    ):
        listed("wax >>")


ASK = """
import sys
from brainsmith_core.discovery.collect import collect, new_hook_manager
from brainsmith_core.discovery.entry_points import PackRef
ref = PackRef(distribution="wax", version="1.0", source="wax", value="wax_hooks")
pack = collect(ref, new_hook_manager())
assert pack.failure is None, pack.failure
print(pack.alone, sorted({"packaging", "importlib_metadata"} & set(sys.modules)))
print(*sorted({kind for kind, _, _ in pack.stamps}))
"""
Site = Callable[..., Path]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Makes a folder with the hook module of a pack whose one step requires something."""

    def make(*requires: str) -> Path:
        (tmp_path / "site").mkdir()
        (tmp_path / "site" / "wax_hooks.py").write_text(
            "from brainsmith_core import StepRecord, hookimpl\n\n\n"
            "@hookimpl\ndef register_steps():\n"
            f"    return [StepRecord(name='s', target='a:s', requires={requires!r})]\n",
            encoding="utf-8",
        )
        return tmp_path / "site"

    return make


def test_a_pack_that_requires_something_depends_on_what_is_installed_and_nothing_more(
    python: Python, site: Site
) -> None:
    done = python(ASK, site("nobody", "pytest>=1; python_version>'3'"))
    alone, stamps = done.stdout.splitlines()
    assert alone.split()[0] == "False", done.stderr
    assert stamps.split() == ["file", "files"]


def test_a_pack_that_requires_nothing_pays_nothing(python: Python, site: Site) -> None:
    done = python(ASK, site())
    assert done.stdout == "True []\nfile files\n", done.stderr


def test_what_a_comparison_imports_makes_no_other_pack_depend_on_it(python: Python, site: Site) -> None:
    done = python(f"import importlib_metadata, packaging.requirements\n{ASK}", site())
    assert done.stdout.split()[0] == "True", done.stderr
