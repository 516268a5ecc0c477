# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The registry's rules: which record a name means."""

from __future__ import annotations

from typing import Any

import pytest

from brainsmith_core.errors import (
    AmbiguousPluginError,
    PluginNotFoundError,
)
from brainsmith_core.records import (
    BackendRecord,
    CustomOpRecord,
    KernelRecord,
    Record,
    StepRecord,
    TransformRecord,
)
from brainsmith_core.registry import Registry, record_fields


def owned(record: Record, source: str, distribution: str = "") -> Record:
    return record.stamped(source=source, distribution=distribution or source, distribution_version="1.0")


def transform(name: str, source: str, distribution: str = "", **words: Any) -> Record:
    return owned(TransformRecord(name=name, target=f"{source}.m:{name}", **words), source, distribution)


def step(name: str, source: str, **words: Any) -> Record:
    return owned(StepRecord(name=name, target=f"{source}.s:{name}", **words), source)


def kernel(name: str, source: str, **words: Any) -> Record:
    return owned(KernelRecord(name=name, target=f"{source}.k:{name}", **words), source)


EXPAND = transform("ExpandNorms", "brainsmith", stage="topology_opt")
FOLD = transform("FoldConstants", "qonnx", stage="topology_opt")
MOVE_Q = transform("MoveAddPastFork", "qonnx")
MOVE_F = transform("MoveAddPastFork", "finn")
LAYER = kernel("LayerNorm", "brainsmith")
HLS = owned(
    BackendRecord(name="LayerNormHLS", target="b:L", kernel="LayerNorm", language="hls"), "brainsmith"
)
TIDY = step("step_tidy_up", "finn")
QUANT = owned(CustomOpRecord(name="Quant", target="q:Quant"), "qonnx")
REGISTRY = Registry([TIDY, QUANT, HLS, LAYER, MOVE_Q, MOVE_F, FOLD, EXPAND])


def fault(registry: Registry, type_: str, reference: str) -> PluginNotFoundError:
    with pytest.raises(PluginNotFoundError) as caught:
        registry.resolve(type_, reference)
    return caught.value


def ambiguity(registry: Registry, type_: str, reference: str) -> AmbiguousPluginError:
    with pytest.raises(AmbiguousPluginError) as caught:
        registry.resolve(type_, reference)
    return caught.value


def test_S10_records_come_by_type_and_then_by_name() -> None:
    assert [record.id for record in REGISTRY] == [
        "transform:brainsmith:ExpandNorms",
        "transform:qonnx:FoldConstants",
        "transform:finn:MoveAddPastFork",
        "transform:qonnx:MoveAddPastFork",
        "kernel:brainsmith:LayerNorm",
        "backend:brainsmith:LayerNormHLS",
        "step:finn:step_tidy_up",
        "custom_op:qonnx:Quant",
    ]
    assert len(REGISTRY) == 8
    assert REGISTRY.sources == ("brainsmith", "finn", "qonnx")
    assert len(Registry()) == 0


def test_S11_a_key_is_type_and_name_and_gives_the_record() -> None:
    assert REGISTRY["transform:ExpandNorms"] == EXPAND
    assert REGISTRY["transform:ExpandNorms"]["stage"] == "topology_opt"
    assert REGISTRY["transform:brainsmith:ExpandNorms"] == EXPAND
    assert REGISTRY["kernel:LayerNorm"] == LAYER
    assert REGISTRY["backend:LayerNormHLS"]["backend_type"] == "hls"
    assert REGISTRY["backend:LayerNormHLS"]["kernel"] == "LayerNorm"


def test_S6_membership_is_asked_by_key() -> None:
    assert "transform:ExpandNorms" in REGISTRY
    assert "kernel:ExpandNorms" not in REGISTRY
    assert "transform:MoveAddPastFork" not in REGISTRY
    assert "transform:finn:MoveAddPastFork" in REGISTRY
    assert "ExpandNorms" not in REGISTRY
    assert 3 not in REGISTRY


def test_a_key_without_a_type_is_refused() -> None:
    with pytest.raises(KeyError) as caught:
        REGISTRY["ExpandNorms"]
    assert isinstance(caught.value, PluginNotFoundError)
    assert caught.value.fact == "'ExpandNorms' is no key of the registry"
    assert caught.value.remedy == "write 'type:name' or 'type:source:name'"


