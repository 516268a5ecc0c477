# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Parameters: their defaults, how text becomes them, and what is refused."""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import make_dataclass

import numpy as np
import pytest

from brainsmith_core.errors import HardwareError
from brainsmith_kernels.hardware.integer_type import IntegerType
from brainsmith_kernels.layernorm.specification import LayerNormSpecification
from brainsmith_kernels.lut_activation.specification import LutActivationSpecification
from brainsmith_kernels.rmsnorm.specification import RMSNormSpecification
from brainsmith_kernels.softmax.specification import SoftmaxSpecification

SPECIFICATIONS = (
    LayerNormSpecification,
    LutActivationSpecification,
    RMSNormSpecification,
    SoftmaxSpecification,
)

REFUSED = [
    (SoftmaxSpecification, {"simd": "5"}, "simd=5 does not divide size=64"),
    (SoftmaxSpecification, {"simd": "0"}, "simd=0 does not divide"),
    (SoftmaxSpecification, {"size": "0"}, "size=0 is not the length"),
    (SoftmaxSpecification, {"size": "99999999999999999999"}, "is not the length"),
    (SoftmaxSpecification, {"lanes": "4"}, "'lanes' is no parameter"),
    (SoftmaxSpecification, {"simd": "four"}, "simd='four' is not a whole number"),
    (SoftmaxSpecification, {"input_scale": "small"}, "input_scale='small' is not a number"),
    (SoftmaxSpecification, {"input_type": "FLOAT32"}, "input_type: 'FLOAT32' is not an integer type"),
    (SoftmaxSpecification, {"input_type": "INT16"}, "input_type=INT16 has no table"),
    (SoftmaxSpecification, {"output_type": "INT17"}, "output_type=INT17 is out of range"),
    (SoftmaxSpecification, {"input_scale": "0"}, "input_scale=0.0 is no scale"),
    (SoftmaxSpecification, {"input_scale": "nan"}, "input_scale=nan is no scale"),
    (SoftmaxSpecification, {"output_scale": "-1"}, "output_scale=-1.0 is no scale"),
    (SoftmaxSpecification, {"output_scale": "2"}, "no last place of numbers up to 1"),
    (SoftmaxSpecification, {"size": "2048", "simd": "2048"}, "a word of 16384 bits"),
    (LayerNormSpecification, {"size": "1", "simd": "1"}, "size=1 has no hardware"),
    (LayerNormSpecification, {"input_type": "INT17"}, "input_type=INT17 is out of range"),
    (LayerNormSpecification, {"epsilon": "-0.5"}, "epsilon=-0.5 is negative"),
    (LayerNormSpecification, {"epsilon": "inf"}, "epsilon=inf is negative or not finite"),
    (LayerNormSpecification, {"input_scale": "1e-12"}, "drowns any variance"),
    (LayerNormSpecification, {"output_scale": "0"}, "output_scale=0.0 is no scale"),
    (LayerNormSpecification, {"output_scale": "1e9"}, "output_scale=1000000000.0 is out of range"),
    (RMSNormSpecification, {"input_scale": "-1"}, "input_scale=-1.0 is no scale"),
    (LutActivationSpecification, {"input_type": "INT9"}, "has more than 256 values"),
    (LutActivationSpecification, {"output_type": "INT33"}, "has more than 32 bits"),
    (LutActivationSpecification, {"function": "sine"}, "function='sine' is unknown"),
    (LutActivationSpecification, {"input_scale": "inf"}, "input_scale=inf is no scale"),
]


@pytest.mark.parametrize(("specification", "given", "message"), REFUSED, ids=lambda value: str(value)[:40])
def test_bad_parameters_are_errors_that_say_what_to_do(specification, given, message):
    with pytest.raises(HardwareError, match=message.replace("(", r"\(")) as raised:
        specification.parse(given)
    assert raised.value.remedy


def test_annotations_may_be_types_as_well_as_their_names():
    fields = [("factor", float, 1.5), ("count", int, 3)]
    plain = make_dataclass("Plain", fields, bases=(SoftmaxSpecification,), frozen=True, kw_only=True)
    parameters = plain.parse({"factor": "0.1", "count": "7"})
    assert (parameters.count, parameters.factor) == (7, float(np.float32(0.1)))


def test_text_takes_the_place_of_defaults():
    parameters = SoftmaxSpecification.parse({"size": "12", "simd": "3", "input_type": "UINT4"})
    assert (parameters.size, parameters.words, parameters.input_type) == (12, 4, IntegerType(4, False))
    assert parameters.output_scale == 1 / 256


@pytest.mark.parametrize("specification", SPECIFICATIONS)
def test_the_module_name_tells_parameters_apart_and_is_the_same_in_every_process(specification):
    names = [specification.parse({"simd": simd}).module_name for simd in ("1", "2", "4")]
    assert len(set(names)) == 3
    code = "import pickle, sys; print(pickle.loads(sys.stdin.buffer.read()).module_name)"
    pickled = pickle.dumps(specification.parse({"simd": "2"}))
    done = subprocess.run([sys.executable, "-c", code], input=pickled, capture_output=True, check=True)
    assert done.stdout.decode().strip() == names[1]


def test_a_real_number_is_one_that_a_node_s_attribute_holds():
    parameters = LayerNormSpecification(epsilon=1e-5, input_scale=0.3)
    assert (parameters.epsilon, parameters.input_scale) == (np.float32(1e-5), np.float32(0.3))
    assert parameters == LayerNormSpecification(epsilon=float(np.float32(1e-5)), input_scale=np.float32(0.3))
