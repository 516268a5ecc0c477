# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from brainsmith_core.blueprint.read import draft


def compiled(**sections):
    return draft({"hw_compiler": sections})


def test_references_come_in_the_order_of_a_build_and_then_kernels_with_their_back_ends():
    blueprint = compiled(
        kernels=["k", {"kernel": "l", "backends": ["hls", "rtl"]}],
        steps=["s"],
        transforms=["t"],
        transforms_phased={"post_hw": ["after"], "pre_hw": ["before"]},
    )
    assert [(ref.type, ref.name) for ref in blueprint.references()] == [
        ("transform", "t"),
        ("transform", "before"),
        ("step", "s"),
        ("transform", "after"),
        ("kernel", "k"),
        ("kernel", "l"),
        ("backend", "hls"),
        ("backend", "rtl"),
    ]


def test_a_reference_knows_its_source():
    named, bare = compiled(transforms=["~acme:tidy", "tidy"]).transforms
    assert (named.source, bare.source) == ("acme", "")


def test_the_sources_are_those_of_all_references():
    blueprint = compiled(
        transforms=["a:t", "~b:t"],
        transforms_phased={"pre_hw": ["c:t"], "post_hw": ["d:t"]},
        steps=["e:s"],
        kernels=[{"kernel": "f:k", "backends": ["g:hls"]}],
    )
    assert blueprint.sources() == {"a", "b", "c", "d", "e", "f", "g"}


@pytest.mark.parametrize(
    "sections",
    [
        {"transforms": ["a:t", "t"]},
        {"steps": ["a:s"], "kernels": ["a:k"]},
        {"steps": ["a:s"], "kernels": [{"kernel": "a:k", "backends": ["hls"]}]},
        {"kernels": [{"kernel": "a:k", "backends": []}]},
    ],
    ids=["bare name", "back ends left open", "back end by language", "hardware inference left open"],
)
def test_where_any_pack_may_have_a_say_the_sources_are_not_known(sections):
    assert compiled(**sections).sources() is None


def test_a_kernel_without_back_ends_needs_no_other_pack():
    blueprint = compiled(steps=["a:s"], kernels=[{"kernel": "b:k", "backends": []}])
    assert blueprint.sources() == {"a", "b"}