@pytest.mark.parametrize(
    ("type_", "remedy"),
    [
        ("transfrom", "did you mean 'transform'?"),
        ("kernels", "did you mean 'kernel'?"),
        ("zzz", "the types are transform, kernel, backend, step, custom_op"),
    ],
)
@pytest.mark.parametrize("ask", [REGISTRY.find, REGISTRY.names, lambda type_: REGISTRY.resolve(type_, "X")])
def test_an_unknown_type_is_answered_with_the_closest_or_all(ask: Any, type_: str, remedy: str) -> None:
    with pytest.raises(PluginNotFoundError) as caught:
        ask(type_)
    assert caught.value.fact == f"{type_!r} is not a type of plugin"
    assert caught.value.remedy == remedy


def test_a_type_of_which_there_is_nothing_is_no_error() -> None:
    assert Registry([TIDY]).names("kernel") == ()


def test_S6_find_queries_by_metadata() -> None:
    assert REGISTRY.find("transform", stage="topology_opt", source="qonnx") == (FOLD,)
    assert REGISTRY.find("transform", stage="topology_opt") == (EXPAND, FOLD)
    assert REGISTRY.find(source="brainsmith") == (EXPAND, LAYER, HLS)
    assert REGISTRY.find("backend", backend_type="hls", kernel="LayerNorm") == (HLS,)
    assert REGISTRY.find(available=False) == ()
    assert REGISTRY.find(type="step") == (TIDY,)
    assert REGISTRY.find() == tuple(REGISTRY)


def test_find_passes_over_records_that_lack_the_field() -> None:
    assert REGISTRY.find(language="hls") == (HLS,)


def test_find_refuses_a_field_that_no_record_has() -> None:
    with pytest.raises(TypeError) as caught:
        REGISTRY.find("transform", stag="x")
    assert str(caught.value).startswith("records have no field 'stag'; they have author, available, ")
    assert {"stage", "members", "op_type", "language", "source"} <= record_fields()


def test_S13_a_name_that_one_source_has_resolves() -> None:
    found = REGISTRY.resolve("transform", "ExpandNorms")
    assert (found.record, found.rule, found.shadowed) == (EXPAND, "the only one of its name", ())


def test_S60_a_qualified_name_resolves() -> None:
    found = REGISTRY.resolve("transform", "finn:MoveAddPastFork")
    assert (found.record, found.rule, found.shadowed) == (MOVE_F, "named with its source", ())


def test_S60_a_name_of_several_sources_is_answered_with_candidates() -> None:
    error = ambiguity(REGISTRY, "transform", "MoveAddPastFork")
    assert error.fact == "'MoveAddPastFork' is a transform of several packs"
    assert error.candidates == ("finn:MoveAddPastFork", "qonnx:MoveAddPastFork")
    assert error.remedy == (
        "write 'finn:MoveAddPastFork' or 'qonnx:MoveAddPastFork', "
        "or set plugin_system.priority in .brainsmith/config.yaml"
    )


def test_S60_a_configured_priority_settles_an_ambiguity() -> None:
    registry = Registry(REGISTRY, priority=["acme", "qonnx", "finn"])
    found = registry.resolve("transform", "MoveAddPastFork")
    assert found.record == MOVE_Q
    assert found.rule == "source 'qonnx' comes first in the configured priority"
    assert found.shadowed == (MOVE_F,)
    assert registry.resolve("transform", "finn:MoveAddPastFork").record == MOVE_F


def test_a_priority_of_other_sources_settles_nothing() -> None:
    ambiguity(Registry(REGISTRY, priority=["acme"]), "transform", "MoveAddPastFork")


def test_one_name_may_be_of_two_types() -> None:
    registry = Registry([transform("Squeeze", "qonnx"), kernel("Squeeze", "finn")])
    assert registry.resolve("transform", "Squeeze").record.source == "qonnx"
    assert registry.resolve("kernel", "Squeeze").record.source == "finn"


