# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The page: what can be read on it, and that nothing in it is taken for markup."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brainsmith_core.blueprint.plan import MissingPlugin, Plan, PlannedKernel, PlannedStep, Target
from brainsmith_core.build.accuracy import Accuracy
from brainsmith_core.build.page import breakable, number, render, seconds
from brainsmith_core.build.report import Facts, build_report
from brainsmith_core.build.section import Cell, Section, Table
from brainsmith_core.build.state import BuildState, Checkpoint, FinishedStep, identity
from brainsmith_core.build.verify import Verification
from brainsmith_core.records import BackendRecord, KernelRecord, TransformRecord

VOID = {"meta", "line", "rect"}


class Page(HTMLParser):
    """Elements and text of a page; fails where elements are not nested."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag == "wbr":
            self.words.append(tag)
        elif tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).replace(" wbr ", "").split())


def page_of(word: str = "demo", failure: str = "", done: bool = True, bare: bool = False) -> str:
    """The page of a build in which every text that others may choose is ``word``."""
    stamps = {"source": word, "distribution": word, "distribution_version": word}
    record = TransformRecord(name="Fuse", target="acme.fuse:Fuse", stage=word).stamped(**stamps)
    kernel = KernelRecord(name="Softmax", target="acme.ops:Softmax").stamped(**stamps)
    backend = BackendRecord(
        name="SoftmaxHLS", target="a:B", kernel="Softmax", language=word or "hls"
    ).stamped(**stamps)
    steps = (
        PlannedStep(word, word, record=record, member_of=word, rule=word),
        PlannedStep("two", "steps", record=record),
    )
    plan = Plan(
        name=word,
        description=word,
        blueprint=word,
        target=Target(board=word),
        steps=steps,
        kernels=(PlannedKernel(kernel, (backend,), (word,), (record,), word), PlannedKernel(kernel)),
        missing=(MissingPlugin(word, word, word, word),),
    )
    if bare:
        plan = Plan(name="", steps=(PlannedStep("two", "steps", record=record),))
    given = Checkpoint(file="models/00_input.onnx", sha256="0", op_counts={word: 3, "Mul": 1})
    after = Checkpoint(file=word, sha256="0", op_counts={"Mul": 1})
    finished = FinishedStep(identity=identity(plan.steps[0]), checkpoint=after, seconds=0.25, difference=1e-6)
    state = BuildState(
        input_sha256="0", settings_sha256="0", input=given, steps=(finished,) if done and not bare else ()
    )
    facts = Facts(plan, Path("net.onnx"), range(2), failure=failure)
    if not bare:
        facts.verification, facts.accuracy_before = Verification(inputs=word or "random"), Accuracy(359, 360)
        facts.accuracy_after = Accuracy(358, 360)
    return render(build_report(facts, state))


def test_everything_worth_knowing_is_on_it() -> None:
    text = Page(page_of()).text
    for words in (
        "1 of 2 steps done",
        "4 → 1 nodes",
        "0.25 s",
        "-3 demo",
        "1e-06",
        "99.72%",
        "359 of 360",
        "SoftmaxHLS (demo)",
        "no installed pack has it",
        "none asked for",
        "of the set demo",
        "acme.fuse:Fuse",
        "0.001 + 0.0001 · |value|",
    ):
        assert words in text, words


def test_sections_that_have_nothing_to_say_are_left_out() -> None:
    page = Page(page_of(bare=True))
    for title in ("Verification", "Accuracy", "Kernels", "Left out", "why this"):
        assert title not in page.text
    for title in ("Pipeline", "Nodes by op type", "Changes", "Plan", "Environment"):
        assert title in page.text


def test_random_inputs_are_named_with_their_seed() -> None:
    assert "on random inputs, seed 0; an output may move by" in Page(page_of("random")).text


def test_a_failure_stands_at_the_top() -> None:
    text = Page(page_of(failure="step 2 'two': KeyError", done=False)).text
    assert text.index("step 2 'two': KeyError") < text.index("The graph after each step")


def test_long_names_are_broken_only_where_their_parts_meet() -> None:
    assert breakable("finn:step_convert_to_hw") == "finn:<wbr>step_<wbr>convert_<wbr>to_<wbr>hw"
    assert breakable("FoldConstants") == "Fold<wbr>Constants"
    assert breakable("models/step_1.onnx") == "models/<wbr>step_1.<wbr>onnx"
    assert breakable("0.98, it's <b>") == "0.98, it&#39;s &lt;b&gt;"


def test_nothing_is_fetched_from_elsewhere() -> None:
    text = page_of()
    page = Page(text)
    assert not {"script", "link", "img", "iframe", "object"} & set(page.tags)
    assert all(value and value.startswith("#") for name, value in page.attributes if name in ("href", "src"))
    assert "http" not in text
    assert "url(" not in text
    assert "@import" not in text


def test_it_has_colours_for_light_and_dark() -> None:
    assert "prefers-color-scheme: dark" in page_of()


def test_the_chart_is_a_drawing_with_a_title_on_each_part() -> None:
    text = page_of()
    drawing = ElementTree.fromstring(text[text.index("<svg") : text.index("</svg>") + 6])
    titles = [title.text for rect in drawing.iter("rect") for title in rect]
    assert titles == ["given model: 3 demo", "given model: 1 Mul", "1 demo: 1 Mul"]


HOSTILE = "</style></title><script>alert('x')</script><img src=x onerror=\"y\">&amp;{{ 7 * 7 }}"


def test_hostile_names_are_shown_and_not_obeyed() -> None:
    plain, hostile = Page(page_of()), Page(page_of(HOSTILE, failure=HOSTILE))
    assert sorted(set(hostile.tags) - {"pre"}) == sorted(set(plain.tags))
    assert "{{ 7 * 7 }}" in hostile.text
    assert "onerror" not in {name for name, _value in hostile.attributes}


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=40))
def test_whatever_the_names_are_the_page_is_well_formed(word: str) -> None:
    Page(page_of(word))


def test_a_section_of_someone_else_can_be_added() -> None:
    report: Any = build_report(
        Facts(Plan(name="demo"), Path("net.onnx"), range(0)),
        BuildState(input_sha256="0", settings_sha256="0"),
    )
    table = Table(("layer", "LUT"), [[Cell("MVAU_0"), Cell("1234", "number", note="of 53200")]])
    page = Page(render(report, [Section("Resource use", "table", table, "Estimated.")]))
    assert "Resource use Estimated. layer LUT MVAU_0 1234 of 53200" in page.text
    assert ("href", "#resource-use") in page.attributes


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.00012, "0.1 ms"), (0.0999, "99.9 ms"), (0.1, "0.10 s"), (59.9, "59.90 s"), (61.2, "1 min 1 s")],
)
def test_durations_come_in_the_unit_that_suits_them(value: float, text: str) -> None:
    assert seconds(value) == text


def test_differences_come_in_few_digits() -> None:
    assert (number(0.0), number(1.2345e-7)) == ("0", "1.2e-07")
