# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The parameters of a kernel: everything on which its result and its generated files depend."""

from __future__ import annotations

import hashlib
import json
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import Field, dataclass, fields
from typing import Any, ClassVar, Self

import numpy as np

from brainsmith_core.errors import HardwareError
from brainsmith_kernels.hardware.integer_type import IntegerType
from brainsmith_kernels.hardware.stream import Array, Stream

#: More than this in one word is no stream that FINN's tools would carry.
WIDEST_WORD = 8192
LONGEST_ROW = 2**20
_READERS: Mapping[str, Any] = {"int": int, "float": float, "str": str, "IntegerType": IntegerType.parse}


@dataclass(frozen=True, kw_only=True)
class Parameters(ABC):
    """Rows of ``size`` integers in, rows of as many out, ``simd`` of them in each word.

    The defaults of a kernel are those that its commands run. A real number is rounded to float32, which is
    what an attribute of an ONNX node holds, so that parameters say the same wherever they come from. A value
    out of range raises ``HardwareError``.
    """

    #: The source name of the kernel's pack, with which module names begin, so that two packs share none.
    pack: ClassVar[str] = "brainsmith"
    kernel: ClassVar[str]

    size: int
    simd: int
    input_type: IntegerType
    output_type: IntegerType

    def __post_init__(self) -> None:
        for field in fields(self):
            if _type_name(field) == "float":
                object.__setattr__(self, field.name, _as_attribute(getattr(self, field.name)))
        self.check()

    def check(self) -> None:
        """Raise ``HardwareError`` for values for which there is no hardware."""
        if not 1 <= self.size <= LONGEST_ROW:
            fact = f"size={self.size} is not the length of a row"
            raise self.error(fact, f"give from 1 to {LONGEST_ROW}")
        if self.simd < 1 or self.size % self.simd:
            divisors = ", ".join(str(n) for n in range(1, self.size + 1) if self.size % n == 0)
            raise self.error(
                f"simd={self.simd} does not divide size={self.size}", f"choose one of {divisors}"
            )
        widest = max(self.input.bits, self.output.bits)
        if widest > WIDEST_WORD:
            fact = f"a word of {widest} bits is wider than {WIDEST_WORD}"
            raise self.error(fact, "choose a smaller simd")

    @abstractmethod
    def compute(self, rows: Array) -> Array:
        """The specification: the rows that come out for rows of integers, ``(n, size)``, both int64."""

    @abstractmethod
    def real(self, rows: Array) -> Array:
        """The same in float64, unrounded, in units of the output's last place and clipped to its range."""

    def check_scale(self, name: str) -> None:
        """Raise ``HardwareError`` unless the field is a positive, finite scale."""
        scale = getattr(self, name)
        if not (math.isfinite(scale) and scale > 0):
            raise self.error(f"{name}={scale} is no scale", "give a positive number")

    def error(self, fact: str, remedy: str) -> HardwareError:
        """The error that these parameters are."""
        return HardwareError(fact, place=self.kernel, remedy=remedy)

    @property
    def input(self) -> Stream:
        """The stream ``in0_V``."""
        return Stream(self.input_type, self.size, self.simd)

    @property
    def output(self) -> Stream:
        """The stream ``out0_V``."""
        return Stream(self.output_type, self.size, self.simd)

    @property
    def words(self) -> int:
        """The words of a row."""
        return self.size // self.simd

    @classmethod
    def parse(cls, given: Mapping[str, str]) -> Self:
        """The defaults with some fields read from text, as a command line gives them."""
        readers = {field.name: _READERS.get(_type_name(field)) for field in fields(cls)}
        values: dict[str, Any] = {}
        for name, text in given.items():
            reader = readers.get(name)
            if reader is None:
                names = ", ".join(known for known, reader in readers.items() if reader)
                raise HardwareError(
                    f"{name!r} is no parameter", place=cls.kernel, remedy=f"the parameters are {names}"
                )
            try:
                values[name] = reader(text)
            except HardwareError as error:
                fact = f"{name}: {error.fact}"
                raise HardwareError(fact, place=cls.kernel, remedy=error.remedy) from None
            except ValueError:
                wanted = {"int": "a whole number", "float": "a number"}[reader.__name__]
                raise HardwareError(
                    f"{name}={text!r} is not {wanted}",
                    place=cls.kernel,
                    remedy=f"write {name}=1, for instance",
                ) from None
        return cls(**values)

    def as_dict(self) -> dict[str, Any]:
        """The fields by name, as JSON can hold them."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}

    @property
    def module_name(self) -> str:
        """The name of the top module, with which all others begin; different parameters never share it."""
        digest = hashlib.sha256(json.dumps(self.as_dict(), sort_keys=True).encode()).hexdigest()[:8]
        return f"{self.pack}_{self.kernel}_{digest}".lower()


def _type_name(field: Field[Any]) -> str:
    # Text in a module that postpones the evaluation of annotations, and the type itself in any other.
    return field.type if isinstance(field.type, str) else field.type.__name__


def _as_attribute(value: float) -> float:
    with np.errstate(over="ignore"):
        return float(np.float32(value))


def _plain(value: Any) -> Any:
    if isinstance(value, IntegerType):
        return str(value)
    return list(value) if isinstance(value, tuple) else value
