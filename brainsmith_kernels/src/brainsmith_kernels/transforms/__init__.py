# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Graph transformations, one to a module."""
