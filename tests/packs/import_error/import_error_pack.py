# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack that needs what is not installed."""

from __future__ import annotations

import a_module_that_nobody_has  # noqa: F401
