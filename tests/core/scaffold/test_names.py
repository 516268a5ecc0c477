# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The names of a new pack: derived from one, and refused where they cannot work."""

from __future__ import annotations

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
    assert pack_names("acme-kernels", "Scale", "roadrunner").source == "roadrunner"
