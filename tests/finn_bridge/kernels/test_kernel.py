# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Which kernels FINN can take, and by what numbers it knows their cost."""

from __future__ import annotations

import pickle

import pytest

from brainsmith_core.blueprint.plan import PlannedKernel
from brainsmith_core.errors import HardwareError
from brainsmith_core.hardware import Port, Resources
from brainsmith_core.records import BackendRecord, KernelRecord
from brainsmith_finn_bridge.kernels.kernel import native_kernels, ports, resources

HERE = __name__


class Kernel:
    folding = {}  # noqa: RUF012
    parameters = node_attributes = input_tensors = output_tensors = print


class Other(Kernel):
    pass


class BackEnd:
    parse = files = cycles = simulate = synthesize = print
    known = ("xc7", "xcup")

    @classmethod
    def ports(cls, parameters):
        return tuple(
            Port(name, direction, 8, 1) for name, direction in (("y", "out"), ("a", "in"), ("b", "in"))
        )

    @classmethod
    def resources(cls, parameters, family):
        if family not in cls.known:
            raise HardwareError(f"nothing was measured for {family!r}")
        return Resources(family, 1, 2, 3, 4, "by hand", measured=False)


class Unfinished:
    parse = print


def planned(*backends, target="Kernel", source="acme", op_type="Row"):
    stamps = {"source": source, "distribution": "", "distribution_version": ""}
    record = KernelRecord(name="Row", target=f"{HERE}:{target}", op_type=op_type).stamped(**stamps)
    records = [
        BackendRecord(name=f"{cls}{language}", target=f"{HERE}:{cls}", language=language, kernel="Row")
        for cls, language in backends
    ]
    return PlannedKernel(record, tuple(each.stamped(**stamps) for each in records))


def test_a_kernel_has_the_first_back_end_of_each_language():
    (kernel,) = native_kernels([planned(("BackEnd", "rtl"), ("Unfinished", "hls"), ("BackEnd", "hls"))])
    assert {language: record.name for language, record in kernel.backends.items()} == {
        "rtl": "BackEndrtl",
        "hls": "BackEndhls",
    }
    assert kernel.kernel_class() is Kernel
    assert kernel.backend("hls") is kernel.backend() is BackEnd


@pytest.mark.parametrize(
    "kernel",
    [
        planned(("BackEnd", "rtl"), source="finn"),
        planned(("Unfinished", "rtl")),
        planned(("BackEnd", "vhdl")),
        planned(),
        planned(("BackEnd", "rtl"), target="Unfinished"),
    ],
    ids=["FINN's", "unfinished back end", "other language", "no back end", "unfinished kernel"],
)
def test_other_kernels_are_left_alone(kernel):
    assert native_kernels([kernel]) == ()


def test_two_kernels_of_one_class_are_one():
    same = planned(("BackEnd", "rtl"))
    assert len(native_kernels([same, same])) == 1


def test_two_classes_with_one_op_type_are_refused():
    kernels = [planned(("BackEnd", "rtl")), planned(("BackEnd", "rtl"), target="Other", source="other")]
    with pytest.raises(HardwareError, match="acme:Row and other:Row both have nodes of the type Row"):
        native_kernels(kernels)


def test_a_kernel_can_be_sent_to_a_worker():
    kernels = native_kernels([planned(("BackEnd", "rtl"))])
    assert pickle.loads(pickle.dumps(kernels)) == kernels


def test_ports_keep_their_order():
    assert [port.name for port in ports(BackEnd, None, "in")] == ["a", "b"]


@pytest.mark.parametrize(
    ("part", "family"),
    [
        ("xc7z020clg400-1", "xc7"),
        ("xczu7ev-ffvc1156-2-e", "xcup"),
        ("xcu250-figd2104-2L-e", "xcup"),
        ("xcvu9p-flgb2104-2-i", "xcup"),
        ("xcvc1902-vsva2197-2MP-e-S", "xcup"),
    ],
)
def test_numbers_are_those_of_the_part_s_family_or_the_closest_that_has_any(part, family):
    assert resources(BackEnd, None, part).family == family


def test_numbers_for_Versal_come_first_there(monkeypatch):
    monkeypatch.setattr(BackEnd, "known", ("versal", "xcup"))
    assert resources(BackEnd, None, "xcvc1902-vsva2197").family == "versal"


def test_a_part_that_there_are_no_numbers_for_is_an_error(monkeypatch):
    monkeypatch.setattr(BackEnd, "known", ())
    with pytest.raises(HardwareError, match="nothing was measured for 'xc7'"):
        resources(BackEnd, None, "xc7z020clg400-1")
