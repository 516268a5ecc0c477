# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Importing what steps need, applying it, and what is said when that fails."""

from __future__ import annotations

import logging
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from brainsmith_core.blueprint.plan import Plan, PlannedStep
from brainsmith_core.build.configuration import BuildConfig
from brainsmith_core.build.operations import describe_step, load_operations
from brainsmith_core.errors import BuildError, ModelError, PluginLoadError
from brainsmith_core.frameworks import FrameworkAdapter, ModelAccess
from brainsmith_core.records import Record, StepRecord, TransformRecord

PlanOf = Callable[..., Plan]

ACME = """
class NotATransform:
    pass

class Older:
    def __init__(self, model, bits=4, *args, **kwargs):
        pass

def tidy(model, cfg):
    model.set_metadata_prop("tidied for", cfg.output_dir.name)
    return model

number = 7
"""


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., PlannedStep]:
    """Planned steps of a module that is written for the test."""
    (tmp_path / "acme_steps.py").write_text(ACME)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "acme_steps", raising=False)

    def make(record_class: type[Record], attribute: str) -> PlannedStep:
        record: Any = record_class(name=attribute, target=f"acme_steps:{attribute}").stamped(
            source="acme", distribution="acme-pack", distribution_version="1.2"
        )
        return PlannedStep(attribute, "steps", record=record)

    return make


def apply(step: Any, model: Any, models: ModelAccess, folder: Path = Path("out")) -> Any:
    (operation,) = load_operations([step], range(1))
    return operation.apply(model, BuildConfig(folder), models)


def test_a_transform_is_applied_by_the_models_own_transform_method(
    plan_of: PlanOf, models: ModelAccess, network: Path
) -> None:
    model = apply(plan_of("ConvertDivToMul").steps[0], models.load(network), models)
    assert "Div" not in models.op_counts(model)
    assert models.op_counts(model)["Mul"] == 1


def test_a_step_is_called_with_model_and_configuration(
    acme: Callable[..., PlannedStep], models: ModelAccess, network: Path
) -> None:
    model = apply(acme(StepRecord, "tidy"), models.load(network), models, Path("here/somewhere"))
    assert model.get_metadata_prop("tidied for") == "somewhere"


def test_only_selected_steps_are_imported(plan_of: PlanOf) -> None:
    missing = PlannedStep("x", "steps", record=TransformRecord(name="x", target="no.such:Thing"))
    plan = plan_of(missing, "InferShapes")
    assert [operation.index for operation in load_operations(plan.steps, range(1, 2))] == [1]
    with pytest.raises(PluginLoadError, match="No module named 'no'"):
        load_operations(plan.steps, range(2))


def test_what_cannot_be_called_is_refused(acme: Callable[..., PlannedStep]) -> None:
    with pytest.raises(PluginLoadError) as caught:
        load_operations([acme(StepRecord, "number")], range(1))
    assert caught.value.fact == "acme_steps:number is an object of type int, which cannot be called"
    assert caught.value.remedy == "report it to the authors of acme-pack"


def test_a_transform_that_needs_arguments_is_refused_with_their_names(
    plan_of: PlanOf, acme: Callable[..., PlannedStep]
) -> None:
    with pytest.raises(BuildError) as caught:
        load_operations(plan_of("FoldConstantsFiltered").steps, range(1))
    assert caught.value.place == "step 1 'FoldConstantsFiltered' (qonnx:FoldConstantsFiltered of qonnx 1.0.0)"
    assert caught.value.fact == "FoldConstantsFiltered cannot be made without match_filter_fxn"
    assert "model.transform(FoldConstantsFiltered(match_filter_fxn=…))" in caught.value.remedy
    with pytest.raises(BuildError, match="Older cannot be made without model\n"):
        load_operations([acme(TransformRecord, "Older")], range(1))


