# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Everything of the installed FINN, as Brainsmith plugins."""