def test_only_kernels_match_in_any_case() -> None:
    assert REGISTRY.resolve("kernel", "layernorm").record == LAYER
    assert REGISTRY.resolve("kernel", "brainsmith:LAYERNORM").record == LAYER
    assert fault(REGISTRY, "transform", "expandnorms").remedy == "did you mean 'ExpandNorms'?"


def test_a_kernels_exact_spelling_comes_before_another_case() -> None:
    lower, upper = kernel("matmul", "a"), kernel("MatMul", "b")
    registry = Registry([lower, upper])
    assert registry.resolve("kernel", "matmul").record == lower
    assert registry.resolve("kernel", "MatMul").record == upper
    assert ambiguity(registry, "kernel", "MATMUL").candidates == ("a:matmul", "b:MatMul")


def test_a_source_may_allow_a_prefix_to_be_left_out() -> None:
    registry = Registry(REGISTRY, prefixes={"finn": {"step": "step_"}})
    assert registry.resolve("step", "finn:tidy_up").record == TIDY
    assert registry.resolve("step", "finn:step_tidy_up").record == TIDY
    assert fault(registry, "step", "finn:step_tidy").fact == "'step_tidy' is not a step of 'finn'"


def test_a_prefix_is_left_out_only_where_the_source_is_named() -> None:
    registry = Registry([*REGISTRY, step("step_one", "acme")], prefixes={"finn": {"step": "step_"}})
    assert fault(registry, "step", "tidy_up").fact == "'tidy_up' is not a step of any installed pack"
    fault(registry, "step", "acme:one")
    fault(registry, "transform", "finn:tidy_up")


def test_a_name_as_written_comes_before_the_one_with_its_prefix() -> None:
    plain = step("tidy_up", "finn")
    registry = Registry([TIDY, plain], prefixes={"finn": {"step": "step_"}})
    assert registry.resolve("step", "finn:tidy_up").record == plain


def test_an_unregistered_name_as_written_gives_way_to_a_registered_one_with_its_prefix() -> None:
    plain = step("tidy_up", "finn", registered=False)
    registry = Registry([plain, TIDY], prefixes={"finn": {"step": "step_"}})
    found = registry.resolve("step", "finn:tidy_up")
    assert found.record == TIDY
    assert found.shadowed == (plain,)
    assert (
        Registry([plain], prefixes={"finn": {"step": "step_"}}).resolve("step", "finn:tidy_up").record
        == plain
    )


def test_a_registered_plugin_wins_over_one_that_is_only_importable() -> None:
    importable = step("convert", "finn", registered=False)
    registered = owned(StepRecord(name="convert", target="finn.other:convert"), "finn")
    for reference in ("convert", "finn:convert"):
        found = Registry([importable, registered]).resolve("step", reference)
        assert found.record == registered
        assert found.rule == "registered with its framework; the other can only be imported"
        assert found.shadowed == (importable,)


def test_the_bare_name_of_an_unregistered_plugin_means_nothing() -> None:
    base = kernel("ElementwiseBinaryOperation", "finn", registered=False)
    registry = Registry([base])
    error = fault(registry, "kernel", "ElementwiseBinaryOperation")
    assert error.fact == (
        "'ElementwiseBinaryOperation' is a kernel that its framework does not register, "
        "so its bare name means nothing"
    )
    assert error.remedy == "write 'finn:ElementwiseBinaryOperation'"
    assert registry.resolve("kernel", "finn:ElementwiseBinaryOperation").record == base


def test_an_unregistered_step_has_a_meaning_of_its_own() -> None:
    importable = step("convert", "finn", registered=False)
    assert Registry([importable]).resolve("step", "convert").record == importable


def test_a_name_twice_in_one_source_is_the_fault_of_two_packs() -> None:
    registry = Registry([transform("X", "acme", "acme-one"), transform("X", "acme", "acme-two")])
    for reference in ("X", "acme:X"):
        error = ambiguity(registry, "transform", reference)
        assert error.fact == (
            f"{reference!r} is given by two packs with the one source name 'acme': "
            "acme-one 1.0 and acme-two 1.0"
        )
        assert error.remedy == "pip uninstall acme-two, or ask its authors for a source name of its own"
        assert error.candidates == ("acme:X",)


