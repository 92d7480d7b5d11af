# SPDX-License-Identifier: GPL-3.0-or-later
# Civic space, divergence and nowcast as filters: small tables, and what is wrong with one.
cat >s.csv <<TABLE
country,year,fh_total,fh_total_sd
Serbia,2024,56,3
Democractic Republic of the Congo,2024,18,
Atlantis,2024,50,
TABLE
tocsin measure civic --source fh=s.csv --parts parts.csv
cat parts.csv
tocsin measure civic --source fh=s.csv --labels s.csv
tocsin measure divergence --source fh=s.csv --source again=s.csv
tocsin measure divergence --source fh=s.csv
tocsin measure nowcast --index fh=s.csv --until 2025-06
tocsin measure nowcast --lag 3
tocsin measure civic --source s.csv
echo 'Serbia,2024,57,' >>s.csv
tocsin measure civic --source fh=s.csv
tocsin --store "$WORLD" country show GEO | sed -n '/nowcast/,/episodes/p'
