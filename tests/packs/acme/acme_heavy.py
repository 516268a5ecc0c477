# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A framework that is dear to import: only code of plugins may do so."""

from __future__ import annotations


class Transformation:
    """The base of this framework's transformations."""

    def apply(self, model: object) -> tuple[object, bool]:
        raise NotImplementedError
