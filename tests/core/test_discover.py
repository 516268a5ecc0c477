# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""One bad pack never hides a good one, and each is reported with its reason."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from brainsmith_core.configuration import Configuration
from brainsmith_core.discovery import collect
from brainsmith_core.discovery.discover import Discovery, discover
from brainsmith_core.discovery.entry_points import installed_packs
from brainsmith_core.discovery.pack import Pack
from brainsmith_core.errors import AmbiguousPluginError, PackError
from brainsmith_core.frameworks import FrameworkAdapter
from brainsmith_core.manager import PluginManager

GOOD = ["acme", "plain-pluggy-pack", "instance-entry-pack"]
GOOD_IDS = {
    "transform:acme:Double",
    "transform:acme:Needy",
    "transform:acme:Tidy",
    "transform:instance_entry:Hidden",
    "transform:instance_entry:Nothing",
    "transform:instance_entry:Rotten",
    "transform:instance_entry:Tidy",
    "transform:plain_pluggy:Unrooted",
    "transform:plain_pluggy:tidying",
    "kernel:acme:Softmax",
    "kernel:instance_entry:Gather",
    "kernel:plain_pluggy:Add",
    "backend:acme:SoftmaxHLS",
    "backend:instance_entry:GatherRTL",
    "step:acme:clean",
    "step:plain_pluggy:shorten",
    "custom_op:instance_entry:Quant",
}
NO_HOOKS = "it implements no hook; mark at least one function with @hookimpl"
ALL_HOOKS = (
    "register_transforms, register_kernels, register_backends, register_steps, register_custom_ops, "
    "register_frameworks"
)

#: By scenario: what follows the module in its entry point, and the reason that is reported.
FAULTS = {
    "answers_everything": (":hooks", NO_HOOKS),
    "broken_adapter": (
        "",
        "base_classes of the adapter 'broken_adapter' failed: RuntimeError: the framework is half installed",
    ),
    "duplicate_name": (
        "",
        "it has two steps named 'twice': duplicate_name_pack:one and duplicate_name_pack:two",
    ),
    "entry_point_class": (
        ":Pack",
        "the entry point names the class Pack; it must name a module or an instance",
    ),
    "exits_at_import": ("", "cannot be imported: SystemExit: no licence found"),
    "generator_raises": ("", "register_steps failed: OSError: the second is unreadable"),
    "hook_raises": ("", "register_steps failed: KeyError: 'FINN_ROOT'"),
    "hook_returns_class": (
        "",
        "register_steps gave the type <class 'brainsmith_core.records.StepRecord'>; "
        "it must give a list of StepRecord",
    ),
    "hook_returns_dict": (
        "",
        "register_steps gave the dict {'first': StepRecord(name='first', target='hook_returns_dict; "
        "it must give a list of StepRecord",
    ),
    "hook_returns_none": ("", "register_steps gave None; it must give a list of StepRecord"),
    "hook_with_argument": (
        "",
        "its hooks are refused: PluginValidationError: Plugin "
        "'hook-with-argument-pack:hook_with_argument=hook_with_argument_pack' for hook 'register_steps' "
        "hookimpl definition: register_steps(config: 'object') -> 'list[StepRecord]' Argument(s) {'config'} "
        "are declared in the hookimpl but can not be found in the hookspec",
    ),
    "hookwrapper_hook": ("", "register_kernels is a wrapper, which could change what other packs give"),
    "import_error": (
        "",
        "cannot be imported: ModuleNotFoundError: No module named 'a_module_that_nobody_has'",
    ),
    "missing_attribute": (
        ":hooks",
        "cannot be imported: AttributeError: module 'missing_attribute_pack' has no attribute 'hooks'",
    ),
    "no_hooks": ("", NO_HOOKS),
    "not_a_record": ("", "register_steps gave 'clean' as item 0; it must be a StepRecord"),
    "panics": ("", "register_steps failed: PanicException: called unwrap on None"),
    "recursion": ("", "register_steps failed: RecursionError: maximum recursion depth exceeded"),
    "unknown_hook": ("", f"register_kernel is not a hook; the hooks are {ALL_HOOKS}"),
    "unprintable": ("", "what it gave cannot be read: RuntimeError: no words for this"),
    "unspeakable": ("", "register_steps failed: UnspeakableError"),
    "wrapper_hook": ("", "register_kernels is a wrapper, which could change what other packs give"),
    "wrong_record_type": (
        "",
        "register_steps gave KernelRecord(name='Add', target='wrong_record_type_pack:Add', op_type='Add') "
        "as item 0; it must be a StepRecord",
    ),
}
SHARED = {
    "shared_source_one": "the source name 'shared' is also claimed by shared-source-two-pack 1.0",
    "shared_source_two": "the source name 'shared' is also claimed by shared-source-one-pack 1.0",
}
WARNINGS = {
    "closes_stdout": "printed to standard output while it was listed: 'Goodbye!'",
    "prints": "printed to standard output while it was listed: 'Welcome to prints!'",
    "slow": " s to list; a hook module should import nothing but brainsmith_core",
}


