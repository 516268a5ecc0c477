# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Builds: a plan carried out on a model, the only stage with side effects."""
