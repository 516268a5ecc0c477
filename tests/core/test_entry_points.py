# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Installed packs are enumerated from metadata alone, whatever state it is in."""

from __future__ import annotations

import importlib.metadata
import shutil
import sys
from collections.abc import Callable
from importlib import invalidate_caches
from pathlib import Path

import pytest

from brainsmith_core.discovery import entry_points
from brainsmith_core.discovery.entry_points import GROUP, PackRef, installed_packs
from brainsmith_core.testing import install, installed


def ref(**words: str) -> PackRef:
    return PackRef(
        **{"distribution": "acme", "version": "2.1", "source": "acme", "value": "acme.hooks", **words}
    )


def dist_info(
    folder: Path, name: str, version: str, entry_points: str, metadata: bytes | None = None
) -> Path:
    """Lay out a distribution's metadata by hand, as damaged as a test wants it."""
    path = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    path.mkdir(parents=True)
    content = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode()
    (path / "METADATA").write_bytes(content if metadata is None else metadata)
    (path / "entry_points.txt").write_text(entry_points, encoding="utf-8")
    return path


def found() -> list[tuple[str, str, str, str]]:
    invalidate_caches()
    return [pack.key for pack in installed_packs()]


@pytest.fixture
def folder(no_packs: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A first entry of ``sys.path``, as yet empty."""
    monkeypatch.syspath_prepend(tmp_path / "first")
    (tmp_path / "first").mkdir()
    return tmp_path / "first"


def test_S8_every_entry_point_of_the_group_is_a_pack(good_packs: Path) -> None:
    assert GROUP == "brainsmith"
    assert installed_packs() == (
        ref(),
        ref(
            distribution="instance-entry-pack",
            version="4.0.1",
            source="instance_entry",
            value="instance_entry_pack:pack",
        ),
        ref(
            distribution="plain-pluggy-pack", version="0.3", source="plain_pluggy", value="plain_pluggy_pack"
        ),
    )


def test_the_standard_library_gives_the_same_answer(all_packs: Path) -> None:
    theirs = {
        (point.name, point.dist.name, point.dist.version, point.value)
        for point in importlib.metadata.entry_points(group=GROUP)
        if point.dist is not None
    }
    assert {pack.key for pack in installed_packs()} == theirs
    assert len(theirs) == len(list(all_packs.glob("*.dist-info")))


def test_enumerating_imports_no_pack(all_packs: Path) -> None:
    installed_packs()
    modules = {path.stem for path in all_packs.glob("*.py")} | {"acme"}
    assert len(modules) > 20
    assert not modules & set(sys.modules)


def test_without_packs_there_is_nothing(no_packs: None) -> None:
    assert installed_packs() == ()


def test_entry_points_of_other_groups_are_none_of_ours(folder: Path) -> None:
    dist_info(folder, "other", "1.0", "[console_scripts]\nacme = acme:main\n[brainsmith.more]\na = b\n")
    assert found() == []


@pytest.mark.parametrize(
    "text",
    [
        "[other]\nx = y\n\n[brainsmith]\none = m:a\n",
        "[brainsmith]\none = m:a\n[other]\nx = y\n",
        "  [brainsmith]\none = m:a\n  [other]\nx = y\n",
        "[other]\nx = [brainsmith]\n[brainsmith]\none = m:a\n",
        "[brainsmith]\n\n[other]\nx = y\n\n[brainsmith]\none = m:a\n",
    ],
)
def test_the_group_is_found_wherever_it_stands(folder: Path, text: str) -> None:
    dist_info(folder, "acme-pack", "1.0", text)
    assert found() == [("one", "acme-pack", "1.0", "m:a")]


def test_one_distribution_may_have_several_packs(folder: Path) -> None:
    dist_info(folder, "two-packs", "1.0", "[brainsmith]\ntwo = two.hooks\none = one.hooks:pack\n")
    assert found() == [
        ("one", "two-packs", "1.0", "one.hooks:pack"),
        ("two", "two-packs", "1.0", "two.hooks"),
    ]


def test_a_distributions_name_is_normalised(folder: Path) -> None:
    dist_info(folder, "My.Pack__Name", "1.0", "[brainsmith]\nx = y\n")
    assert found() == [("x", "my-pack-name", "1.0", "y")]


def test_a_distribution_found_twice_counts_where_it_is_found_first(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dist_info(folder, "acme", "2.0", "[brainsmith]\nacme = new\n")
    dist_info(tmp_path / "second", "Acme", "1.0", "[brainsmith]\nacme = old\nmore = old\n")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "second")])
    assert found() == [("acme", "acme", "2.0", "new")]


def test_a_first_find_that_is_no_pack_shadows_one_that_is(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dist_info(folder, "acme", "2.0", "")
    dist_info(tmp_path / "second", "acme", "1.0", "[brainsmith]\nacme = old\n")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "second")])
    assert found() == []


@pytest.mark.parametrize(
    "metadata",
    [b"", b"\xff\xfe\x00 not text", b"Metadata-Version: 2.1\n", b"\x00" * 10],
    ids=["empty", "not UTF-8", "without a name", "zeros"],
)
def test_a_damaged_distribution_does_not_hide_the_others(folder: Path, metadata: bytes) -> None:
    dist_info(folder, "aaa-damaged", "1.0", "[brainsmith]\nbad = bad.hooks\n", metadata)
    dist_info(folder, "healthy", "1.0", "[brainsmith]\ngood = good.hooks\n")
    assert found() == [("good", "healthy", "1.0", "good.hooks")]


def test_a_distribution_without_metadata_does_not_hide_the_others(folder: Path) -> None:
    (dist_info(folder, "aaa-damaged", "1.0", "[brainsmith]\nbad = bad.hooks\n") / "METADATA").unlink()
    dist_info(folder, "healthy", "1.0", "[brainsmith]\ngood = good.hooks\n")
    assert found() == [("good", "healthy", "1.0", "good.hooks")]


def test_entry_points_that_are_not_utf8_do_not_hide_the_others(folder: Path) -> None:
    broken = dist_info(folder, "aaa-damaged", "1.0", "")
    (broken / "entry_points.txt").write_bytes(b"[brainsmith]\nb\xff = bad\n")
    (dist_info(folder, "aab-damaged", "1.0", "") / "entry_points.txt").write_text("[brainsmith\nnonsense")
    dist_info(folder, "healthy", "1.0", "[brainsmith]\ngood = good.hooks\n")
    assert found() == [("good", "healthy", "1.0", "good.hooks")]


def test_a_name_that_is_not_utf8_in_other_fields_is_still_read(folder: Path) -> None:
    metadata = b"Metadata-Version: 2.1\nName: latin\nVersion: 1.0\nAuthor: Andr\xe9\n"
    dist_info(folder, "latin", "1.0", "[brainsmith]\nx = y\n", metadata)
    dist_info(folder, "healthy", "1.0", "[brainsmith]\ngood = good.hooks\n")
    assert ("good", "healthy", "1.0", "good.hooks") in found()


def test_references_are_values() -> None:
    assert ref() == ref()
    assert hash(ref()) == hash(ref())
    for field in ("distribution", "version", "source", "value"):
        assert ref() != ref(**{field: "other"})
    assert ref() != "acme"
    assert repr(ref()) == "PackRef(acme 2.1: acme = acme.hooks)"
    assert ref().registration_name == "acme:acme=acme.hooks"


def test_an_editable_install_is_a_pack_as_any_other(
    no_packs: None, build_wheel: Callable[..., Path], tmp_path: Path
) -> None:
    with installed(install(build_wheel("acme", "editable"), site=tmp_path / "site")):
        assert installed_packs() == (ref(),)


def test_where_folders_are_not_all_there_is_metadata_answers_the_same(good_packs: Path) -> None:
    assert entry_points.is_ordinary()
    from_folders = sorted(ref.key for ref in entry_points._from_folders(entry_points.listing()))
    assert from_folders == sorted(ref.key for ref in entry_points._from_metadata())
    assert len(from_folders) == 3


def test_a_pack_in_a_zip_file_is_found(
    good_packs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dist_info(tmp_path / "zipped", "zipped-pack", "3.0", "[brainsmith]\nzipped = zipped.hooks\n")
    archive = shutil.make_archive(str(tmp_path / "site"), "zip", tmp_path / "zipped")
    monkeypatch.syspath_prepend(archive)
    assert not entry_points.is_ordinary()
    assert ("zipped", "zipped-pack", "3.0", "zipped.hooks") in found()
    assert len(found()) == 4


def test_a_pack_in_an_egg_is_found(good_packs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    egg = tmp_path / "old-1.0-py3.egg"
    (egg / "EGG-INFO").mkdir(parents=True)
    (egg / "EGG-INFO" / "PKG-INFO").write_text("Metadata-Version: 1.2\nName: Old.Pack\nVersion: 1.0\n")
    (egg / "EGG-INFO" / "entry_points.txt").write_text("[brainsmith]\nold = old.hooks\n")
    monkeypatch.syspath_prepend(egg)
    assert not entry_points.is_ordinary()
    assert ("old", "old-pack", "1.0", "old.hooks") in found()


def test_distributions_of_a_finder_of_its_own_are_found(
    good_packs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = dist_info(tmp_path / "hidden", "hidden-pack", "1.0", "[brainsmith]\nhidden = hidden.hooks\n")

    class Finder:
        def find_spec(self, name: str, path: object = None, target: object = None) -> None:
            return None

        def find_distributions(self, context: object = None) -> list[importlib.metadata.Distribution]:
            return [importlib.metadata.Distribution.at(path)]

    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder()])
    assert not entry_points.is_ordinary()
    assert ("hidden", "hidden-pack", "1.0", "hidden.hooks") in found()


def test_damaged_metadata_hides_no_other_there_either(
    good_packs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dist_info(tmp_path / "zipped", "bad-pack", "1.0", "[brainsmith]\nbad = bad.hooks\n", metadata=b"\xff\xfe")
    monkeypatch.syspath_prepend(shutil.make_archive(str(tmp_path / "site"), "zip", tmp_path / "zipped"))
    assert {source for source, *_ in found()} >= {"acme", "plain_pluggy", "instance_entry"}
