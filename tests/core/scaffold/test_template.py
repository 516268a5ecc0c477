# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Templates of packs: found in installed packs, and written whole or not at all."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from brainsmith_core.errors import OutputError, PluginNotFoundError
from brainsmith_core.scaffold.names import PackNames
from brainsmith_core.scaffold.template import choose_template, find_templates, render_pack
from brainsmith_core.testing import installed

NAMES = PackNames("acme-kernels", "acme_kernels", "acme", "IntScale", "int_scale")


def site(folder: Path, source: str, files: dict[str, str]) -> Path:
    """A site with a pack that has a template, as an installer would lay it out."""
    info = folder / f"{source}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {source}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[brainsmith]\n{source} = {source}_pack.hooks\n")
    (folder / f"{source}_pack").mkdir()
    (folder / f"{source}_pack" / "__init__.py").write_text("raise RuntimeError('nobody asked for this')\n")
    for name, text in files.items():
        path = folder / f"{source}_pack" / "pack_template" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


FILES = {
    "pyproject.toml.jinja": "{@# a word to those who read the template #@}\nname = '{@ distribution @}'\n",
    "__package__/__kernel__/__kernel__.sv.jinja.jinja": "module {{ name }}; // {@ kernel @}\n",
    "notes.txt": "not part of it",
}


def test_a_template_is_found_without_importing_its_pack(no_packs: None, tmp_path: Path) -> None:
    with installed(site(tmp_path / "site", "one", FILES)):
        assert find_templates() == {"one": tmp_path / "site" / "one_pack" / "pack_template"}
        assert choose_template() == find_templates()["one"]
        assert "one_pack" not in sys.modules


def test_files_are_rendered_once_with_the_names_in_text_and_paths(no_packs: None, tmp_path: Path) -> None:
    with installed(site(tmp_path / "site", "one", FILES)):
        written = render_pack(choose_template(), NAMES, tmp_path / "new" / "pack")
    core = Path("acme_kernels/int_scale/int_scale.sv.jinja")
    assert written == [core, Path("pyproject.toml")]
    assert (tmp_path / "new" / "pack" / core).read_text() == "module {{ name }}; // IntScale\n"
    assert (tmp_path / "new" / "pack" / "pyproject.toml").read_text() == "name = 'acme-kernels'\n"
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["pack"]


def test_a_folder_that_is_not_empty_is_left_alone(no_packs: None, tmp_path: Path) -> None:
    output = tmp_path / "out"
    output.mkdir()
    (output / "mine.txt").write_text("keep me")
    with installed(site(tmp_path / "site", "one", FILES)), pytest.raises(OutputError, match="not empty"):
        render_pack(choose_template(), NAMES, output)
    assert [path.name for path in output.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("output", ["empty", "file", "file/below"])
def test_an_empty_folder_is_filled_and_a_file_is_no_folder(
    no_packs: None, tmp_path: Path, output: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("")
    with installed(site(tmp_path / "site", "one", FILES)):
        if output == "empty":
            assert len(render_pack(choose_template(), NAMES, tmp_path / output)) == 2
            return
        with pytest.raises(OutputError) as caught:
            render_pack(choose_template(), NAMES, tmp_path / output)
    assert "--output" in caught.value.remedy


def test_a_template_that_fails_leaves_nothing_behind(no_packs: None, tmp_path: Path) -> None:
    broken = FILES | {"x.txt.jinja": "{@ licence @}"}
    with installed(site(tmp_path / "site", "one", broken)), pytest.raises(UndefinedError, match="licence"):
        render_pack(choose_template(), NAMES, tmp_path / "new" / "pack")
    assert list((tmp_path / "new").iterdir()) == []


def test_without_a_template_the_pack_that_has_one_is_named(no_packs: None) -> None:
    with pytest.raises(PluginNotFoundError, match="no installed pack has a template") as caught:
        choose_template()
    assert caught.value.remedy.startswith("pip install brainsmith-kernels")


def test_of_several_templates_one_is_chosen_by_its_pack_s_source_name(no_packs: None, tmp_path: Path) -> None:
    sites = [site(tmp_path / name, name, FILES) for name in ("one", "two")]
    with installed(*sites):
        assert choose_template("two").parent.name == "two_pack"
        for source, fact in (("", "2 packs have a template"), ("three", "the pack 'three' has no template")):
            with pytest.raises(PluginNotFoundError, match=fact) as caught:
                choose_template(source)
            assert caught.value.remedy == "choose one with --template: one, two"
