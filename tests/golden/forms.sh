# SPDX-License-Identifier: GPL-3.0-or-later
# The same facts as rows, as an object, by chosen fields, as a table for programs; chances are ranges in each.
tocsin --store "$WORLD" country list | head -n 4
tocsin --store "$WORLD" country list --json=unit,closing | head -n 3
tocsin --store "$WORLD" country show GEO --json
tocsin --store "$WORLD" report GEO --csv
tocsin --store "$WORLD" forecast show "$(tocsin --store "$WORLD" forecast list --unit GEO --json=id | grep -oE 'fo[0-9a-f]{32}' | head -n 1)"
