# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The plugin manager: modes, hooks, health and figures of one environment."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from brainsmith.plugin import get_plugin_manager
from brainsmith.plugin.core import get_registry
from brainsmith_core.configuration import Configuration
from brainsmith_core.errors import ConfigurationError, PackError, PluginLoadError, PluginNotFoundError
from brainsmith_core.manager import PluginManager, reset_plugin_system
from brainsmith_core.records import KernelRecord

logger = logging.getLogger("brainsmith.plugin")


@pytest.fixture
def manager(all_packs: Path) -> Iterator[PluginManager]:
    """A manager in an environment with every scenario's pack."""
    manager = PluginManager(Configuration())
    yield manager
    manager.close()


def test_S61_a_process_has_one_default_manager(good_packs: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        managers = list(pool.map(lambda _: get_plugin_manager(), range(64)))
    assert len({id(manager) for manager in managers}) == 1
    assert get_registry() is get_plugin_manager().registry


def test_S88_resetting_makes_a_new_default_manager(good_packs: Path) -> None:
    before = get_plugin_manager()
    before.set_debug_mode(True)
    reset_plugin_system()
    reset_plugin_system()
    assert get_plugin_manager() is not before
    assert logger.handlers == []


def test_S14_full_mode_asks_every_pack(good_packs: Path) -> None:
    manager = PluginManager(Configuration())
    registry = manager.discover_plugins(modes=["full"])
    assert registry.sources == ("acme", "instance_entry", "plain_pluggy")
    assert registry is manager.registry


def test_S62_one_mode_may_be_given_by_name(good_packs: Path) -> None:
    manager = PluginManager(Configuration())
    assert manager.discover_plugins("full") is manager.registry
    assert manager.discover_plugins() is manager.registry


def test_S16_selective_mode_limits_types_and_packs(good_packs: Path) -> None:
    manager = PluginManager(Configuration())
    kernels = manager.discover_plugins(["selective"], types=["kernel", "backend"])
    assert {record.type for record in kernels} == {"kernel", "backend"}
    assert manager.discover_plugins(packs=["acme"]).sources == ("acme",)
    both = manager.discover_plugins(types="step", packs="plain-pluggy-pack")
    assert [record.id for record in both] == ["step:plain_pluggy:shorten"]


def test_S74_selective_mode_imports_no_other_pack(all_packs: Path) -> None:
    import sys

    PluginManager(Configuration()).discover_plugins(packs=["acme"])
    assert "acme.hooks" in sys.modules
    assert not [name for name in sys.modules if (all_packs / f"{name}.py").is_file()]


def test_S16_selective_mode_limits_frameworks(manager: PluginManager) -> None:
    only = manager.discover_plugins(frameworks=["none"], packs=["adapter", "acme"])
    assert only.sources == ("acme",)
    assert manager.discover_plugins(frameworks="adapter", packs="adapter").sources == ("adapter",)


def test_S78_the_configured_frameworks_limit_every_mode(all_packs: Path) -> None:
    manager = PluginManager(Configuration(frameworks=("none",)))
    assert "adapter" not in manager.registry.sources
    assert "adapter" not in manager.discover_plugins(packs=["adapter"]).sources
    assert [adapter.name for adapter in manager.frameworks] == []


def test_a_mode_that_does_not_exist_is_answered_with_the_modes(good_packs: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        PluginManager(Configuration()).discover_plugins(["fast"])
    assert caught.value.fact == "'fast' is not a discovery mode"
    assert caught.value.remedy == "the modes are full, blueprint, selective"


def test_a_type_that_does_not_exist_is_answered_with_the_closest(good_packs: Path) -> None:
    manager = PluginManager(Configuration())
    with pytest.raises(ConfigurationError) as caught:
        manager.discover_plugins(types=["kernal"])
    assert caught.value.fact == "'kernal' is not a type of plugin"
    assert caught.value.remedy == "did you mean 'kernel'?"
    with pytest.raises(PluginNotFoundError, match="'kernels' is not a type of plugin"):
        manager.names("kernels")
    assert PluginManager(Configuration()).discover_plugins(packs=["plain_pluggy"]).names("backend") == ()


@pytest.mark.parametrize(
    ("packs", "name", "remedy"),
    [
        (["acme", "acm"], "acm", "did you mean 'acme'?"),
        ("plain-plugy-pack", "plain-plugy-pack", "did you mean 'plain-pluggy-pack'?"),
        (["finn"], "finn", "pip install brainsmith-finn-bridge"),
    ],
)
def test_a_pack_that_is_not_installed_is_answered_with_the_closest_or_how_to_install_it(
    good_packs: Path, packs: Any, name: str, remedy: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        PluginManager(Configuration()).discover_plugins(packs=packs)
    assert caught.value.fact == f"no installed pack has the source or distribution name {name!r}"
    assert caught.value.remedy == remedy


@pytest.mark.parametrize("configured", [True, False])
def test_S15_blueprint_mode_needs_a_blueprint(good_packs: Path, configured: bool) -> None:
    manager = PluginManager(Configuration(discovery_mode="blueprint") if configured else Configuration())
    with pytest.raises(ConfigurationError) as caught:
        manager.discover_plugins(None if configured else ["blueprint"])
    assert caught.value.fact == "the discovery mode 'blueprint' needs a blueprint"
    assert caught.value.remedy == "pass blueprint='model.yaml', or modes=['full']"


def test_the_hooks_give_what_the_good_packs_give(manager: PluginManager) -> None:
    given = manager.hook.register_kernels()
    assert all(isinstance(kernels, list) for kernels in given)
    assert {kernel.name for kernels in given for kernel in kernels} == {"Add", "Gather", "Softmax"}
    assert all(isinstance(kernel, KernelRecord) for kernels in given for kernel in kernels)


def test_the_hooks_of_failed_packs_are_silent(manager: PluginManager) -> None:
    steps = [step.name for steps in manager.hook.register_steps() for step in steps]
    good = {"clean", "shorten", "step_streamline", "talk", "leave", "wait", "both", "only_one", "only_two"}
    assert set(steps) == good
    assert manager.hook.register_kernel() == []


def test_strict_mode_stops_everything_but_the_diagnosis(all_packs: Path) -> None:
    manager = PluginManager(Configuration(strict=True))
    for ask in (
        lambda: manager.registry,
        lambda: manager.hook,
        lambda: manager.discover_plugins(["full"]),
        lambda: manager.selected(["no_hooks"]),
        lambda: manager.get_instance("step", "clean"),
    ):
        with pytest.raises(PackError, match=r"strict mode: pack '\w+' of [\w-]+ 1\.0 \("):
            ask()
    assert manager.selected(["acme"])[0].sources == ("acme",)
    assert manager.health_check()["status"] == "degraded"
    assert len(manager.failures) == len(manager.health_check()["failures"])


def test_strict_mode_is_content_with_good_packs(good_packs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAINSMITH_PLUGIN_STRICT", "1")
    assert "acme" in PluginManager().registry.sources


def test_S96_an_environment_of_good_packs_is_healthy(good_packs: Path) -> None:
    assert PluginManager(Configuration()).health_check() == {
        "status": "healthy",
        "cache_available": True,
        "frameworks_available": 0,
        "failures": [],
        "configuration": [],
        "warnings": [],
    }


def test_a_configured_source_that_no_pack_has_is_told_with_the_closest_one(good_packs: Path) -> None:
    configuration = Configuration(frameworks=("qonx", "finn"), priority=("acme", "acm", "zzzz"))
    health = PluginManager(configuration).health_check()
    assert health["status"] == "degraded"
    installed = "those installed are acme, instance_entry, plain_pluggy"
    assert [tuple(told.values()) for told in health["configuration"]] == [
        (
            "plugin_system.frameworks[0]",
            "no installed pack has the source name 'qonx'",
            "did you mean 'qonnx'?",
        ),
        ("plugin_system.priority[1]", "no installed pack has the source name 'acm'", "did you mean 'acme'?"),
        ("plugin_system.priority[2]", "no installed pack has the source name 'zzzz'", installed),
    ]


def test_a_configured_source_that_is_a_framework_or_known_elsewhere_is_none_of_these(all_packs: Path) -> None:
    configuration = Configuration(frameworks=("absent", "qonnx"), priority=("import_error", "finn"))
    assert PluginManager(configuration).health_check()["configuration"] == []


def test_S97_every_broken_pack_is_in_the_health_check_with_its_reason(manager: PluginManager) -> None:
    health = manager.health_check()
    assert health["status"] == "degraded"
    assert {
        "distribution": "exits-at-import-pack",
        "version": "1.0",
        "source": "exits_at_import",
        "entry_point": "exits_at_import = exits_at_import_pack",
        "reason": "cannot be imported: SystemExit: no licence found",
        "remedy": "report it to the authors of exits-at-import-pack, or pip uninstall exits-at-import-pack",
    } in health["failures"]
    assert {
        "source": "prints",
        "distribution": "prints-pack",
        "warning": "printed to standard output while it was listed: 'Welcome to prints!'",
    } in health["warnings"]


def test_S98_where_no_index_can_be_kept_no_cache_is_available(
    good_packs: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert PluginManager(Configuration()).health_check()["cache_available"] is True
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert PluginManager(Configuration()).health_check()["cache_available"] is False


def test_S99_only_frameworks_that_are_available_count(manager: PluginManager) -> None:
    assert [adapter.name for adapter in manager.frameworks] == ["adapter", "absent"]
    assert manager.health_check()["frameworks_available"] == 1


def test_S99_an_adapter_that_fails_when_asked_is_not_available(
    manager: PluginManager, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def is_available() -> bool:
        raise RuntimeError("half installed")

    monkeypatch.setattr(manager.frameworks[0], "is_available", is_available)
    assert manager.health_check()["frameworks_available"] == 0
    assert caplog.messages[-1] == (
        "the adapter 'adapter' cannot say whether its framework is installed: RuntimeError: half installed"
    )


def test_S89_the_figures_of_a_discovery(good_packs: Path) -> None:
    manager = PluginManager(Configuration())
    first = manager.get_performance_stats()
    assert set(first) == {"discovery_time_ms", "cache_hit_rate", "memory_usage_mb", "plugin_count", "packs"}
    assert first["discovery_time_ms"] > 0
    assert first["memory_usage_mb"] > 1
    assert first["plugin_count"] == 17
    assert first["cache_hit_rate"] == 0.0
    assert manager.get_performance_stats()["cache_hit_rate"] == 0.5
    assert f"{manager.get_performance_stats()['cache_hit_rate']:.2%}" == "66.67%"


def test_the_figures_of_each_pack_tell_what_its_plugins_cost(good_packs: Path) -> None:
    manager = PluginManager(Configuration())
    assert manager.get_performance_stats()["packs"]["acme"]["plugins_loaded"] == 0

    assert manager.registry.get("transform", "Double")
    packs = manager.get_performance_stats()["packs"]

    assert list(packs) == ["acme", "instance_entry", "plain_pluggy"]
    assert packs["acme"]["listing_time_ms"] > 0
    assert packs["acme"]["plugins_loaded"] == 1
    assert packs["acme"]["loading_time_ms"] > 0
    assert packs["acme"]["heavy_modules"] == []
    assert packs["plain_pluggy"]["plugins_loaded"] == 0


def test_S80_without_tracking_there_are_no_times(good_packs: Path) -> None:
    stats = PluginManager(Configuration(performance_tracking=False)).get_performance_stats()
    assert (stats["discovery_time_ms"], stats["memory_usage_mb"], stats["plugin_count"]) == (0.0, 0.0, 17)
    assert {pack["listing_time_ms"] for pack in stats["packs"].values()} == {0.0}


def test_S94_debug_mode_tells_everything_on_standard_error(
    good_packs: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manager = PluginManager(Configuration())
    manager.set_debug_mode(True)
    manager.set_debug_mode(True)
    assert len(logger.handlers) == 1
    assert manager.registry
    manager.set_debug_mode(False)
    manager.set_debug_mode(False)
    assert logger.handlers == []
    assert logger.level == logging.NOTSET
    assert manager.refresh()
    assert capsys.readouterr().err == (
        "brainsmith.plugin: DEBUG: discovered 17 plugins of 3 packs\n"
        "brainsmith.plugin: DEBUG: 0 packs were known to be unchanged\n"
    )


def test_S75_debug_mode_is_switched_on_by_the_environment(
    good_packs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRAINSMITH_PLUGIN_DEBUG", "1")
    manager = PluginManager()
    assert logger.level == logging.DEBUG
    manager.close()
    assert logger.handlers == []


def test_S95_the_seeds_way_to_debug_works(good_packs: Path) -> None:
    before = logger.level
    logger.setLevel(logging.DEBUG)
    try:
        get_plugin_manager().set_debug_mode(True)
        assert logger.isEnabledFor(logging.DEBUG)
    finally:
        reset_plugin_system()
        logger.setLevel(before)


def test_a_manager_that_was_closed_starts_anew(good_packs: Path) -> None:
    manager = PluginManager(Configuration())
    registry = weakref.ref(manager.registry)
    manager.close()
    assert manager.registry is not registry()
    assert manager.registry.sources == ("acme", "instance_entry", "plain_pluggy")


def test_a_plugin_must_derive_from_the_base_class_that_an_adapter_names(manager: PluginManager) -> None:
    registry, _ = manager.selected(["acme", "adapter", "plain_pluggy"])
    assert registry.get("transform", "Streamline").__name__ == "Streamline"
    assert registry.get("transform", "Double").__name__ == "Double"
    with pytest.raises(PluginLoadError) as caught:
        registry.get("transform", "Unrooted")
    assert caught.value.fact == (
        "plain_pluggy_pack:Unrooted does not derive from adapter_pack:Transformation or "
        "acme_heavy:Transformation, so it is not a transform"
    )
    assert caught.value.place == "plain-pluggy-pack 0.3"


def test_a_framework_may_let_the_beginning_of_its_names_be_left_out(manager: PluginManager) -> None:
    registry, _ = manager.selected(["adapter"])
    assert registry["step:adapter:streamline"].name == "step_streamline"
    assert "step:streamline" not in registry
