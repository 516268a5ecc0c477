# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The memory of this process is measured."""

from __future__ import annotations

import resource
import sys

import pytest

from brainsmith_core.memory import resident_megabytes


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
