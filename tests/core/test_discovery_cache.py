# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""An answer is trusted for a while, and never after what is installed has changed."""

from __future__ import annotations

import os
import shutil
import sys
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from brainsmith_core.configuration import Configuration
from brainsmith_core.discovery_cache import DiscoveryCache, Query
from brainsmith_core.manager import PluginManager
from brainsmith_core.testing import install, installed

BuildWheel = Callable[..., Path]


def sources(manager: PluginManager) -> list[str]:
    return [pack.ref.source for pack in manager.packs]


def names(manager: PluginManager) -> list[str]:
    return [record.name for record in manager.registry]


def let_time_pass(manager: PluginManager) -> None:
    """Let every answer's time be up."""
    manager.configuration.cache_ttl = 0.0


@pytest.fixture
def manager(no_packs: None, tmp_path: Path, plain_site: Path) -> Iterator[PluginManager]:
    """A manager in an environment with one pack, which trusts its answers for an hour."""
    with installed(shutil.copytree(plain_site, tmp_path / "site")):
        manager = PluginManager(Configuration(cache_ttl=3600))
        assert sources(manager) == ["plain_pluggy"]
        yield manager


@pytest.fixture(scope="module")
def plain_site(build_wheel: BuildWheel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(build_wheel("plain_pluggy"), site=tmp_path_factory.mktemp("plain_site"))


@pytest.fixture
def add_acme(tmp_path: Path, build_wheel: BuildWheel) -> Callable[[], object]:
    return lambda: install(build_wheel("acme"), site=tmp_path / "site")


def test_S17_a_pack_installed_later_is_seen_when_the_time_is_up_and_not_before(
    manager: PluginManager, add_acme: Callable[[], object]
) -> None:
    add_acme()
    assert sources(manager) == ["plain_pluggy"]
    let_time_pass(manager)
    assert sources(manager) == ["acme", "plain_pluggy"]
    assert manager.registry.get("transform", "Double").__name__ == "Double"


def test_S19_clearing_the_cache_looks_anew(manager: PluginManager, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "site")
    manager.clear_cache()
    assert sources(manager) == []


def test_S19_refreshing_gives_what_is_installed_now(
    manager: PluginManager, add_acme: Callable[[], object]
) -> None:
    add_acme()
    assert "acme" in manager.refresh().sources


def test_S18_a_pack_that_is_removed_is_gone_when_the_time_is_up(
    manager: PluginManager, tmp_path: Path
) -> None:
    shutil.rmtree(next((tmp_path / "site").glob("*.dist-info")))
    assert sources(manager) == ["plain_pluggy"]
    let_time_pass(manager)
    assert sources(manager) == []


def test_S18_an_upgrade_is_noticed(
    manager: PluginManager, tmp_path: Path, packs_folder: Path, build_wheel: BuildWheel
) -> None:
    project = shutil.copytree(packs_folder / "plain_pluggy", tmp_path / "newer")
    toml = (project / "pyproject.toml").read_text(encoding="utf-8")
    (project / "pyproject.toml").write_text(
        toml.replace('version = "0.3"', 'version = "0.4"'), encoding="utf-8"
    )
    install(build_wheel(project), site=tmp_path / "site")
    for stale in (tmp_path / "site").glob("*-0.3.dist-info"):
        shutil.rmtree(stale)
    let_time_pass(manager)
    assert [pack.ref.version for pack in manager.packs] == ["0.4"]


def test_S18_an_environment_that_moves_is_noticed(manager: PluginManager, tmp_path: Path) -> None:
    (tmp_path / "site").rename(tmp_path / "moved")
    let_time_pass(manager)
    assert sources(manager) == []
    with installed(tmp_path / "moved"):
        assert sources(manager) == ["plain_pluggy"]


@pytest.fixture
def editable(
    no_packs: None,
    tmp_path: Path,
    packs_folder: Path,
    build_wheel: BuildWheel,
    request: pytest.FixtureRequest,
) -> Iterator[Path]:
    """The project folder of a pack that is installed editable."""
    project = Path(shutil.copytree(packs_folder / request.param, tmp_path / "project"))
    with zipfile.ZipFile(build_wheel(project, "editable")) as wheel:
        wheel.extractall(tmp_path / "site")
    with installed(tmp_path / "site"):
        yield project


def edit(file: Path, old: str, new: str) -> None:
    """Edit as quickly as can be: size and second stay the same."""
    assert len(old) == len(new)
    before = file.stat().st_mtime_ns
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    os.utime(file, ns=(before + 1, before + 1))


@pytest.mark.parametrize("editable", ["acme"], indirect=True)
def test_S18_an_edited_declaration_is_noticed_when_the_time_is_up(editable: Path) -> None:
    manager = PluginManager(Configuration(cache_ttl=3600))
    assert "Tidy" in names(manager)
    edit(editable / "acme" / "transforms.py", '"Tidy"', '"Neat"')
    assert "Tidy" in names(manager)
    let_time_pass(manager)
    assert "Neat" in names(manager)
    assert "Tidy" not in names(manager)


@pytest.mark.parametrize("editable", ["instance_entry"], indirect=True)
def test_S18_an_edited_hook_module_is_noticed_when_the_time_is_up(editable: Path) -> None:
    manager = PluginManager(Configuration(cache_ttl=3600))
    assert "GatherRTL" in names(manager)
    edit(editable / "instance_entry_pack.py", '"GatherRTL"', '"GatherHLS"')
    let_time_pass(manager)
    assert "GatherHLS" in names(manager)
    assert "GatherRTL" not in names(manager)


@pytest.mark.parametrize("editable", ["acme"], indirect=True)
def test_S18_a_new_file_of_a_pack_is_noticed(editable: Path) -> None:
    manager = PluginManager(Configuration(cache_ttl=0))
    assert "Late" not in names(manager)
    code = "from brainsmith_core import kernel\n\n\n@kernel()\nclass Late:\n    pass\n"
    (editable / "acme" / "late.py").write_text(code, encoding="utf-8")
    assert "Late" in names(manager)


def test_an_answer_that_still_holds_is_given_again(good_packs: Path) -> None:
    cache = DiscoveryCache(Configuration(cache_ttl=1e-9))
    first = cache.answer(Query())
    assert cache.answer(Query()) is first
    assert (cache.hits, cache.misses, cache.hit_rate) == (1, 1, 0.5)


def test_an_answer_that_is_found_to_hold_is_trusted_anew(good_packs: Path) -> None:
    configuration = Configuration(cache_ttl=1e-9)
    cache = DiscoveryCache(configuration)
    first = cache.answer(Query())
    checked = first.checked
    cache.answer(Query())
    assert first.checked > checked


def test_nobody_asked_means_no_hits(good_packs: Path) -> None:
    assert DiscoveryCache(Configuration()).hit_rate == 0.0


def test_within_its_time_an_answer_is_given_without_looking(
    good_packs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = DiscoveryCache(Configuration(cache_ttl=3600))
    first = cache.answer(Query())
    monkeypatch.setattr(sys, "path", [])
    assert cache.answer(Query()) is first
    assert cache.seconds > 0


def test_S71_answers_are_kept_by_what_is_asked(good_packs: Path) -> None:
    cache = DiscoveryCache(Configuration(cache_ttl=3600))
    queries = [
        Query(),
        Query(types=["kernel"]),
        Query(types=["kernel", "step"]),
        Query(packs=["acme"]),
        Query(frameworks=["adapter"]),
    ]
    answers = [cache.answer(query) for query in queries]
    assert len({id(answer) for answer in answers}) == len(queries)
    assert [cache.answer(query) for query in queries] == answers
    assert cache.answer(Query(types=["step", "kernel"])) is answers[2]
    # Queries that differ in types alone ask the same packs, so one index serves them.
    assert (cache.hits, cache.misses) == (8, 3)


def test_a_bare_name_counts_as_a_list_of_one() -> None:
    assert Query(types="kernel", packs="acme", frameworks="f").key == (("kernel",), ("f",), ("acme",))
    assert Query().key == (None, None, None)
    assert Query(packs=[]).key != Query().key


def test_a_pack_is_selected_by_source_or_distribution(good_packs: Path) -> None:
    cache = DiscoveryCache(Configuration())
    for name in ("plain_pluggy", "plain-pluggy-pack"):
        assert cache.answer(Query(packs=[name])).registry.sources == ("plain_pluggy",)
    assert cache.answer(Query(packs=[])).registry.sources == ()


def test_many_threads_cause_one_discovery(good_packs: Path) -> None:
    cache = DiscoveryCache(Configuration(cache_ttl=3600))
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda _: cache.answer(Query()), range(64)))
    assert len({id(answer) for answer in answers}) == 1
    assert (cache.hits, cache.misses) == (63, 1)


def test_failures_and_warnings_are_logged(all_packs: Path, caplog: pytest.LogCaptureFixture) -> None:
    DiscoveryCache(Configuration()).answer(Query(packs=["prints", "no_hooks"]))
    messages = [(record.name, record.levelname, record.getMessage()) for record in caplog.records]
    assert messages == [
        (
            "brainsmith.plugin",
            "WARNING",
            "pack 'no_hooks' of no-hooks-pack 1.0 (no_hooks = no_hooks_pack): "
            "it implements no hook; mark at least one function with @hookimpl",
        ),
        (
            "brainsmith.plugin",
            "WARNING",
            "pack 'prints' of prints-pack: "
            "printed to standard output while it was listed: 'Welcome to prints!'",
        ),
    ]