def test_where_a_signature_cannot_be_read_the_record_says_what_is_needed() -> None:
    record = TransformRecord(name="dictionary", target="builtins:dict", parameters=("bits", "signed=True"))
    with pytest.raises(BuildError, match="cannot be made without bits"):
        load_operations([PlannedStep("dictionary", "steps", record=record)], range(1))


def test_a_step_without_plugin_and_function_is_refused() -> None:
    with pytest.raises(BuildError, match="step 1 'nothing': has neither a plugin nor a function"):
        load_operations([PlannedStep("nothing", "steps")], range(1))


@pytest.mark.parametrize(
    ("returned", "shown"),
    [
        (None, "None"),
        (True, "an object of type bool"),
        ((1, 2), "an object of type tuple"),
        (Path("x"), "an object of type pathlib."),
    ],
)
def test_a_step_must_return_a_model(
    plan_of: PlanOf, models: ModelAccess, network: Path, returned: Any, shown: str
) -> None:
    def forgetful(model: Any, cfg: Any) -> Any:
        return returned

    with pytest.raises(BuildError) as caught:
        apply(plan_of(forgetful).steps[0], models.load(network), models)
    assert caught.value.place == "step 1 'forgetful'"
    assert caught.value.fact.startswith(f"returned {shown}")
    assert caught.value.fact.endswith(", which is not a model")
    assert "return model" in caught.value.remedy


