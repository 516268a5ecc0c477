# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The tools that simulate and synthesise: core's."""

from brainsmith_core.tools import HLS_HEADERS, find_hls_headers, find_tool

__all__ = ["HLS_HEADERS", "find_hls_headers", "find_tool"]
