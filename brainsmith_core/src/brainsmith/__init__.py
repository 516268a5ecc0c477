# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""The import paths that users write: ``plugins``, ``plugin`` and ``plugin.core``; re-exports only."""