@pytest.mark.parametrize(
    ("type_", "reference", "fact", "remedy"),
    [
        (
            "transform",
            "ExpandNorm",
            "'ExpandNorm' is not a transform of any installed pack",
            "did you mean 'ExpandNorms'?",
        ),
        (
            "transform",
            "qonnx:FoldConstant",
            "'FoldConstant' is not a transform of 'qonnx'",
            "did you mean 'qonnx:FoldConstants'?",
        ),
        (
            "transform",
            "finn:FoldConstants",
            "'FoldConstants' is not a transform of 'finn'",
            "did you mean 'qonnx:FoldConstants'?",
        ),
        (
            "transform",
            "qonx:FoldConstants",
            "'qonx:FoldConstants': no installed pack has the source name 'qonx'",
            "did you mean 'qonnx:FoldConstants'?",
        ),
        (
            "transform",
            "qonx:Zzzzz",
            "'qonx:Zzzzz': no installed pack has the source name 'qonx'",
            "did you mean 'qonnx:Zzzzz'?",
        ),
        (
            "transform",
            "LayerNorm",
            "'LayerNorm' is not a transform of any installed pack",
            "'LayerNorm' is a kernel, not a transform",
        ),
        (
            "kernel",
            "layernrm",
            "'layernrm' is not a kernel of any installed pack",
            "did you mean 'LayerNorm'?",
        ),
        (
            "step",
            "zzzz",
            "'zzzz' is not a step of any installed pack",
            "brainsmith plugins list --type step shows what there is",
        ),
        (
            "step",
            "zzzz:yyyy",
            "'zzzz:yyyy': no installed pack has the source name 'zzzz'",
            "brainsmith plugins list --type step shows what there is",
        ),
        (
            "step",
            "finn:zzzz",
            "'zzzz' is not a step of 'finn'",
            "brainsmith plugins list --type step shows what there is",
        ),
        (
            "transform",
            "Quant",
            "'Quant' is not a transform of any installed pack",
            "brainsmith plugins list --type transform shows what there is",
        ),
    ],
)
def test_S83_a_miss_is_answered_with_the_closest_names(
    type_: str, reference: str, fact: str, remedy: str
) -> None:
    error = fault(REGISTRY, type_, reference)
    assert (error.fact, error.remedy) == (fact, remedy)


def test_a_hint_follows_the_closest_names() -> None:
    asked = []

    def hints(type_: str, reference: str) -> str:
        asked.append((type_, reference))
        return "pip install brainsmith-x"

    registry = Registry(REGISTRY, hints=hints)
    close = fault(registry, "transform", "ExpandNorm")
    assert close.remedy == "did you mean 'ExpandNorms'?; pip install brainsmith-x"
    assert fault(registry, "step", "zzzz").remedy == "pip install brainsmith-x"
    assert asked == [("transform", "ExpandNorm"), ("step", "zzzz")]


def test_a_source_that_is_installed_and_gives_nothing_says_why() -> None:
    def absence(type_: str, source: str) -> tuple[str, str]:
        return (f"{source} broke", f"mend its {type_}s") if source == "qonn" else ("", "")

    registry = Registry(REGISTRY, absence=absence)
    error = fault(registry, "transform", "qonn:FoldConstants")
    assert (error.fact, error.remedy) == ("'qonn:FoldConstants': qonn broke", "mend its transforms")
    other = fault(registry, "transform", "qonx:Zzzzz")
    assert other.fact == "'qonx:Zzzzz': no installed pack has the source name 'qonx'"


def test_S87_a_limited_registry_knows_only_its_records_and_keeps_the_rules() -> None:
    registry = Registry(REGISTRY, priority=["qonnx"], prefixes={"finn": {"step": "step_"}})
    limited = registry.limited([MOVE_F, MOVE_Q, TIDY], scope="the blueprint m.yaml")
    assert limited.resolve("transform", "MoveAddPastFork").record == MOVE_Q
    assert limited.resolve("step", "finn:tidy_up").record == TIDY
    error = fault(limited, "transform", "ExpandNorms")
    assert error.fact == "'ExpandNorms' is not a transform of the blueprint m.yaml"
    error = fault(limited, "transform", "brainsmith:ExpandNorms")
    assert error.fact == (
        "'brainsmith:ExpandNorms': nothing of the blueprint m.yaml has the source name 'brainsmith'"
    )