def distribution(scenario: str) -> str:
    return f"{scenario}_pack".replace("_", "-")


def test_every_scenario_is_tested(packs_folder: Path) -> None:
    scenarios = {path.parent.name for path in packs_folder.glob("*/pyproject.toml")}
    good = {"acme", "plain_pluggy", "instance_entry", "adapter", "hardware", "faulty", "leaky"}
    assert scenarios == good | set(FAULTS) | set(SHARED) | set(WARNINGS)


@pytest.mark.parametrize("scenario", FAULTS)
def test_S8_three_good_packs_are_complete_and_the_bad_one_is_reported(all_packs: Path, scenario: str) -> None:
    manager = PluginManager(Configuration())
    registry, discovery = manager.selected([*GOOD, distribution(scenario)])
    assert {record.id for record in registry} == GOOD_IDS
    assert len(discovery.packs) == 4
    (failure,) = discovery.failures
    suffix, reason = FAULTS[scenario]
    assert failure.distribution == distribution(scenario)
    assert failure.version == "1.0"
    assert failure.source == scenario
    assert failure.entry_point == f"{scenario} = {scenario}_pack{suffix}"
    assert failure.reason == reason
    assert failure.remedy == (
        f"report it to the authors of {failure.distribution}, or pip uninstall {failure.distribution}"
    )


