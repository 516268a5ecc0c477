# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The names of a new pack: derived from one, and refused where they cannot work."""

from __future__ import annotations

from pathlib import Path

import pytest

from brainsmith_core.errors import DeclarationError
from brainsmith_core.scaffold.names import PackNames, pack_names


@pytest.mark.parametrize(
    ("given", "names"),
    [
        (("acme-kernels", "Scale"), PackNames("acme-kernels", "acme_kernels", "acme", "Scale", "scale")),
        (("Acme_X.pack", "IntScale"), PackNames("acme-x-pack", "acme_x_pack", "acme_x", "IntScale", "int_scale")),  # noqa: E501
        (("zeta", "LUT8", "zed"), PackNames("zeta", "zeta", "zed", "LUT8", "lut8")),
    ],
)  # fmt: skip
def test_one_name_gives_the_others(given: tuple[str, ...], names: PackNames, no_packs: None) -> None:
    assert pack_names(*given) == names


@pytest.mark.parametrize(
    ("given", "fact"),
    [
        (("acme kernels", "Scale"), "'acme kernels' is no name of a distribution"),
        (("-acme", "Scale"), "'-acme' is no name of a distribution"),
        (("../acme", "Scale"), "'../acme' is no name of a distribution"),
        (("", "Scale"), "'' is no name of a distribution"),
        (("3d-kernels", "Scale"), "'3d_kernels' cannot be imported"),
        (("class", "Scale"), "'class' cannot be imported"),
        (("json", "Scale"), "a package 'json' is installed already"),
        (("numpy", "Scale"), "a package 'numpy' is installed already"),
        (("acme-kernels", "scale"), "'scale' is no name of a kernel"),
        (("acme-kernels", "None"), "'None' is no name of a kernel"),
        (("acme-kernels", "Hooks"), "the folder 'hooks' of the kernel cannot be imported"),
        (("acme-kernels", "Import"), "the folder 'import' of the kernel cannot be imported"),
        (("acme-kernels", "Scale", "my-pack"), "'my-pack' is no source name"),
    ],
)
def test_what_cannot_work_is_refused_with_a_remedy(given: tuple[str, ...], fact: str, no_packs: None) -> None:
    with pytest.raises(DeclarationError) as caught:
        pack_names(*given)
    assert caught.value.fact == fact
    assert caught.value.remedy


def test_the_source_name_of_an_installed_pack_is_refused(good_packs: None) -> None:
    with pytest.raises(DeclarationError, match="'acme' belongs to the installed pack acme") as caught:
        pack_names("acme-kernels", "Scale")
    assert "--source" in caught.value.remedy
    assert pack_names("acme-kernels", "Scale", "Roadrunner").source == "roadrunner"


def test_a_source_name_that_is_taken_is_refused_in_any_spelling(good_packs: None) -> None:
    with pytest.raises(DeclarationError, match="'acme' belongs to the installed pack acme"):
        pack_names("zeta-kernels", "Scale", "Acme")


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("acme", "choose another name, or uninstall it: pip uninstall acme"),
        ("acme-heavy", "choose another name, or uninstall it: pip uninstall acme"),
        ("json", "choose another name, since it is Python's own"),
        ("loose", "choose another name, since no installed distribution has it"),
    ],
    ids=["of its own distribution", "of another distribution", "of Python", "of none"],
)
def test_a_package_that_is_there_is_refused_with_the_line_that_removes_it(
    name: str, remedy: str, good_packs: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "loose.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(DeclarationError, match="is installed already") as caught:
        pack_names(name, "Scale")
    assert caught.value.remedy == remedy