@pytest.mark.parametrize(
    "error", [KeyError("FINN_ROOT"), SystemExit(3), AssertionError(), RecursionError("deep")]
)
def test_whatever_a_step_raises_becomes_a_build_error_that_names_it(
    plan_of: PlanOf,
    models: ModelAccess,
    network: Path,
    error: BaseException,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(model: Any, cfg: Any) -> Any:
        raise error

    with pytest.raises(BuildError) as caught, caplog.at_level(logging.ERROR, "brainsmith.build"):
        apply(plan_of(broken).steps[0], models.load(network), models, Path("out"))
    assert caught.value.place == "step 1 'broken'"
    assert caught.value.fact.startswith(type(error).__name__)
    assert f"the traceback is in {Path('out/build.log')}" in caught.value.remedy
    assert caught.value.__cause__ is error
    assert "in broken" in caplog.text


def test_an_error_of_ours_keeps_its_type_and_remedy_and_learns_its_place(
    plan_of: PlanOf, models: ModelAccess, network: Path
) -> None:
    def wants_finn(model: Any, cfg: Any) -> Any:
        raise ModelError("needs more", remedy="pip install more")

    with pytest.raises(ModelError) as caught:
        apply(plan_of(wants_finn).steps[0], models.load(network), models)
    assert str(caught.value) == "step 1 'wants_finn': needs more\n  pip install more"


def test_an_interrupt_is_not_an_error_of_the_step(
    plan_of: PlanOf, models: ModelAccess, network: Path
) -> None:
    def interrupted(model: Any, cfg: Any) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apply(plan_of(interrupted).steps[0], models.load(network), models)


def test_random_names_are_the_same_in_every_build(
    plan_of: PlanOf, models: ModelAccess, network: Path
) -> None:
    step = plan_of("GiveRandomTensorNames").steps[0]
    names = []
    for seed in (1, 2):
        random.seed(seed)
        names.append(apply(step, models.load(network), models).get_all_tensor_names())
    assert names[0] == names[1]
    assert "x" not in names[0]


def test_random_numbers_are_the_same_in_every_build(
    plan_of: PlanOf, models: ModelAccess, network: Path
) -> None:
    drawn: list[tuple[float, float]] = []

    def draws(model: Any, cfg: Any) -> Any:
        drawn.append((random.random(), float(np.random.rand())))
        return model

    for seed in (1, 2):
        random.seed(seed), np.random.seed(seed)
        apply(plan_of(draws).steps[0], models.load(network), models)
    assert drawn[0] == drawn[1]


def test_a_step_leaves_the_random_generators_as_if_it_had_not_run(
    plan_of: PlanOf, models: ModelAccess, network: Path
) -> None:
    def draws(model: Any, cfg: Any) -> Any:
        random.random(), np.random.rand()
        return model

    random.seed(1), np.random.seed(1)
    expected = random.random(), np.random.rand()
    random.seed(1), np.random.seed(1)
    apply(plan_of(draws).steps[0], models.load(network), models)
    assert (random.random(), np.random.rand()) == expected


def test_a_plugin_without_a_distribution_is_described_by_its_name_alone() -> None:
    record = StepRecord(name="tidy", target="acme:tidy").stamped(
        source="acme", distribution="", distribution_version=""
    )
    assert describe_step(2, PlannedStep("tidy", "steps", record=record)) == "step 3 'tidy' (acme:tidy)"


class Surrounding(FrameworkAdapter):
    """A framework whose plugins want something around them, and a configuration of its own."""

    name = "acme"

    def __init__(self) -> None:
        self.told: list[str] = []

    def is_available(self) -> bool:
        return True

    def discover_plugins(self) -> list[Record]:
        return []

    def get_metadata(self) -> dict[str, str]:
        return {}

    @contextmanager
    def importing(self) -> Iterator[None]:
        self.told.append("import begins")
        yield
        self.told.append("import ends")

    @contextmanager
    def running(self, config: BuildConfig) -> Iterator[None]:
        self.told.append(f"run begins in {config.output_dir.name}")
        try:
            yield
        finally:
            self.told.append("run ends")

    def step_config(self, config: BuildConfig) -> Any:
        return BuildConfig(Path("of acme"))


def test_a_framework_s_step_is_surrounded_and_gets_its_framework_s_configuration(
    acme: Any, network: Path, models: ModelAccess
) -> None:
    framework = Surrounding()
    (operation,) = load_operations([acme(StepRecord, "tidy")], range(1), [framework])
    assert framework.told == ["import begins", "import ends"]
    model = operation.apply(models.load(network), BuildConfig(Path("out")), models)
    assert framework.told[2:] == ["run begins in out", "run ends"]
    assert model.get_metadata_prop("tidied for") == "of acme"


def test_what_is_imported_already_is_not_surrounded_again(acme: Any) -> None:
    framework, planned = Surrounding(), acme(StepRecord, "tidy")
    for _ in range(2):
        load_operations([planned, planned], range(2), [framework])
    assert framework.told == ["import begins", "import ends"]


def test_a_framework_may_carry_out_its_steps_itself(acme: Any, network: Path, models: ModelAccess) -> None:
    class Careful(Surrounding):
        def carry_out(self, planned: Any, function: Any, model: Any, config: BuildConfig) -> Any:
            self.told.append(f"carries out {planned.name} for {config.output_dir.name}")
            return super().carry_out(planned, function, model, config)

    framework = Careful()
    (operation,) = load_operations([acme(StepRecord, "tidy")], range(1), [framework])
    model = operation.apply(models.load(network), BuildConfig(Path("out")), models)
    assert framework.told[2:] == ["run begins in out", "carries out tidy for out", "run ends"]
    assert model.get_metadata_prop("tidied for") == "of acme"


def test_what_surrounds_a_step_ends_even_where_the_step_fails(
    acme: Any, network: Path, models: ModelAccess
) -> None:
    framework = Surrounding()
    (operation,) = load_operations([acme(StepRecord, "NotATransform")], range(1), [framework])
    with pytest.raises(BuildError):
        operation.apply(models.load(network), BuildConfig(Path("out")), models)
    assert framework.told[-1] == "run ends"


def test_another_source_s_step_is_neither_surrounded_nor_configured(
    acme: Any, network: Path, models: ModelAccess
) -> None:
    framework = Surrounding()
    framework.name = "other"
    (operation,) = load_operations([acme(StepRecord, "tidy")], range(1), [framework])
    model = operation.apply(models.load(network), BuildConfig(Path("out")), models)
    assert framework.told == []
    assert model.get_metadata_prop("tidied for") == "out"
