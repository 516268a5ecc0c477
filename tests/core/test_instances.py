# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Instances: at most one of each alive, and none kept that nobody holds."""

from __future__ import annotations

import gc
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from brainsmith_core.errors import PluginLoadError
from brainsmith_core.instances import Instances
from brainsmith_core.manager import PluginManager
from brainsmith_core.records import Record, TransformRecord
from brainsmith_core.registry import Registry

HERE = __name__


class Counted:
    made = 0

    def __init__(self) -> None:
        time.sleep(0)  # lets another thread run in the middle of making one
        type(self).made += 1

    def apply(self, model: object) -> tuple[object, bool]:
        return model, False


class Slotted:
    __slots__ = ()

    def apply(self, model: object) -> tuple[object, bool]:
        return model, False


class Exits(Counted):
    def __init__(self) -> None:
        raise SystemExit(2)


def record(name: str) -> Record:
    made = TransformRecord(name=name, target=f"{HERE}:{name}")
    return made.stamped(source="acme", distribution="acme", distribution_version="2.1")


COUNTED, SLOTTED = record("Counted"), record("Slotted")
REGISTRY = Registry([COUNTED, SLOTTED])


def test_S20_the_same_instance_is_given_while_somebody_holds_it() -> None:
    instances = Instances()
    first = instances.get(REGISTRY, COUNTED)
    assert instances.get(REGISTRY, COUNTED) is first
    assert len(instances) == 1


def test_S21_an_instance_that_nobody_holds_is_collected() -> None:
    instances = Instances()
    first = instances.get(REGISTRY, COUNTED)
    assert len(instances) == 1
    del first
    gc.collect()
    assert len(instances) == 0


def test_an_instance_that_cannot_be_referred_to_weakly_is_new_each_time() -> None:
    instances = Instances()
    assert isinstance(instances.get(REGISTRY, SLOTTED), Slotted)
    assert len(instances) == 0


def test_S70_clearing_forgets_instances_and_leaves_them_to_those_who_hold_them() -> None:
    instances = Instances()
    first = instances.get(REGISTRY, COUNTED)
    instances.clear()
    assert len(instances) == 0
    assert instances.get(REGISTRY, COUNTED) is not first


def test_S22_many_threads_get_one_instance_while_the_collector_runs() -> None:
    count = 64
    stop = threading.Event()

    def collect() -> None:
        while not stop.is_set():
            gc.collect(0)

    collector = threading.Thread(target=collect)
    collector.start()
    try:
        with ThreadPoolExecutor(count) as pool:
            for _ in range(20):
                instances, barrier, before = Instances(), threading.Barrier(count), Counted.made

                def ask(instances: Instances = instances, barrier: threading.Barrier = barrier) -> Counted:
                    barrier.wait()
                    return instances.get(REGISTRY, COUNTED)  # type: ignore[no-any-return]

                got = list(pool.map(lambda _: ask(), range(count)))
                assert len({id(instance) for instance in got}) == 1
                assert Counted.made == before + 1
    finally:
        stop.set()
        collector.join()


def test_S66_a_lookup_never_loses_to_the_collector() -> None:
    instances = Instances()
    for _ in range(2000):
        assert isinstance(instances.get(REGISTRY, COUNTED), Counted)


def test_S67_the_manager_gives_instances_by_type_and_name(good_manager: PluginManager) -> None:
    double = good_manager.get_instance("transform", "Double")
    assert type(double) is good_manager.registry.get("transform", "Double")
    assert good_manager.get_instance("transform", "acme:Double") is double
    assert type(good_manager.get_instance("kernel", "softmax")).__name__ == "Softmax"


def test_S68_a_steps_instance_is_its_function(good_manager: PluginManager) -> None:
    assert good_manager.get_instance("step", "clean") is good_manager.registry.get("step", "clean")


def test_S69_a_class_that_needs_arguments_says_how_to_make_it(good_manager: PluginManager) -> None:
    with pytest.raises(PluginLoadError) as caught:
        good_manager.get_instance("transform", "Needy")
    assert caught.value.fact.startswith(
        "transform acme:Needy cannot be made without arguments: TypeError: Needy.__init__() missing 1"
    )
    assert caught.value.place == "acme 2.1"
    assert caught.value.remedy == "make it yourself, from the class that registry.get('transform', …) gives"


def test_a_constructor_that_exits_does_not_end_the_process() -> None:
    exits = record("Exits")
    with pytest.raises(PluginLoadError, match="cannot be made without arguments: SystemExit: 2"):
        Instances().get(Registry([exits]), exits)


def test_S5_the_managers_cache_forgets_instances_when_cleared(good_manager: PluginManager) -> None:
    double = good_manager.get_instance("transform", "Double")
    good_manager.clear_cache()
    assert good_manager.get_instance("transform", "Double") is not double
