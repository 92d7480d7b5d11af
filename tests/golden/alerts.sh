# SPDX-License-Identifier: GPL-3.0-or-later
# Alerts as a table for programs, gravest first, and the first of them shown.
tocsin --store "$WORLD" alert list
tocsin --store "$WORLD" alert show "$(tocsin --store "$WORLD" alert list --json=id | grep -oE 'al[0-9a-f]{32}' | head -n 1)"
