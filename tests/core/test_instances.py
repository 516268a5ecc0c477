# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Instances: at most one of each alive, and none kept that nobody holds."""

from __future__ import annotations

import gc
import threading
import time
import weakref
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


class Slow(Counted):
    """Made only once ``may_end`` is set; ``begun`` tells that somebody has begun."""

    begun = threading.Event()
    may_end = threading.Event()

    def __init__(self) -> None:
        self.begun.set()
        assert self.may_end.wait(10)
        super().__init__()


class NeedsHelp(Counted):
    """Made with the help of a thread of its own, which asks for another instance."""

    def __init__(self) -> None:
        with ThreadPoolExecutor(1) as pool:
            self.helper = pool.submit(shared.get, REGISTRY, COUNTED).result(10)


class NeedsItself(Counted):
    def __init__(self) -> None:
        shared.get(REGISTRY, NEEDS_ITSELF)


class Left(Counted):
    """Needs ``Right``, which needs ``Left``; both are begun before either goes on."""

    begun = threading.Event()

    def __init__(self) -> None:
        self.begun.set()
        assert Right.begun.wait(10)
        self.other = shared.get(REGISTRY, RIGHT)


class Right(Counted):
    begun = threading.Event()

    def __init__(self) -> None:
        self.begun.set()
        assert Left.begun.wait(10)
        self.other = shared.get(REGISTRY, LEFT)


class FailsOnce(Counted):
    attempts = 0

    def __init__(self) -> None:
        type(self).attempts += 1
        if self.attempts == 1:
            time.sleep(0.02)
            raise ValueError("not yet")


class Traced:
    """Remembers, without keeping it alive, every instance that was ever made of each class."""

    def __init__(self) -> None:
        self.circle = self  # only the collector can free it
        time.sleep(0)
        self.made.append(weakref.ref(self))

    @property
    def made(self) -> list[weakref.ref[Traced]]:
        return MADE[type(self).__name__]

    def apply(self, model: object) -> tuple[object, bool]:
        return model, False


class One(Traced):
    pass


class Two(Traced):
    pass


class Three(Traced):
    pass


MADE: dict[str, list[weakref.ref[Traced]]] = {"One": [], "Two": [], "Three": []}
shared = Instances()


def record(name: str) -> Record:
    made = TransformRecord(name=name, target=f"{HERE}:{name}")
    return made.stamped(source="acme", distribution="acme", distribution_version="2.1")


COUNTED, SLOTTED = record("Counted"), record("Slotted")
SLOW, NEEDS_HELP, NEEDS_ITSELF = record("Slow"), record("NeedsHelp"), record("NeedsItself")
LEFT, RIGHT, FAILS_ONCE = record("Left"), record("Right"), record("FailsOnce")
REGISTRY = Registry([COUNTED, SLOTTED, SLOW, NEEDS_HELP, NEEDS_ITSELF, LEFT, RIGHT, FAILS_ONCE])


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


def test_S22_at_most_one_instance_of_each_is_alive_at_any_moment_and_none_is_left() -> None:
    records = [record(name) for name in MADE]
    registry, instances = Registry(records), Instances()
    stop = threading.Event()

    def collect() -> None:
        while not stop.is_set():
            gc.collect()

    def use(seed: int) -> int:
        twins = 0
        for turn in range(30):
            wanted = records[(seed + turn) % len(records)]
            held = instances.get(registry, wanted)
            assert type(held).__name__ == wanted.name
            twins += sum(made() not in (None, held) for made in list(held.made))
            del held
            time.sleep(0.0005)
        return twins

    collector = threading.Thread(target=collect)
    collector.start()
    try:
        with ThreadPoolExecutor(64) as pool:
            assert sum(pool.map(use, range(64))) == 0
    finally:
        stop.set()
        collector.join()
    gc.collect()
    assert len(instances) == 0
    assert not any(made() for each in MADE.values() for made in each)
    assert any(len(made) > 1 for made in MADE.values())


def test_a_slow_constructor_holds_up_nobody_who_wants_something_else() -> None:
    instances = Instances()
    with ThreadPoolExecutor(2) as pool:
        slow = [pool.submit(instances.get, REGISTRY, SLOW) for _ in range(2)]
        try:
            assert Slow.begun.wait(10)
            assert isinstance(instances.get(REGISTRY, COUNTED), Counted)
        finally:
            Slow.may_end.set()
        assert slow[0].result() is slow[1].result()


def test_a_constructor_may_ask_for_another_instance_in_a_thread_of_its_own() -> None:
    made = shared.get(REGISTRY, NEEDS_HELP)

    assert made.helper is shared.get(REGISTRY, COUNTED)


def test_a_constructor_that_asks_for_itself_is_told_so() -> None:
    with pytest.raises(PluginLoadError) as caught:
        shared.get(REGISTRY, NEEDS_ITSELF)

    assert "making transform acme:NeedsItself needs acme:NeedsItself itself" in caught.value.fact


def test_two_constructors_that_wait_for_each_other_are_told_so() -> None:
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(shared.get, REGISTRY, each) for each in (LEFT, RIGHT)]
        errors = [each.exception(10) for each in asked]

    assert all(isinstance(error, PluginLoadError) for error in errors)
    assert any("itself" in str(error) for error in errors)


def test_those_who_wait_for_a_constructor_that_fails_try_themselves() -> None:
    instances = Instances()
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(instances.get, REGISTRY, FAILS_ONCE) for _ in range(4)]
        errors = [each.exception(10) for each in asked]

    assert sum(error is not None for error in errors) == 1


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


def test_S5_S70_the_managers_cache_forgets_instances_when_cleared(good_manager: PluginManager) -> None:
    double = good_manager.get_instance("transform", "Double")
    good_manager.clear_cache()
    assert good_manager.get_instance("transform", "Double") is not double
