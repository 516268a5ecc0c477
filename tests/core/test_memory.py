# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The memory of this process is measured; its collector rests when told to, and is then as it was before."""

from __future__ import annotations

import gc
import resource
import sys
import weakref
from collections.abc import Iterator

import pytest

from brainsmith_core.memory import Uncollected, resident_megabytes


def test_memory_that_is_taken_is_counted() -> None:
    before = resident_megabytes()
    taken = bytearray(b"x" * 64_000_000)
    grown = resident_megabytes() - before
    assert 40 < grown < 90
    assert len(taken) == 64_000_000


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what the memory is now")
def test_where_the_system_does_not_tell_the_peak_is_given() -> None:
    now = resident_megabytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
    try:
        peak = resident_megabytes()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert now * 0.9 < peak < now + 10_000


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    yield
    gc.enable()


def test_it_rests_and_goes_on_again_also_after_an_error() -> None:
    with Uncollected():
        assert not gc.isenabled()
    assert gc.isenabled()
    with pytest.raises(KeyError), Uncollected():
        raise KeyError
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    with Uncollected():
        pass
    assert not gc.isenabled()


def test_two_that_overlap_do_not_leave_it_off() -> None:
    first, second = Uncollected(), Uncollected()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    second.__exit__(None, None, None)
    assert gc.isenabled()


def test_one_that_begins_while_another_ends_does_not_leave_it_off(monkeypatch: pytest.MonkeyPatch) -> None:
    is_enabled = gc.isenabled
    first = Uncollected()
    first.__enter__()

    def asked_at_the_end_of_the_first() -> bool:
        answer = is_enabled()
        first.__exit__(None, None, None)
        return answer

    monkeypatch.setattr(gc, "isenabled", asked_at_the_end_of_the_first)
    with Uncollected():
        pass
    assert is_enabled()


def test_what_was_made_meanwhile_can_still_be_collected() -> None:
    class Ring:
        """Refers to itself."""

    with Uncollected():
        ring = Ring()
        ring.itself = ring  # type: ignore[attr-defined]
        gone = weakref.ref(ring)
        del ring
    assert gone() is not None
    gc.collect()
    assert gone() is None


def test_what_others_froze_stays_frozen() -> None:
    gc.freeze()
    try:
        with Uncollected():
            pass
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
