# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Unsuited: the reason for which a node is left as it is."""

from __future__ import annotations


class Unsuited(Exception):
    """A node cannot become a kernel; the text says why. Inference catches it and goes on."""
