# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""From a name to a new pack's folder, by a template that an installed pack brings."""
