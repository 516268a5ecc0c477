# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""``brainsmith packs``: each installed pack, and why a failed one failed."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.usefixtures("all_packs")


def test_list_shows_good_and_failed_packs(run) -> None:
    ended = run("packs", "list")
    assert ended.status == 0
    lines = {line.split()[0]: line for line in ended.out.splitlines() if line.strip()}
    assert "ok" in lines["acme"]
    assert "failed" in lines["import_error"]
    assert "ModuleNotFoundError" in lines["import_error"]


def test_failures_and_warnings_go_to_standard_error(run) -> None:
    ended = run("packs", "list", "--json")
    assert ended.status == 0
    failed = [pack for pack in ended.json if pack["status"] == "failed"]
    assert len(failed) > 15
    for pack in failed:
        assert pack["reason"]
        assert pack["reason"] in ended.err
    assert "pack 'prints' of prints-pack 1.0 printed to standard output" in ended.err


def test_a_strict_listing_is_an_error(run, monkeypatch) -> None:
    monkeypatch.setenv("BRAINSMITH_PLUGIN_STRICT", "1")
    ended = run("packs", "list")
    assert (ended.status, ended.out) == (3, "")
    assert ended.err.startswith("brainsmith: strict mode: pack ")
