# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Simulation and synthesis of generated hardware, with tools that anyone can install."""
