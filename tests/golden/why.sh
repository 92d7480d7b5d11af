# SPDX-License-Identifier: GPL-3.0-or-later
# From the plan of the gravest alert to the words; the first lines of the walk.
plan=$(tocsin --store "$WORLD" alert list --json=plan | grep -oE 'pl[0-9a-f]{32}' | head -n 1)
tocsin --store "$WORLD" why "$plan" | head -n 30
