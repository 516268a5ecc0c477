# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Rows of the design that only the real packs together can show; each test is named after its row."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from brainsmith.plugin import build, get_plugin_manager, load_blueprint_plugins
from brainsmith.plugins import kernels as kn
from brainsmith.plugins import steps
from brainsmith.plugins import transforms as tfm
from brainsmith_core.errors import BlueprintError
from brainsmith_core.frameworks import FrameworkAdapter

SEED = """\
hw_compiler:
  kernels:
    - "matmul"
    - {"kernel": "softmax", "backends": ["hls"]}
  transforms:
    - "quantization"
    - "~folding"
    - "~nowhere:Absent"
  transforms_phased:
    pre_hw: ["cleanup_transforms"]
    post_hw: ["optimization_transforms"]
"""


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    path = tmp_path / "model.yaml"
    path.write_text(SEED, encoding="utf-8")
    return path


def _modules_after(code: str, tmp_path: Path) -> set[str]:
    program = f"{code}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_S2_only_the_packs_and_modules_that_a_blueprint_names_are_imported(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("hw_compiler: {transforms: ['qonnx:GiveUniqueNodeNames']}\n")
    loading = "from brainsmith.plugin import load_blueprint_plugins\nload_blueprint_plugins('one.yaml')"
    modules = _modules_after(loading, tmp_path)
    assert "qonnx.transformation.general" in modules
    assert not any(name.startswith("brainsmith_kernels.") for name in modules)
    assert "qonnx.transformation.streamline" not in modules
    assert "brainsmith_finn_bridge.hooks" not in modules


def test_S7_scanning_installed_packages_and_adapters_all_come_through_one_door() -> None:
    packs = {pack.ref.source: pack for pack in get_plugin_manager().packs}
    assert packs["qonnx"].frameworks[0].name == "qonnx"
    assert {"brainsmith", "qonnx"} <= set(packs)
    assert all(
        pack.ref.value.endswith(".hooks") for pack in packs.values() if "brainsmith-" in pack.ref.distribution
    )


def test_S12_a_kernels_record_has_type_name_and_class() -> None:
    record = get_plugin_manager().registry["kernel:brainsmith:LayerNorm"]
    assert (record["type"], record["name"]) == ("kernel", "LayerNorm")
    assert get_plugin_manager().registry.load(record) is kn.brainsmith.LayerNorm


def test_S24_a_kernel_is_a_name_in_any_spelling(seed: Path) -> None:
    assert "MatMul" in load_blueprint_plugins(seed)["kernels"].list_plugins()


def test_S25_a_kernel_may_say_which_back_ends_it_wants(seed: Path) -> None:
    softmax = get_plugin_manager().plan(seed).kernels[1]
    assert softmax.record.name == "Softmax"
    assert [backend.language for backend in softmax.backends] + list(softmax.missing_backends) == ["hls"]


def test_S26_transforms_are_named_one_by_one_or_as_sets(seed: Path) -> None:
    first = get_plugin_manager().plan(seed).steps[0]
    assert (first.phase, first.member_of) == ("transforms", "quantization")


def test_S27_an_optional_transform_that_is_missing_is_left_out(seed: Path) -> None:
    assert [missing.reference for missing in get_plugin_manager().plan(seed).missing] == ["nowhere:Absent"]


def test_S28_phases_run_before_and_after_hardware_inference(seed: Path) -> None:
    phases = [step.phase for step in get_plugin_manager().plan(seed).steps]
    order = ["transforms", "pre_hw", "steps", "post_hw"]
    assert phases == sorted(phases, key=order.index)
    assert set(phases) == set(order)


def _adapter(name: str) -> FrameworkAdapter:
    return next(adapter for adapter in get_plugin_manager().frameworks if adapter.name == name)


def test_S29_S32_the_QONNX_adapter_answers() -> None:
    adapter = _adapter("qonnx")
    assert type(adapter).__name__ == "QONNXAdapter"
    assert adapter.is_available()
    assert "FoldConstants" in {record.name for record in adapter.discover_plugins()}
    assert adapter.get_metadata()["version"]


def test_S30_S33_the_FINN_adapter_answers_whether_FINN_is_installed_or_not() -> None:
    adapter = _adapter("finn")
    assert type(adapter).__name__ == "FINNAdapter"
    records = adapter.discover_plugins()
    assert bool(records) == adapter.is_available()
    assert bool(adapter.get_metadata()["remedy"]) != adapter.is_available()


def test_S31_S34_the_BrainSmith_adapter_answers() -> None:
    adapter = _adapter("brainsmith")
    assert type(adapter).__name__ == "BrainSmithAdapter"
    assert adapter.is_available()
    assert "ExpandNorms" in {record.name for record in adapter.discover_plugins()}


def test_S35_without_a_framework_its_namespace_says_what_to_install() -> None:
    if _adapter("finn").is_available():
        pytest.skip("FINN is installed here")
    with pytest.raises(AttributeError, match="pip install"):
        tfm.finn  # noqa: B018


def test_S56_a_list_of_steps_functions_and_lambdas_is_built(model: Path, output: Path) -> None:
    def count(model: object, cfg: object) -> object:
        seen.append(cfg)
        return model

    seen: list[object] = []
    listed: list[str | Callable[..., object]] = [
        steps.cleanup,
        lambda m, cfg: m.transform(tfm.ExpandNorms()),
        "hardware_inference",
        count,
    ]
    result = build(model, steps=listed, output=output, verify="random")
    assert [step["name"] for step in result.report["steps"]] == [
        "cleanup",
        "<lambda>",
        "hardware_inference",
        "count",
    ]
    assert len(seen) == 1


def test_S57_a_step_object_is_its_plain_function() -> None:
    assert steps.cleanup.__name__ == "cleanup"
    assert steps.hardware_inference.__name__ == "hardware_inference"
    assert steps.brainsmith.qonnx_to_finn.__name__ == "qonnx_to_finn"


def test_qonnx_to_finn_says_what_to_install_where_FINN_is_not(model: Path, output: Path) -> None:
    if _adapter("finn").is_available():
        pytest.skip("FINN is installed here")
    # Before the build begins: nothing is written.
    with pytest.raises(BlueprintError) as caught:
        build(model, steps=["qonnx_to_finn"], output=output)
    assert "pip install finn-plus" in caught.value.faults[0].remedy
    assert not output.exists()


def test_S63_S85_S86_a_blueprints_plugins_come_by_type_and_attribute(seed: Path) -> None:
    plugins = load_blueprint_plugins(str(seed))
    assert set(plugins) == {"transforms", "kernels", "backends", "steps"}
    assert plugins["transforms"].ExpandNorms is tfm.ExpandNorms
    assert plugins["kernels"].MatMul is kn.brainsmith.MatMul
    assert plugins["backends"].list_plugins() == ["SoftmaxHLS"]
    assert not hasattr(plugins["transforms"], "InferGelu")


def test_S90_S91_S92_S93_the_figures_are_numbers_in_their_ranges() -> None:
    manager = get_plugin_manager()
    assert len(manager.registry) == manager.get_performance_stats()["plugin_count"] > 80
    stats = manager.get_performance_stats()
    assert stats["discovery_time_ms"] > 0
    assert 0 < stats["cache_hit_rate"] <= 1
    assert 10 < stats["memory_usage_mb"] < 10_000
