# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Timings: what listing a pack and loading a plugin cost, each measured in a process of its own."""
