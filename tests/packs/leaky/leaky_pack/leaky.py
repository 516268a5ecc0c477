# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from leaky_pack.back_end import Hls, Rtl


class LeakyRelu2RTL(Rtl):
    value = "x < 0 ? (x >>> {shift}) : x"


class LeakyRelu2HLS(Hls):
    value = "x < 0 ? ap_int<64>(x >> {shift}) : ap_int<64>(x)"
