# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A kernel and its back end."""

from __future__ import annotations

import acme_heavy

import brainsmith.plugin.core as declaring


@declaring.kernel(op_type="AcmeSoftmax")
class Softmax:
    """Normalise exponentially."""

    framework = acme_heavy


@declaring.backend(name="SoftmaxHLS", kernel="Softmax", language="hls")
class SoftmaxInHls(Softmax):
    """Softmax in HLS."""