@pytest.mark.parametrize("scenario", FAULTS)
def test_strict_mode_turns_each_failure_into_an_error(
    all_packs: Path, scenario: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRAINSMITH_PLUGIN_STRICT", "1")
    with pytest.raises(PackError) as caught:
        PluginManager().discover_plugins(packs=[*GOOD, distribution(scenario)])
    suffix, reason = FAULTS[scenario]
    owner = f"{distribution(scenario)} 1.0 ({scenario} = {scenario}_pack{suffix})"
    assert caught.value.fact == f"pack {scenario!r} of {owner}: {reason}"
    assert caught.value.place == "strict mode"
    assert caught.value.remedy.startswith("report it to the authors of ")


@pytest.mark.parametrize("scenario", FAULTS)
def test_a_failed_pack_answers_no_hook(all_packs: Path, scenario: str) -> None:
    _, discovery = PluginManager(Configuration()).selected([*GOOD, distribution(scenario)])
    registered = [name for name, _ in discovery.hooks.list_name_plugin()]
    assert sorted(registered) == [
        "acme:acme=acme.hooks",
        "instance-entry-pack:instance_entry=instance_entry_pack:pack",
        "plain-pluggy-pack:plain_pluggy=plain_pluggy_pack",
    ]
    assert len(discovery.hooks.hook.register_kernels()) == 3


@pytest.mark.parametrize("scenario", WARNINGS)
def test_a_pack_that_prints_or_is_slow_is_a_good_one_with_a_warning(
    all_packs: Path, scenario: str, capsys: pytest.CaptureFixture[str]
) -> None:
    registry, discovery = PluginManager(Configuration()).selected([distribution(scenario)])
    assert discovery.failures == ()
    assert [record.type for record in registry] == ["step"]
    ((pack, warning),) = discovery.warnings
    assert pack.status == "warning"
    assert WARNINGS[scenario] in warning
    assert capsys.readouterr().out == ""


def test_all_bad_packs_together_hide_no_good_one(all_packs: Path) -> None:
    manager = PluginManager(Configuration())
    expected = GOOD_IDS | {"transform:adapter:Streamline", "step:adapter:step_streamline"}
    expected |= {"step:closes_stdout:leave", "step:prints:talk", "step:slow:wait"}
    expected |= {"step:shared:both", "step:shared:only_one", "step:shared:only_two"}
    assert {record.id for record in manager.registry} == expected
    assert {failure.distribution for failure in manager.failures} == {
        distribution(scenario) for scenario in [*FAULTS, *SHARED]
    }


@pytest.mark.parametrize("scenario", SHARED)
def test_of_two_packs_with_one_source_name_both_stay_and_both_are_reported(
    all_packs: Path, scenario: str
) -> None:
    registry, discovery = PluginManager(Configuration()).selected(["shared"])
    failure = next(fault for fault in discovery.failures if fault.distribution == distribution(scenario))
    assert failure.reason == SHARED[scenario]
    assert failure.remedy == (
        f"pip uninstall {distribution(scenario)}, or ask its authors for a source name of its own"
    )
    assert registry.get("step", "only_one")([1], None) == [1]
    assert registry.get("step", "shared:only_two")([1], None) == [1]
    with pytest.raises(AmbiguousPluginError) as caught:
        registry.resolve("step", "shared:both")
    assert caught.value.fact == (
        "'shared:both' is given by two packs with the one source name 'shared': "
        "shared-source-one-pack 1.0 and shared-source-two-pack 1.0"
    )
    assert discovery.failures[0] is not discovery.failures[1]


def test_a_pack_that_fails_keeps_its_own_reason_though_its_source_is_shared(all_packs: Path) -> None:
    refs = [ref for ref in installed_packs() if ref.source in ("import_error", "shared")]
    bad = next(ref for ref in refs if ref.source == "import_error")
    bad.source = "shared"
    failures = {failure.distribution: failure.reason for failure in discover(refs).failures}
    assert failures["import-error-pack"].startswith("cannot be imported: ModuleNotFoundError")
    assert failures["shared-source-one-pack"] == (
        "the source name 'shared' is also claimed by import-error-pack 1.0, shared-source-two-pack 1.0"
    )


def test_S9_a_framework_that_is_not_wanted_is_left_out_with_its_bridge(all_packs: Path) -> None:
    refs = [ref for ref in installed_packs() if ref.source in ("adapter", "acme")]
    without = discover(refs, frameworks=["other"])
    assert [pack.ref.source for pack in without.packs] == ["acme"]
    assert without.adapters == ()
    assert [name for name, _ in without.hooks.list_name_plugin()] == ["acme:acme=acme.hooks"]
    wanted = discover(refs, frameworks=["adapter"])
    assert [pack.ref.source for pack in wanted.packs] == ["acme", "adapter"]
    assert [adapter.name for adapter in wanted.adapters] == ["adapter", "absent"]


def test_a_record_is_stamped_with_who_gave_it(good_packs: Path) -> None:
    records = {record.id: record for record in discover(installed_packs()).records}
    double = records["transform:acme:Double"]
    assert (double.distribution, double.distribution_version, double.version) == ("acme", "2.1", "2.1")
    assert records["transform:plain_pluggy:Unrooted"].version == "0.9"


def test_a_thread_that_wants_an_adapter_while_another_asks_for_it_waits(
    all_packs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refs = [ref for ref in installed_packs() if ref.source == "adapter"]
    packs = discover(refs).packs
    discovery = Discovery(packs)
    begun, may_end = Event(), Event()

    def slow(ref: object, hooks: object) -> tuple[FrameworkAdapter, ...]:
        begun.set()
        assert may_end.wait(10)
        return adapters

    adapters = packs[0].adapters
    packs[0].adapters = ()
    monkeypatch.setattr(collect, "collect_adapters", slow)
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(discovery.adapter, "adapter")
        assert begun.wait(10)
        second = threads.submit(discovery.adapter, "adapter")
        time.sleep(0.05)
        may_end.set()
        assert first.result() is second.result() is adapters[0]


def test_two_threads_get_the_same_packs(good_packs: Path) -> None:
    """Adapters are kept in them, so each must be made once."""
    found = discover(installed_packs())

    def slow() -> list[Pack]:
        time.sleep(0.05)
        return list(found.packs)

    discovery = Discovery(slow, catalogue=found.catalogue)
    with ThreadPoolExecutor(2) as threads:
        first, second = (threads.submit(lambda: discovery.packs) for _ in range(2))
        assert first.result() is second.result()
