# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""FINN's plugins as users meet them: by name, beside QONNX's, loaded when touched."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from brainsmith.plugins import transforms as tfm
from brainsmith_core.configuration import Configuration
from brainsmith_core.errors import AmbiguousPluginError, PluginNotFoundError
from brainsmith_core.manager import PluginManager
from brainsmith_finn_bridge.installation import INSTALL

needs_finn = pytest.mark.finn


@pytest.fixture
def registry():
    return PluginManager(Configuration()).discover_plugins(packs=["finn", "qonnx"])


def test_without_FINN_its_namespace_says_what_to_install(no_finn):
    with pytest.raises(PluginNotFoundError) as caught:
        _ = tfm.finn
    assert INSTALL in str(caught.value)


def test_without_FINN_the_bridge_is_a_good_pack_with_nothing_in_it(no_finn, registry):
    assert registry.find(source="finn") == ()
    assert registry.find("transform", source="qonnx")


@needs_finn
@pytest.mark.parametrize("name", ["MoveOpPastFork", "MoveMulPastFork", "MoveTransposePastFork"])
def test_a_name_that_QONNX_has_too_is_ambiguous(finn_version, registry, name):
    with pytest.raises(AmbiguousPluginError) as caught:
        registry.resolve("transform", name)
    assert caught.value.candidates == (f"finn:{name}", f"qonnx:{name}")
    assert registry.resolve("transform", f"finn:{name}").record.source == "finn"


@needs_finn
def test_one_name_may_be_a_transform_and_a_kernel(finn_version, registry):
    assert {record.type for record in registry.find(name="Squeeze")} >= {"kernel"}


@needs_finn
def test_a_step_s_short_name_means_the_registered_step_even_where_a_function_has_that_name(
    finn_version, registry
):
    found = registry.resolve("step", "finn:streamline")
    assert found.record.target == "finn.builder.build_dataflow_steps:step_streamline"
    assert "registered" in found.rule
    assert "finn.builder.passes:streamline" in {record.target for record in found.shadowed}


@needs_finn
def test_of_two_steps_with_one_name_the_registered_one_is_meant(finn_version, registry):
    found = registry.resolve("step", "finn:step_convert_to_hw").record
    assert found.module == "finn.builder.build_dataflow_steps"
    assert found.stage == "hardware_inference"


@needs_finn
def test_a_base_that_FINN_does_not_register_needs_its_source_named(finn_version, registry):
    with pytest.raises(PluginNotFoundError, match="does not register"):
        registry.resolve("kernel", "ElementwiseBinaryOperation")
    assert not registry.resolve("kernel", "finn:ElementwiseBinaryOperation").record.registered


@needs_finn
def test_other_operators_are_listed_and_belong_to_no_namespace(finn_version, registry):
    assert {"MultiThreshold"} & {record.name for record in registry.find("custom_op", source="qonnx")}
    assert registry.find("custom_op", source="finn")


@needs_finn
def test_back_ends_of_a_kernel_are_found_by_it(finn_version, registry):
    found = registry.find("backend", kernel="MVAU", source="finn")
    assert {(record.name, record.language) for record in found} == {("MVAU_hls", "hls"), ("MVAU_rtl", "rtl")}


def in_a_fresh_process(program: str):
    """What a program prints as JSON; importing FINN here would change what other tests find."""
    setup = """
import json, sys
from brainsmith_core.configuration import Configuration
from brainsmith_core.errors import PluginLoadError
from brainsmith_core.manager import PluginManager
registry = PluginManager(Configuration()).discover_plugins(modes=["full"])
"""
    done = subprocess.run(
        [sys.executable, "-c", setup + program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@needs_finn
def test_listing_imports_no_framework(finn_version):
    count, tops = in_a_fresh_process("""
tops = {name.partition(".")[0] for name in sys.modules}
print(json.dumps([len(registry.find(source="finn")), sorted(tops)]))
""")
    assert count > 100
    assert not {"finn", "qonnx", "onnx", "torch", "numpy"} & set(tops)


@needs_finn
def test_a_loaded_plugin_is_FINN_s_own_object(finn_version):
    assert in_a_fresh_process("""
loaded = registry.get("transform", "finn:RoundAndClipThresholds")
from finn.transformation.streamline.round_thresholds import RoundAndClipThresholds
print(json.dumps(loaded is RoundAndClipThresholds))
""")


@needs_finn
@pytest.mark.slow
def test_a_plugin_that_cannot_be_loaded_here_says_what_mends_it(finn_version):
    found = in_a_fresh_process("""
found = []
for record in [each for each in registry.find(source="finn") if not each.available][:1]:
    try:
        registry.load(record)
    except PluginLoadError as error:
        found.append([record.remedy, str(error)])
    else:
        found.append([record.remedy, ""])
print(json.dumps(found))
""")
    assert all(remedy in message for remedy, message in found)


@needs_finn
def test_the_command_that_lists_plugins_imports_no_framework(finn_version):
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys\n"
            "sys.argv = ['brainsmith', 'plugins', 'list', '--json']\n"
            "from brainsmith_core.cli.main import main\n"
            "try:\n"
            "    main()\n"
            "finally:\n"
            "    tops = {name.partition('.')[0] for name in sys.modules}\n"
            "    print(sorted(tops & {'finn', 'qonnx', 'onnx', 'torch', 'numpy'}), file=sys.stderr)\n",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert len(json.loads(done.stdout)) > 150
    assert done.stderr.splitlines()[-1] == "[]"


@needs_finn
def test_a_blueprint_of_15_plugins_without_hardware_loads_without_torch(finn_version, tmp_path):
    names = in_a_fresh_process("""
found = registry.find("transform", source="finn", registered=True)
streamlining = [r for r in found if r.module.startswith("finn.transformation.streamline.")]
print(json.dumps([r.name for r in streamlining if not r.parameters][:15]))
""")
    assert len(names) == 15
    file = tmp_path / "streamline.yaml"
    lines = "".join(f"    - finn:{name}\n" for name in names)
    file.write_text(f"hw_compiler:\n  transforms:\n{lines}", encoding="utf-8")

    loaded, tops = in_a_fresh_process(f"""
from brainsmith.plugin import load_blueprint_plugins
loaded = load_blueprint_plugins({str(file)!r})["transforms"].list_plugins()
print(json.dumps([loaded, sorted({{name.partition(".")[0] for name in sys.modules}})]))
""")
    assert sorted(loaded) == sorted(names)
    assert {"finn", "qonnx", "onnx"} <= set(tops)
    assert "torch" not in tops
