# SPDX-License-Identifier: GPL-3.0-or-later
# The effect of interventions: the demonstration's responses, of which nobody can tell; a planted effect; mistakes.
tocsin learn effects --in "$DATA/demo/indices.csv" --treated "$DATA/demo/responses.csv" --out -
awk 'BEGIN {
	print "iso3,year,score,other"
	for (i = 0; i < 30; i++) for (t = 0; t < 20; t++) {
		noise = ((i * 37 + t * 101 + i * t * 13) % 41 - 20) / 1000
		print "U" 10 + i "," 2000 + t "," 0.5 + i / 100 + noise + (i < 4 && t >= 12 + i % 2) * 0.2 ",1"
	}
}' >panel.csv
printf 'unit,year\nU10,2012\nU11,2013\nU12,2012\nU13,2013\n' >treated.csv
tocsin learn effects --in panel.csv --indicator score --treated treated.csv --horizon 3
tocsin --jsonl learn effects --in panel.csv --indicator score --treated treated.csv --horizon 1 --out - | head -n 1
tocsin learn effects --in panel.csv --treated treated.csv
tocsin learn effects --in panel.csv --indicator scor --treated treated.csv
tocsin learn effects --in panel.csv --indicator score --treated panel.csv --horizon 0
tocsin learn effects --in panel.csv
printf 'unit,year\nU10,2012\nU11,soon\n' >treated.csv
tocsin learn effects --in panel.csv --indicator score --treated treated.csv
