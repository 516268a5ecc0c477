# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""InferRMSNorm: root-mean-square normalisations between quantisers become nodes of the integer kernel."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from brainsmith_kernels.domain import is_standard
from brainsmith_kernels.graph import GraphIndex, attribute
from brainsmith_kernels.layernorm.infer import InferLayerNorm, Norm
from brainsmith_kernels.layernorm.normalization import Normalization
from brainsmith_kernels.rmsnorm.pattern import find_decomposed_rms_norms
from brainsmith_kernels.rmsnorm.specification import RMSNormSpecification


class InferRMSNorm(InferLayerNorm):
    """Replace each root-mean-square normalisation as InferLayerNorm does layer normalisations.

    Recognised are ONNX's RMSNormalization and its elementary form. The input may have no zero point.
    """

    specification = RMSNormSpecification

    def candidates(self, index: GraphIndex) -> Iterable[Norm]:
        """The normalisations of the graph: written out, and ONNX's."""
        for written in find_decomposed_rms_norms(index):
            yield Norm(written.nodes, written.input, written.output, written.axis, written.epsilon)
        for node in index.model.graph.node:
            if is_standard(node, "RMSNormalization"):
                shape = index.shape(node.input[0]) or ()
                axis = int(attribute(node, "axis", -1))
                axis = axis - len(shape) if axis >= 0 else axis
                epsilon = float(attribute(node, "epsilon", 1e-5))
                scale = index.constant(node.input[1])
                plain = scale is not None and bool((scale == np.float32(1)).all())
                whole = None if plain else Normalization(node, shape, axis, epsilon, True, False)
                yield Norm((node,), node.input[0], node.output[0], axis, epsilon, whole)
