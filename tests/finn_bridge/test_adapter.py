# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The adapter describes whichever FINN is installed, and none where none is."""

from __future__ import annotations

from brainsmith_core.discovery.snapshot import snapshot
from brainsmith_finn_bridge.adapter import FINNAdapter
from brainsmith_finn_bridge.installation import INSTALL


def test_without_FINN_nothing_is_listed_and_the_remedy_says_what_to_install(no_finn):
    adapter = FINNAdapter()
    assert not adapter.is_available()
    assert list(adapter.discover_plugins()) == []
    assert adapter.get_metadata() == {"name": "finn", "version": "", "location": "", "remedy": INSTALL}


def test_with_FINN_its_version_and_place_are_told(tree, on_path):
    metadata = "Metadata-Version: 2.1\nName: finn-plus\nVersion: 9.8.7\n"
    site = on_path(tree({"finn_plus-9.8.7.dist-info/METADATA": metadata}))
    adapter = FINNAdapter()
    assert adapter.is_available()
    expected = {"name": "finn", "version": "9.8.7", "location": str(site / "finn"), "remedy": ""}
    assert adapter.get_metadata() == expected


def test_an_edited_file_is_read_again(tree, on_path):
    on_path(tree())
    assert "step_more" not in {record.name for record in FINNAdapter().discover_plugins()}
    tree({"finn/transformation/more.py": "def step_more(model, cfg):\n    pass\n"})
    assert "step_more" in {record.name for record in FINNAdapter().discover_plugins()}


def test_a_changed_environment_is_noticed(tree, on_path, monkeypatch):
    text = """
        import os

        ROOT = os.environ["SOME_ROOT"]

        def step_x(model, cfg):
            pass
        """
    on_path(tree({"finn/builder/rooted.py": text}))

    def step():
        return next(record for record in FINNAdapter().discover_plugins() if record.name == "step_x")

    assert not step().available
    monkeypatch.setenv("SOME_ROOT", "/x")
    assert step().available


def test_an_unchanged_FINN_gives_the_very_same_records(tree, on_path):
    on_path(tree())
    adapter = FINNAdapter()
    assert adapter.discover_plugins() is adapter.discover_plugins()


def test_one_discovery_checks_the_files_once_and_the_next_one_again(tree, on_path):
    on_path(tree())
    adapter = FINNAdapter()
    with snapshot():
        first = adapter.discover_plugins()
        tree({"finn/transformation/more.py": "def step_more(model, cfg):\n    pass\n"})
        assert adapter.discover_plugins() is first
    with snapshot():
        assert "step_more" in {record.name for record in adapter.discover_plugins()}


def test_the_variables_that_decide_what_is_available_are_named(tree, on_path, monkeypatch):
    monkeypatch.delenv("SOME_ROOT", raising=False)
    text = """
        import os

        ROOT = os.environ["SOME_ROOT"]

        def step_x(model, cfg):
            pass
        """
    on_path(tree({"finn/builder/rooted.py": text}))
    adapter = FINNAdapter()
    adapter.discover_plugins()
    assert "SOME_ROOT" in adapter.environment_variables()


def test_a_second_location_of_a_namespace_package_is_listed_too(namespace, tree, on_path):
    on_path(tree({"finn/extra/steps.py": "def step_extra(model, cfg): pass\n"}, folder="second", base=()))
    assert "step_extra" in {record.name for record in FINNAdapter().discover_plugins()}


def test_a_listing_is_whole_even_where_QONNX_is_missing(tree, on_path, monkeypatch):
    on_path(tree())
    with_qonnx = {(record.type, record.name) for record in FINNAdapter().discover_plugins()}
    monkeypatch.setattr("brainsmith_finn_bridge.adapter.locate", lambda package: ())
    without = FINNAdapter().discover_plugins()
    assert {(record.type, record.name) for record in without} == with_qonnx


def test_FINN_has_no_models_of_its_own_and_its_steps_have_short_names():
    assert FINNAdapter().models() is None
    assert FINNAdapter().optional_prefixes() == {"step": "step_"}
    assert set(FINNAdapter().base_classes()) == {"transform", "kernel"}
