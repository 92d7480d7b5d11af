# SPDX-License-Identifier: GPL-3.0-or-later
# Why a forecast is what it is, on a made panel in which conflict alone closes spaces; what acting was worth; refusals.
awk 'BEGIN {
	split("v2x_freexp_altinf v2x_horacc_osp v2x_pubcorr v2x_veracc_osp v2xcl_rol v2xcs_ccsi", space)
	printf "gwcode,iso3,region,year"
	for (k = 1; k <= 6; k++) printf ",%s", space[k]
	print ",internal_confl"
	seed = 12345
	for (u = 1; u <= 40; u++) {
		war = 0
		for (k = 1; k <= 6; k++) x[k] = .7
		for (year = 1986; year <= 2010; year++) {
			printf "%d,U%02d,%d,%d", u, u, u % 4 + 1, year
			for (k = 1; k <= 6; k++) {
				seed = (seed * 69069 + 1) % 4294967296
				draw = seed / 4294967296
				if (war && draw < .8) x[k] -= .2
				else if (x[k] < .6) x[k] += .15
				else x[k] = .7 + .01 * (draw - .5)
				if (x[k] < .02) x[k] = .02
				if (u == 40 && year > 2008 && k == 2) printf ","
				else printf ",%.3f", x[k]
			}
			seed = (seed * 69069 + 1) % 4294967296
			war = year == 2010 ? u <= 5 : seed / 4294967296 < .12
			print "," war
		}
	}
}' >panel.csv
why() { tocsin foresee why --in panel.csv --origin 2010 "$@" 2>&1; }
why --unit U03 --space v2xcs_ccsi --direction closing
why --unit 3 --space v2xcs_ccsi --direction closing --threads 1 --json=direction,drivers,horizon,similar,unit
why --unit U99 --space v2xcs_ccsi --direction closing
why --unit U03 --space v2xcs_csi --direction closing
why --unit U40 --space v2x_horacc_osp --direction opening
why --unit U03 --space v2xcs_ccsi --direction closes
why --unit U03 --space v2xcs_ccsi
tocsin foresee why --in panel.csv --origin 2014 --unit 3 --space v2xcs_ccsi --direction closing 2>&1
tocsin foresee decide --in panel.csv --origin 2010 --cost-loss monitor,.5 --out worth.csv
head -n 5 worth.csv
tail -n 2 worth.csv
tocsin foresee decide --in panel.csv --origin 2010 --cost-loss .1,2 2>&1
tocsin foresee decide --in panel.csv --origin 1990 2>&1
