# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""A pack that ends the process that imports it."""

from __future__ import annotations

import sys

sys.exit("no licence found")
