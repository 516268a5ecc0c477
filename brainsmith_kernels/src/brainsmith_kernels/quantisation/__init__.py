# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Quantised tensors: what quantisers say, and the integers behind them."""
