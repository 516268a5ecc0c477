# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pytest

from brainsmith_core.blueprint.structure import shown


@pytest.mark.parametrize(
    ("text", "place", "fact", "remedy"),
    [
        # unknown keys
        (
            "nme: x\nhw_compiler: {}",
            "1:1 nme",
            "'nme' is not a key of a blueprint",
            "did you mean 'name'?",
        ),
        (
            "hw-compiler: {}\nhw_compiler: {}",
            "1:1 hw-compiler",
            "'hw-compiler' is not a key of a blueprint",
            "did you mean 'hw_compiler'?",
        ),
        (
            "hw_compiler: {}\nzzz: 1",
            "2:1 zzz",
            "'zzz' is not a key of a blueprint",
            "the keys are name, description, extends, requires, target, hw_compiler",
        ),
        (
            "hw_compiler: {}\ntransforms: []",
            "2:1 transforms",
            "'transforms' is not a key of a blueprint",
            "write it under 'hw_compiler'",
        ),
        (
            "hw_compiler: {}\npre_hw: []",
            "2:1 pre_hw",
            "'pre_hw' is not a key of a blueprint",
            "write it under 'transforms_phased'",
        ),
        (
            "hw_compiler:\n  target: {}",
            "2:3 hw_compiler.target",
            "'target' is not a key of 'hw_compiler'",
            "write it at the top level",
        ),
        (
            "hw_compiler:\n  transform: []",
            "2:3 hw_compiler.transform",
            "'transform' is not a key of 'hw_compiler'",
            "did you mean 'transforms'?",
        ),
        (
            "hw_compiler:\n  transforms_phased: {pre-hw: []}",
            "2:23 hw_compiler.transforms_phased.pre-hw",
            "'pre-hw' is not a key of 'transforms_phased'",
            "did you mean 'pre_hw'?",
        ),
        (
            "hw_compiler: {}\ntarget: {clock: 5}",
            "2:10 target.clock",
            "'clock' is not a key of 'target'",
            "did you mean 'clock_ns'?",
        ),
        (
            "hw_compiler:\n  kernels: [{kernel: a, backend: [hls]}]",
            "2:25 hw_compiler.kernels[0].backend",
            "'backend' is not a key of a kernel entry",
            "did you mean 'backends'?",
        ),
        # missing and empty
        (
            "hw_compiler:\n  kernels: [{backends: [hls]}]",
            "2:13 hw_compiler.kernels[0].kernel",
            "'kernel' is missing",
            "name the kernel, as in 'kernel: softmax'",
        ),
        (
            "name: x",
            "1:1",
            "'hw_compiler' is missing",
            "add 'hw_compiler:' with transforms, kernels or steps under it",
        ),
        ("hw_compiler:", "1:1 hw_compiler", "is empty", "write a mapping, or remove the key"),
        ("hw_compiler:\n  steps:", "2:3 hw_compiler.steps", "is empty", "write a list, or remove the key"),
        ("hw_compiler:\n  steps: [a, ]\nname:", "3:1 name", "is empty", "write text, or remove the key"),
        (
            "hw_compiler: {steps: [~]}",
            "1:23 hw_compiler.steps[0]",
            "is empty",
            "write text, or remove the item",
        ),
        ("name: ''\nhw_compiler: {}", "1:1 name", "is empty", "write a value, or remove the key"),
        (
            "target: {clock_ns: }\nhw_compiler: {}",
            "1:10 target.clock_ns",
            "is empty",
            "write a number, or remove the key",
        ),
        (
            "acme_config:\nhw_compiler: {}",
            "1:1 acme_config",
            "is empty",
            "write a mapping, or remove the key",
        ),
        # wrong types
        (
            "hw_compiler: [a]",
            "1:1 hw_compiler",
            "must be a mapping, not a list",
            "write 'key: value' lines under it",
        ),
        (
            "hw_compiler: {}\nacme_config: 3",
            "2:1 acme_config",
            "must be a mapping, not the number 3",
            "write 'key: value' lines under it",
        ),
        (
            "hw_compiler: {transforms: quantization}",
            "1:15 hw_compiler.transforms",
            "must be a list, not the text 'quantization'",
            "write [quantization]",
        ),
        (
            "hw_compiler: {steps: {a: b}}",
            "1:15 hw_compiler.steps",
            "must be a list, not a mapping",
            "begin each item with '- ' on a line of its own",
        ),
        (
            "hw_compiler: {steps: [on]}",
            "1:23 hw_compiler.steps[0]",
            "must be text, not true",
            "put it in quotes",
        ),
        (
            "hw_compiler: {steps: [1.5]}",
            "1:23 hw_compiler.steps[0]",
            "must be text, not the number 1.5",
            "put it in quotes",
        ),
        (
            "hw_compiler:\n  steps:\n    - acme: tidy",
            "3:7 hw_compiler.steps[0]",
            "must be text, not a mapping",
            "write acme:tidy without a space after the colon",
        ),
        (
            "hw_compiler: {steps: [{a: 1}]}",
            "1:23 hw_compiler.steps[0]",
            "must be text, not a mapping",
            "write a single word",
        ),
        (
            "hw_compiler: {steps: [[a]]}",
            "1:23 hw_compiler.steps[0]",
            "must be text, not a list",
            "write a single word",
        ),
        (
            "hw_compiler: {kernels: [3]}",
            "1:25 hw_compiler.kernels[0]",
            "must be a name or a mapping with 'kernel', not the number 3",
            "write, for example, softmax or {kernel: softmax}",
        ),
        (
            "hw_compiler: {kernels: [{kernel: a, backends: hls}]}",
            "1:37 hw_compiler.kernels[0].backends",
            "must be a list, not the text 'hls'",
            "write [hls]",
        ),
        # values that mean nothing
        (
            "hw_compiler: {steps: ['a b']}",
            "1:23 hw_compiler.steps[0]",
            "'a b' is not a reference to a plugin",
            "write name or source:name without spaces, and ~ before it if it may be missing",
        ),
        (
            "hw_compiler: {kernels: ['a:b:c']}",
            "1:25 hw_compiler.kernels[0]",
            "'a:b:c' is not a reference to a plugin",
            "write name or source:name without spaces, and ~ before it if it may be missing",
        ),
        (
            "hw_compiler: {steps: ['${A:-b c}']}",
            "1:23 hw_compiler.steps[0]",
            "'${A:-b c}' is not a reference to a plugin",
            "write the name out: variables are replaced only in extends, target and <source>_config",
        ),
        (
            "requires: ['>=1']\nhw_compiler: {}",
            "1:12 requires[0]",
            "'>=1' is not a requirement",
            "write it as for pip, such as 'brainsmith-kernels>=0.1,<1'",
        ),
        (
            "target: {clock_ns: -1}\nhw_compiler: {}",
            "1:10 target.clock_ns",
            "must be a number of nanoseconds above 0, not the number -1",
            "write, for example, clock_ns: 5.0",
        ),
        (
            "target: {clock_ns: .inf}\nhw_compiler: {}",
            "1:10 target.clock_ns",
            "must be a number of nanoseconds above 0, not the number inf",
            "write, for example, clock_ns: 5.0",
        ),
        (
            "target: {clock_ns: '5'}\nhw_compiler: {}",
            "1:10 target.clock_ns",
            "must be a number of nanoseconds above 0, not the text '5'",
            "write, for example, clock_ns: 5.0",
        ),
        (
            "target: {clock_ns: yes}\nhw_compiler: {}",
            "1:10 target.clock_ns",
            "must be a number of nanoseconds above 0, not true",
            "write, for example, clock_ns: 5.0",
        ),
    ],
)
def test_a_structural_fault_says_where_what_and_what_to_do(text_faults, text, place, fact, remedy):
    assert text_faults(text) == [(f"model.yaml:{place}", fact, remedy)]


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("", "the blueprint is empty"),
        ("- a\n", "a blueprint is a mapping, not a list"),
        ("some words\n", "a blueprint is a mapping, not the text 'some words'"),
    ],
)
def test_a_document_that_is_no_mapping(text_faults, text, fact):
    remedy = "write 'hw_compiler:' and under it what the compiler shall do"
    assert text_faults(text) == [("model.yaml:1:1", fact, remedy)]


