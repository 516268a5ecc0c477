# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Listing: the installed FINN's plugins as records, read from its source."""
