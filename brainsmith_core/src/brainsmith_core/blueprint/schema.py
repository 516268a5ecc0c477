# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The schema of the blueprint dialect, from which both the reader's checks and the JSON Schema come."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag
from pydantic.json_schema import GenerateJsonSchema

#: A plugin reference: ``name`` or ``source:name``, with ``~`` before it where it may be missing.
REFERENCE_PATTERN = r"^~?([^\s:~]+:)?[^\s:~]+$"
#: A value that is nothing but a variable, ``${NAME}`` or ``${NAME:-default}``.
VARIABLE_PATTERN = r"^\$\{[A-Za-z_][A-Za-z0-9_]*(:-[^{}]*)?\}$"
#: The beginning of every requirement that pip understands; the rest is left to its own parser.
REQUIREMENT_PATTERN = r"^[A-Za-z0-9]"
#: A top-level key that configures a framework; what stands before ``_config`` is its pack's source name.
FRAMEWORK_KEY_PATTERN = r"^[a-z][a-z0-9_]*_config$"

#: What the models say for a key that is left out; written into a file it is not valid.
LEFT_OUT: Any = None

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def _text_or(tag: str, *others: type) -> Discriminator:
    def kind(value: Any) -> str | None:
        if isinstance(value, str):
            return "text"
        return tag if isinstance(value, others) and not isinstance(value, bool) else None

    return Discriminator(kind)


Text = Annotated[str, Field(min_length=1)]
PluginReference = Annotated[
    str,
    Field(
        pattern=REFERENCE_PATTERN,
        title="Plugin",
        description="`name` or `source:name`; a leading `~` makes it optional.",
    ),
]
PluginReferences = list[PluginReference]
RequirementText = Annotated[str, Field(pattern=REQUIREMENT_PATTERN, title="Requirement")]
ClockVariable = Annotated[str, Field(pattern=VARIABLE_PATTERN, title="Variable")]
ClockPeriod = Annotated[float, Field(gt=0, allow_inf_nan=False, title="Nanoseconds")]
PeriodOrVariable = Annotated[
    Annotated[ClockPeriod, Tag("number")] | Annotated[ClockVariable, Tag("text")],
    _text_or("number", int, float),
]


class Section(BaseModel):
    """A mapping of the dialect: its keys are known, and values are not converted."""

    model_config = ConfigDict(extra="forbid", strict=True)


class KernelEntry(Section):
    """A kernel and the back ends to use for it, best first."""

    kernel: PluginReference = Field(
        description="The kernel's name, in upper or lower case.",
        examples=["softmax", "brainsmith:Softmax"],
    )
    backends: PluginReferences = Field(
        default=[],
        description="Languages (`hls`, `rtl`) or names of back ends; without this key all are taken.",
        examples=[["hls"], ["rtl", "hls"]],
    )


class PhasedTransforms(Section):
    """Transforms that run around the step that does hardware inference."""

    pre_hw: PluginReferences = Field(
        default=[],
        description="Transforms right before hardware inference, in order.",
        examples=[["cleanup_transforms"]],
    )
    post_hw: PluginReferences = Field(
        default=[],
        description="Transforms right after hardware inference, in order.",
        examples=[["optimization_transforms"]],
    )


NameOrEntry = Annotated[
    Annotated[PluginReference, Tag("text")] | Annotated[KernelEntry, Tag("mapping")],
    _text_or("mapping", dict),
]


class HardwareCompiler(Section):
    """What the compiler does: transforms first, then steps; kernels are what hardware is made of."""

    kernels: list[NameOrEntry] = Field(
        default=[],
        description="The kernels that hardware inference may use.",
        examples=[["matmul", {"kernel": "softmax", "backends": ["hls"]}]],
    )
    transforms: PluginReferences = Field(
        default=[],
        description="Transforms, or sets of them, that run before anything else, in order.",
        examples=[["quantization", "~folding"]],
    )
    transforms_phased: PhasedTransforms = Field(
        default=LEFT_OUT,
        description="Transforms that run right before and right after hardware inference.",
        examples=[{"pre_hw": ["cleanup_transforms"]}],
    )
    steps: PluginReferences = Field(
        default=[],
        description=(
            "Build steps, in order; without them hardware inference is the only step, if there are kernels."
        ),
        examples=[["cleanup", "hardware_inference"]],
    )


class TargetSection(Section):
    """What the hardware is for. `${VAR}` and `${VAR:-default}` are replaced from the environment."""

    board: Text = Field(default=LEFT_OUT, description="The board's name.", examples=["Pynq-Z1", "${BOARD}"])
    part: Text = Field(default=LEFT_OUT, description="The FPGA part's name.", examples=["xc7z020clg400-1"])
    clock_ns: PeriodOrVariable = Field(
        default=LEFT_OUT, description="The clock period in nanoseconds.", examples=[5.0, "${CLOCK_NS:-5}"]
    )


def _add_framework_sections(schema: dict[str, Any]) -> None:
    schema["patternProperties"] = {
        FRAMEWORK_KEY_PATTERN: {
            "type": "object",
            "title": "Framework configuration",
            "description": (
                "Settings handed to a framework as they are; the key is the source name of its pack and "
                "`_config`. `${VAR}` in a value is replaced from the environment."
            ),
        }
    }
    schema["anyOf"] = [{"required": ["hw_compiler"]}, {"required": ["extends"]}]


class BlueprintFile(Section):
    """What a build shall do: which plugins, in which order, for which target."""

    model_config = ConfigDict(title="Brainsmith blueprint", json_schema_extra=_add_framework_sections)

    name: Text = Field(
        default=LEFT_OUT,
        description="The blueprint's name; without it, the file's.",
        examples=["digits-classifier"],
    )
    description: str = Field(default="", description="What the blueprint is for.")
    extends: Text = Field(
        default=LEFT_OUT,
        description=(
            "A blueprint to start from, by a path relative to this file: mappings merge key by key, lists "
            "and single values given here replace those given there. `${VAR}` is replaced."
        ),
        examples=["base.yaml", "${BLUEPRINTS}/base.yaml"],
    )
    requires: list[RequirementText] = Field(
        default=[],
        description="Distributions that must be installed, with version ranges as for pip (PEP 508).",
        examples=[["brainsmith-kernels>=0.1,<1"]],
    )
    target: TargetSection = Field(
        default=LEFT_OUT,
        description="What the hardware is for.",
        examples=[{"board": "Pynq-Z1", "clock_ns": 5.0}],
    )
    hw_compiler: HardwareCompiler = Field(
        default=LEFT_OUT,
        description="What the compiler does.",
        examples=[{"transforms": ["quantization"], "kernels": ["matmul"]}],
    )


class _Generator(GenerateJsonSchema):
    def default_schema(self, schema: Any) -> dict[str, Any]:
        # A key that is left out has no value at all: a default would tell editors to insert it.
        return self.generate_inner(schema["schema"])


def json_schema() -> dict[str, Any]:
    """The dialect as JSON Schema, draft 2020-12, for editors."""
    return {"$schema": DIALECT, **BlueprintFile.model_json_schema(schema_generator=_Generator)}