def test_a_framework_section_needs_a_pack_of_that_source(text_faults):
    text = "fin_config: {a: 1}\nother_config: {}\nfinn_config: {}\nhw_compiler: {}"
    fact = "{!r} is not a key of a blueprint: no pack has the source name {!r}"
    keys = "name, description, extends, requires, target, hw_compiler, acme_config, finn_config"
    assert text_faults(text, frameworks={"finn", "acme"}) == [
        ("model.yaml:1:1 fin_config", fact.format("fin_config", "fin"), "did you mean 'finn_config'?"),
        ("model.yaml:2:1 other_config", fact.format("other_config", "other"), f"the keys are {keys}"),
    ]


def test_an_unknown_key_may_be_close_to_a_framework_section(text_faults):
    (fault,) = text_faults("finn_cfg: {}\nhw_compiler: {}", frameworks=["finn"])
    assert fault[2] == "did you mean 'finn_config'?"


def test_all_faults_come_in_one_run_in_the_order_of_their_lines(text_faults):
    found = text_faults(
        """\
        zzz: 1
        requires: [3]
        hw_compiler:
          steps: tidy
          kernels: [{kernel: 1}]
          steps: twice
        name:
        """
    )
    assert [place for place, _, _ in found] == [
        "model.yaml:1:1 zzz",
        "model.yaml:2:12 requires[0]",
        "model.yaml:4:3 hw_compiler.steps",
        "model.yaml:5:14 hw_compiler.kernels[0].kernel",
        "model.yaml:6:3 hw_compiler.steps",
        "model.yaml:7:1 name",
    ]


def test_text_that_cannot_be_written_is_no_name(faults_of):
    from brainsmith_core.blueprint.read import read

    (fault,) = faults_of(read, {"name": "\ud800", "hw_compiler": {}})
    assert fault[:2] == ("blueprint name", "must be text, not the text '\\ud800'")


def test_long_text_is_shown_by_its_beginning():
    assert shown("x" * 60) == f"the text '{'x' * 60}'"
    assert shown("x" * 61) == f"the text '{'x' * 60}'…"
    assert shown(None) == "nothing"
