# SPDX-License-Identifier: GPL-3.0-or-later
# An index of two indicators: its steps, what was imputed, its uncertainty, local weights, a mistake.
cat >frame.conf <<'END'
[frame]
unit = country
group = region
normalise = minmax 0 100
[indicator press]
group = media
direction = -1
[indicator courts]
group = law
[group media]
parent = index
[group law]
parent = index
[group index]
weight = 1
END
printf 'country,region,press,courts\nBIH,west,30,2\nGEO,east,40,3\nMKD,west,20,\nSRB,west,50,1\n' >data.csv
printf 'unit,indicator,weight\nGEO,law,3\n' >local.csv
tocsin measure composite --frame frame.conf --data data.csv --stage stage_aggregated --coverage coverage.csv
cat coverage.csv
tocsin measure composite --frame frame.conf --data data.csv --local local.csv
tocsin measure composite uncertainty --frame frame.conf --data data.csv --n 2000 --seed 7 --threads 2
tocsin measure composite sensitivity --frame frame.conf --data data.csv --n 500 --seed 7 --stage sa_rankstats --input-error 0
tocsin measure composite --frame frame.conf --data data.csv --stage stage_agregated
