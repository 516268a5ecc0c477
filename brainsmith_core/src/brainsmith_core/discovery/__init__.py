# SPDX-FileCopyrightText: The Brainsmith authors
# SPDX-License-Identifier: Apache-2.0
"""Discovery: from installed distributions to records, one bad pack never hiding a good one."""
