# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Blueprints: what a build shall do, read from YAML and settled against the registry."""
