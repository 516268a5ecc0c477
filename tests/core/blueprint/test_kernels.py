# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from types import SimpleNamespace

import pytest

from brainsmith_core.blueprint.faults import Faults
from brainsmith_core.blueprint.kernels import settle_kernels
from brainsmith_core.blueprint.read import read
from brainsmith_core.blueprint.resolve import Resolver
from brainsmith_core.registry import Registry


@pytest.fixture
def settle():
    def run(records, *kernels, failures=()):
        faults = Faults()
        resolver = Resolver(Registry(records), faults, failures)
        planned = settle_kernels(read({"hw_compiler": {"kernels": list(kernels)}}).kernels, resolver)
        told = [(fault.place, fault.fact, fault.remedy) for _, fault in faults]
        return planned, [(left.type, left.reference, left.reason) for left in resolver.missing], told

    return run


@pytest.fixture
def softmax(kernel, backend):
    return [
        kernel("Softmax"),
        backend("SoftmaxHLS", of="Softmax"),
        backend("SoftmaxRTL", of="Softmax", language="rtl"),
        backend("AnotherHLS", of="Softmax", source="other"),
        backend("GeluHLS", of="Gelu"),
    ]


def backends(planned):
    return [record.name for record in planned.backends]


@pytest.mark.parametrize("name", ["softmax", "Softmax", "SOFTMAX", "acme:softmax"])
def test_a_kernel_is_found_in_any_spelling(settle, softmax, name):
    (planned,), _, faults = settle(softmax, name)
    assert planned.record == softmax[0]
    assert planned.rule == ("named with its source" if ":" in name else "the only one of its name")
    assert faults == []


def test_an_unknown_kernel_and_an_optional_one(settle, softmax):
    planned, missing, faults = settle(softmax, "sofmax", "~gelu")
    assert planned == []
    assert faults == [
        (
            "blueprint hw_compiler.kernels[0]",
            "'sofmax' is not a kernel of any installed pack",
            "did you mean 'Softmax'?",
        )
    ]
    assert missing == [("kernel", "gelu", "'gelu' is not a kernel of any installed pack")]


def test_a_kernel_given_twice(settle, softmax):
    planned, _, faults = settle(softmax, "softmax", {"kernel": "Softmax"})
    assert len(planned) == 1
    assert faults == [
        (
            "blueprint hw_compiler.kernels[1].kernel",
            "the kernel acme:Softmax is given twice",
            "remove one of them",
        )
    ]


def test_without_a_choice_every_back_end_is_taken_those_of_the_kernels_pack_first(settle, softmax):
    (planned,), _, _ = settle(softmax, "softmax")
    assert backends(planned) == ["SoftmaxHLS", "SoftmaxRTL", "AnotherHLS"]
    assert planned.missing_backends == ()


def test_an_empty_choice_takes_no_back_end(settle, softmax):
    (planned,), _, _ = settle(softmax, {"kernel": "softmax", "backends": []})
    assert (planned.backends, planned.missing_backends) == ((), ())


@pytest.mark.parametrize(
    ("wanted", "chosen"),
    [
        (["hls"], ["SoftmaxHLS", "AnotherHLS"]),
        (["HLS"], ["SoftmaxHLS", "AnotherHLS"]),
        (["rtl", "hls"], ["SoftmaxRTL", "SoftmaxHLS", "AnotherHLS"]),
        (["other:hls", "rtl"], ["AnotherHLS", "SoftmaxRTL"]),
        (["SoftmaxRTL"], ["SoftmaxRTL"]),
        (["other:AnotherHLS", "hls"], ["AnotherHLS", "SoftmaxHLS"]),
        (["~hls", "hls"], ["SoftmaxHLS", "AnotherHLS"]),
    ],
)
def test_back_ends_are_chosen_by_language_or_name_in_the_order_of_the_choice(settle, softmax, wanted, chosen):
    (planned,), missing, faults = settle(softmax, {"kernel": "softmax", "backends": wanted})
    assert backends(planned) == chosen
    assert (planned.missing_backends, missing, faults) == ((), [], [])


def test_a_back_end_that_no_pack_has_is_shown_as_missing_and_is_no_fault(settle, kernel):
    wanted = {"kernel": "softmax", "backends": ["hls", "SoftmaxRTL", "nowhere:vhdl"]}
    (planned,), missing, faults = settle([kernel("Softmax")], wanted)
    assert planned.missing_backends == ("hls", "SoftmaxRTL", "nowhere:vhdl")
    assert (planned.backends, missing, faults) == ((), [], [])


@pytest.mark.parametrize(
    ("wanted", "remedy"),
    [
        ("rtll", "did you mean 'rtl'?"),
        ("Softmax_RTL", "did you mean 'SoftmaxRTL'?"),
        ("acme:SoftmaxRtl", "did you mean 'acme:SoftmaxRTL'?"),
        ("nowhere:SoftmaxRtl", "there are SoftmaxHLS (hls), SoftmaxRTL (rtl), AnotherHLS (hls)"),
        ("verilog", "there are SoftmaxHLS (hls), SoftmaxRTL (rtl), AnotherHLS (hls)"),
    ],
)
def test_a_back_end_that_a_kernel_with_back_ends_does_not_have_is_a_fault_with_the_closest(
    settle, softmax, wanted, remedy
):
    _, missing, faults = settle(softmax, {"kernel": "softmax", "backends": ["hls", wanted]})
    place = "blueprint hw_compiler.kernels[0].backends[1]"
    assert faults == [(place, f"acme:Softmax has no back end {wanted}", remedy)]
    assert missing == []
    _, missing, faults = settle(softmax, {"kernel": "softmax", "backends": ["hls", f"~{wanted}"]})
    assert [reference for _, reference, _ in missing] == [wanted]
    assert faults == []


