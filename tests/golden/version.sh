# SPDX-License-Identifier: GPL-3.0-or-later
# The version names commit, schema and engine; their values are masked.
tocsin --version | sed 's/commit .*/commit C/; /commit/!s/[0-9][0-9.]*[0-9]/N/g'
