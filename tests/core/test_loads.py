# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""What an import took and brought along is counted for its source; imports in a row share a reading."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from types import ModuleType

import pytest

from brainsmith_core import loads
from brainsmith_core.loads import Loads


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The memory at each time that it was read: each time a megabyte more."""
    made: list[float] = []

    def read() -> float:
        made.append(float(len(made)))
        return made[-1]

    monkeypatch.setattr(loads, "resident_megabytes", read)
    return made


@pytest.fixture(autouse=True)
def without_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """No moment passes but what a test lets pass."""
    monkeypatch.setattr(loads, "perf_counter", lambda: 100.0)


@pytest.fixture
def bring(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put modules into ``sys.modules``, as an import does."""
    numbers = count()

    def bring(modules: int = 1) -> None:
        for number in (next(numbers) for _ in range(modules)):
            name = f"package_of_test_loads.module{number}"
            monkeypatch.setitem(sys.modules, name, ModuleType(name))

    return bring


def test_an_import_is_counted_with_what_it_brings(bring, readings) -> None:
    found = Loads()
    with found.measured("acme"):
        bring(50)
    assert found.by_source["acme"].as_dict() == {
        "plugins_loaded": 1,
        "loading_time_ms": 0.0,
        "loading_memory_mb": 1.0,
        "heavy_modules": ["package_of_test_loads"],
    }


def test_its_time_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loads, "perf_counter", time.perf_counter)
    found = Loads()
    for _ in range(2):
        with found.measured("acme"):
            time.sleep(0.01)
    assert found.by_source["acme"].seconds >= 0.02


def test_an_import_that_brings_nothing_takes_no_memory(readings) -> None:
    found = Loads()
    with found.measured("acme"):
        pass
    assert (found.by_source["acme"].plugins, found.by_source["acme"].megabytes) == (1, 0.0)
    assert len(readings) == 1


def test_imports_one_right_after_the_other_share_a_reading(bring, readings) -> None:
    found = Loads()
    for source in ("acme", "plain", "acme"):
        with found.measured(source):
            bring()
    assert len(readings) == 1 + 3
    assert {source: load.megabytes for source, load in found.by_source.items()} == {"acme": 2.0, "plain": 1.0}


def test_after_a_moment_the_memory_is_read_anew(bring, readings, monkeypatch: pytest.MonkeyPatch) -> None:
    found = Loads()
    with found.measured("acme"):
        bring()
    monkeypatch.setattr(loads, "perf_counter", lambda: 100.0 + 2 * loads._FRESH)
    with found.measured("acme"):
        bring()
    assert len(readings) == 2 + 2
    assert found.by_source["acme"].megabytes == 2.0


def test_what_surrounds_an_import_sees_its_error_and_is_counted(bring, readings) -> None:
    seen = []

    @contextmanager
    def surroundings() -> Iterator[None]:
        bring()
        try:
            yield
        except ImportError as error:
            seen.append(error)
            raise

    found = Loads()
    with pytest.raises(ImportError), found.measured("acme", surroundings()):
        raise ImportError
    assert len(seen) == 1
    assert found.by_source["acme"].modules == {"package_of_test_loads": 1}