def test_a_language_that_none_of_a_kernel_s_back_ends_has_is_shown_as_missing(settle, kernel, backend):
    records = [
        kernel("Softmax"),
        backend("SoftmaxHLS", of="Softmax"),
        backend("Other", of="", language="aie"),
    ]
    wanted = {"kernel": "softmax", "backends": ["rtl", "aie", "hls"]}
    (planned,), missing, faults = settle(records, wanted)
    assert planned.missing_backends == ("rtl", "aie")
    assert (backends(planned), missing, faults) == (["SoftmaxHLS"], [], [])


def test_a_kernel_with_a_fault_in_its_back_ends_counts_as_one_without_a_choice(settle, softmax):
    (planned,), _, _ = settle(softmax, {"kernel": "softmax", "backends": ["verilog"]})
    assert (planned.is_chosen, backends(planned)) == (False, ["SoftmaxHLS", "SoftmaxRTL", "AnotherHLS"])


def test_an_optional_back_end_that_no_pack_has_is_left_out(settle, kernel):
    (planned,), missing, faults = settle([kernel("Softmax")], {"kernel": "softmax", "backends": ["~hls"]})
    assert missing == [("backend", "hls", "no installed pack has a back end 'hls' of Softmax")]
    assert (planned.missing_backends, faults) == ((), [])


def test_a_back_end_that_is_not_available_or_not_registered_counts_as_missing(settle, kernel, backend):
    records = [
        kernel("Softmax"),
        backend("SoftmaxHLS", of="Softmax", unavailable="no compiler"),
        backend("SoftmaxBase", of="Softmax", registered=False),
    ]
    (planned,), _, faults = settle(records, {"kernel": "softmax", "backends": ["hls", "SoftmaxHLS"]})
    assert planned.missing_backends == ("hls", "SoftmaxHLS")
    assert (planned.backends, faults) == ((), [])
    (left_open,), _, _ = settle(records, "softmax")
    assert left_open.backends == ()


def test_the_back_end_of_another_kernel(settle, softmax, kernel, backend):
    place = "blueprint hw_compiler.kernels[0].backends[0]"
    _, _, faults = settle(softmax, {"kernel": "softmax", "backends": ["GeluHLS"]})
    fact = "'GeluHLS' is a back end of Gelu, not of Softmax"
    assert faults == [(place, fact, "Softmax has SoftmaxHLS, SoftmaxRTL, AnotherHLS")]
    bare = [kernel("Softmax"), backend("Probe", of="")]
    _, _, faults = settle(bare, {"kernel": "softmax", "backends": ["Probe"]})
    fact = "'Probe' is a back end of no kernel, not of Softmax"
    assert faults == [(place, fact, "no installed pack has a back end of Softmax")]


@pytest.mark.parametrize("optional", [False, True])
def test_the_back_end_of_a_pack_that_failed(settle, kernel, optional):
    failure = SimpleNamespace(source="b", distribution="b-pack", version="", reason="why", remedy="mend it")
    wanted = {"kernel": "softmax", "backends": ["~b:hls" if optional else "b:hls"]}
    (planned,), missing, faults = settle([kernel("Softmax")], wanted, failures=[failure])
    fact = "'b:hls': the pack 'b' of b-pack could not be loaded: why"
    assert faults == ([] if optional else [("blueprint hw_compiler.kernels[0].backends[0]", fact, "mend it")])
    assert missing == ([("backend", "b:hls", fact)] if optional else [])
    assert planned.missing_backends == ()


def test_a_back_end_of_a_pack_with_a_kernel_of_the_same_name_serves_that_one(settle, kernel, backend):
    records = [
        kernel("Softmax"),
        kernel("Softmax", "other"),
        backend("OtherHLS", of="Softmax", source="other"),
        backend("ForAcme", of="acme:Softmax", source="other"),
        backend("ThirdHLS", of="Softmax", source="third"),
        backend("ForOther", of="other:Softmax", source="third"),
    ]
    (acme, other), _, _ = settle(records, "acme:softmax", "other:softmax")
    assert backends(acme) == ["ForAcme", "ThirdHLS"]
    assert backends(other) == ["OtherHLS", "ForOther", "ThirdHLS"]


def inference(planned):
    return [record.qualified_name for record in planned.inference]


def test_the_inference_transforms_of_the_kernels_own_pack_are_taken_before_any_others(
    settle, kernel, transform
):
    records = [
        kernel("Softmax"),
        kernel("Gelu"),
        transform("InferSoftmax", creates=["Softmax", "Other"]),
        transform("InferAll", creates=["acme:Softmax"]),
        transform("InferSoftmax", "other", creates=["Softmax", "Gelu"]),
        transform("Unrelated"),
    ]
    (softmax, gelu), _, _ = settle(records, "softmax", "gelu")
    assert inference(softmax) == ["acme:InferAll", "acme:InferSoftmax"]
    assert inference(gelu) == ["other:InferSoftmax"]


def test_an_inference_transform_that_cannot_run_is_not_taken(settle, kernel, transform):
    records = [
        kernel("Softmax"),
        transform("InferA", creates=["Softmax"], unavailable="no"),
        transform("InferB", creates=["Softmax"], parameters=["how"]),
        transform("InferC", creates=["Softmax"], registered=False),
        transform("InferD", creates=["Softmax"], parameters=["how=1"]),
    ]
    (planned,), _, _ = settle(records, "softmax")
    assert inference(planned) == ["acme:InferD"]
