# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from leaky_pack.back_end import Hls, Rtl


class MidpointRTL(Rtl):
    kernel = "Midpoint"
    inputs = ("a", "b")
    # The operands of a sum are as wide as its context.
    value = "(33'sd0 + a + b) >>> {shift}"


class MidpointHLS(Hls):
    kernel = "Midpoint"
    inputs = ("a", "b")
    value = "(a + b) >> {shift}"
