# SPDX-License-Identifier: GPL-3.0-or-later
# A table with a short row: file, line, column, hint.
printf 'country,year,indicator,value,low,high,source\nSRB,2020,v2x_polyarchy,0.3\n' >short.csv
tocsin collect --in short.csv --out -
