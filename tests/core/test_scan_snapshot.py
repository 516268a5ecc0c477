# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""While a snapshot is active a file is read once for all universes, and again if it changed."""

from __future__ import annotations

import gc
import os
import weakref
from pathlib import Path
from threading import Thread

import pytest

from brainsmith_core.discovery.scan import Universe
from brainsmith_core.discovery.snapshot import active_snapshot, snapshot


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "b.py").write_text("class Found:\n    pass\n")
    return tmp_path


def module(folder: Path, *, exact: bool = False):  # type: ignore[no-untyped-def]
    found = Universe({"a": [str(folder)]}, exact=exact).module("a.b")
    assert found is not None
    return found


def test_universes_share_what_was_read_in_it_and_nothing_outside(folder: Path) -> None:
    with snapshot():
        first = module(folder)
        assert module(folder) is first
        assert module(folder, exact=True) is not first

    assert module(folder) is not first
    assert module(folder) is not module(folder)


def test_a_file_that_changed_in_between_is_read_again(folder: Path) -> None:
    with snapshot():
        assert "Found" in module(folder).bindings
        (folder / "b.py").write_text("class Other:\n    pass\n")
        os.utime(folder / "b.py", ns=(1, 1))
        assert list(module(folder).bindings) == ["Other"]


def test_a_fault_that_one_universe_noticed_is_not_the_others_business(folder: Path) -> None:
    (folder / "b.py").write_text("def function(a, (b)):\n    pass\n")
    with snapshot():
        looked_at = module(folder)
        assert looked_at.functions[0].parameters == ()
        assert looked_at.fault
        assert not module(folder).fault


def test_an_inner_one_is_the_outer_one(folder: Path) -> None:
    with snapshot() as outer:
        with snapshot() as inner:
            assert inner is outer is active_snapshot()
        assert active_snapshot() is outer
        assert not gc.isenabled()
    assert active_snapshot() is None
    assert gc.isenabled()


def test_it_belongs_to_its_thread() -> None:
    seen: list[object] = []
    with snapshot():
        thread = Thread(target=lambda: seen.append(active_snapshot()))
        thread.start()
        thread.join()

    assert seen == [None]


def test_its_memory_is_free_without_the_cyclic_collector(folder: Path) -> None:
    class Noted:
        pass

    gc.disable()
    try:
        with snapshot():
            found = module(folder)
            noted = Noted()
            found.bindings["noted"] = [noted]
            alive = weakref.ref(noted)
            assert found.classes[0].module is found
            del found, noted
        assert alive() is None
    finally:
        gc.enable()
