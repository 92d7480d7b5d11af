#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make data/units/*.csv from the tables named in data/units/README.md.

usage: bench/make_units.py SHARED_DATA_DIR data/units
reads  SHARED_DATA_DIR/gazetteer/{territories,cities}.tsv and vdem/country_codes.csv
Facts that those tables lack or have wrong stand below, each well known and checkable.
"""
import csv
import os
import sys

LOCALES = {
    "en": ("en", "Latn"), "fr": ("fr", "Latn"), "sr": ("sr", "Cyrl"), "sr_Latn": ("sr", "Latn"),
    "bs": ("bs", "Latn"), "hr": ("hr", "Latn"), "mk": ("mk", "Cyrl"), "sq": ("sq", "Latn"),
    "ka": ("ka", "Geor"), "uk": ("uk", "Cyrl"), "ru": ("ru", "Cyrl"), "ar": ("ar", "Arab"),
    "hy": ("hy", "Armn"), "az": ("az", "Latn"), "be": ("be", "Cyrl"), "ro": ("ro", "Latn"),
    "tr": ("tr", "Latn"), "he": ("he", "Hebr"),
}

# Independence or succession since 1990, the day generally given.
FROM = {
    "NAM": "1990-03-21", "YEM": "1990-05-22", "LTU": "1990-03-11", "GEO": "1991-04-09",
    "HRV": "1991-06-25", "SVN": "1991-06-25", "EST": "1991-08-20", "LVA": "1991-08-21",
    "UKR": "1991-08-24", "BLR": "1991-08-25", "MDA": "1991-08-27", "AZE": "1991-10-18",
    "KGZ": "1991-08-31", "UZB": "1991-09-01", "MKD": "1991-09-08", "TJK": "1991-09-09",
    "ARM": "1991-09-21", "TKM": "1991-10-27", "KAZ": "1991-12-16", "BIH": "1992-03-03",
    "CZE": "1993-01-01", "SVK": "1993-01-01", "ERI": "1993-05-24", "PLW": "1994-10-01",
    "TLS": "2002-05-20", "MNE": "2006-06-03", "XKX": "2008-02-17", "SSD": "2011-07-09",
}

# Units that the gazetteer lacks: id, kind, parent, from, past, name.
MORE = [
    ("EUE", "body", "", "1993-11-01", "", "European Union"),
    ("PSG", "territory", "PSE", "", "", "Gaza"),
    ("BIH-SRP", "entity", "BIH", "1995-12-14", "", "Republika Srpska"),
    ("BIH-BIH", "entity", "BIH", "1995-12-14", "", "Federation of Bosnia and Herzegovina"),
    ("BIH-BRC", "entity", "BIH", "2000-03-08", "", "Brčko District"),
    ("SML", "territory", "SOM", "1991-05-18", "", "Somaliland"),
    ("ZZB", "entity", "TZA", "", "", "Zanzibar"),
    ("DDR", "state", "", "1949-10-07", "1990-10-03", "German Democratic Republic"),
    ("YMD", "state", "", "1967-11-30", "1990-05-22", "South Yemen"),
    ("VDR", "state", "", "1955-10-26", "1976-07-02", "South Vietnam"),
    ("PSB", "territory", "", "1920-07-01", "1948-05-15", "Mandatory Palestine"),
]

# English name shown, where CLDR's first form is not the one used here.
SHOWN = {
    "COD": "Democratic Republic of the Congo", "COG": "Republic of the Congo", "HKG": "Hong Kong",
    "MAC": "Macao", "MMR": "Myanmar", "PSE": "Palestine", "TUR": "Türkiye", "CPV": "Cabo Verde",
}

# Small states of the Gleditsch-Ward and Correlates of War lists that V-Dem does not code: gw, cow.
SMALL = {
    "BHS": (31, 31), "GRD": (55, 55), "LCA": (56, 56), "VCT": (57, 57), "ATG": (58, 58),
    "DMA": (54, 54), "KNA": (60, 60), "BLZ": (80, 80), "MCO": (221, 221), "LIE": (223, 223),
    "AND": (232, 232), "SMR": (331, 331), "BRN": (835, 835), "KIR": (970, 946), "NRU": (971, 970),
    "TON": (972, 955), "TUV": (973, 947), "MHL": (983, 983), "PLW": (986, 986), "FSM": (987, 987),
    "WSM": (990, 990),
}

# Codes with a life of their own: unit, scheme, code, from, past. They replace V-Dem's for gw and cow.
# The ISO and FIPS codes of today have no start: tables name a unit by them for all its past.
DATED = [
    ("SRB", "gw", "345", "", "2006-06-05"), ("SRB", "gw", "340", "2006-06-05", ""),
    ("SRB", "cow", "345", "", ""),
    ("DEU", "gw", "260", "", ""), ("DEU", "cow", "260", "", "1990-10-03"),
    ("DEU", "cow", "255", "1990-10-03", ""),
    ("YEM", "gw", "678", "", ""), ("YEM", "cow", "678", "", "1990-05-22"),
    ("YEM", "cow", "679", "1990-05-22", ""),
    ("SRB", "iso2", "YU", "", "2003-07-23"), ("SRB", "iso3", "YUG", "", "2003-07-23"),
    ("SRB", "iso2", "CS", "2003-07-23", "2006-09-26"), ("SRB", "iso3", "SCG", "2003-07-23", "2006-09-26"),
    ("COD", "iso2", "ZR", "", "1997-07-14"), ("COD", "iso3", "ZAR", "", "1997-07-14"),
    ("TLS", "iso2", "TP", "", "2002-05-20"), ("TLS", "iso3", "TMP", "", "2002-05-20"),
    ("ROU", "iso3", "ROM", "", "2002-02-01"),
    ("DDR", "iso2", "DD", "", "1990-10-03"), ("DDR", "iso3", "DDR", "", "1990-10-03"),
    ("YMD", "iso2", "YD", "", "1990-08-14"), ("YMD", "iso3", "YMD", "", "1990-08-14"),
    ("PSG", "fips", "GZ", "", ""), ("EUE", "iso2", "EU", "", ""),
]
MACEDONIA = {
    "en": "Macedonia|Former Yugoslav Republic of Macedonia|FYROM", "fr": "Macédoine|ARYM",
    "sr": "Македонија|БЈРМ", "sr_Latn": "Makedonija|BJRM", "bs": "Makedonija", "hr": "Makedonija",
    "mk": "Македонија", "sq": "Maqedonia|Maqedoni", "ka": "მაკედონია", "uk": "Македонія",
    "ru": "Македония", "ar": "مقدونيا", "hy": "Մակեդոնիա", "az": "Makedoniya", "be": "Македонія",
    "ro": "Macedonia", "tr": "Makedonya", "he": "מקדוניה",
}
RENAMED = "2019-02-12"   # the Prespa agreement in force

# Names that the gazetteer lacks: unit, locale, variants.
NAMES = [
    ("BIH", "en", "Bosnia-Herzegovina|BiH"), ("BIH", "fr", "Bosnie"), ("BIH", "sr", "Босна|БиХ"),
    ("BIH", "sr_Latn", "Bosna|BiH"), ("BIH", "bs", "Bosna|BiH"), ("BIH", "hr", "Bosna|BiH"),
    ("BIH", "mk", "Босна|БиХ"), ("BIH", "sq", "Bosnja dhe Hercegovina|Bosnja"), ("BIH", "uk", "Боснія"),
    ("BIH", "ru", "Босния"), ("BIH", "ka", "ბოსნია"), ("BIH", "ar", "البوسنة"), ("BIH", "tr", "Bosna"),
    ("BIH", "ro", "Bosnia"), ("BIH", "be", "Боснія"),
    ("TUR", "en", "Turkey"), ("TUR", "fr", "Türkiye"),
    ("PSE", "en", "Palestinian territories|West Bank|West Bank and Gaza|occupied Palestinian territory"),
    ("PSE", "fr", "Cisjordanie"), ("PSE", "ar", "الضفة الغربية"),
    ("COD", "en", "DR Congo|DRC"), ("COD", "fr", "République démocratique du Congo|RDC"),
    ("GBR", "en", "Britain|Great Britain"), ("GBR", "fr", "Grande-Bretagne"),
    ("USA", "en", "United States of America|USA|U.S."), ("USA", "fr", "États-Unis d'Amérique"),
    ("CIV", "en", "Cote d'Ivoire"), ("BRN", "en", "Brunei Darussalam"), ("RUS", "en", "Russian Federation"),
    ("RUS", "fr", "Fédération de Russie"), ("SYR", "en", "Syrian Arab Republic"),
    ("PRK", "en", "DPRK"), ("LAO", "en", "Lao PDR"), ("VAT", "en", "Holy See"),
    ("MDA", "en", "Republic of Moldova"), ("MDA", "ro", "Republica Moldova"),
    ("EUE", "en", "European Union|EU"), ("EUE", "fr", "Union européenne|UE"),
    ("EUE", "sr", "Европска унија|ЕУ"), ("EUE", "sr_Latn", "Evropska unija|EU"),
    ("EUE", "bs", "Evropska unija|EU"), ("EUE", "hr", "Europska unija|EU"),
    ("EUE", "mk", "Европска Унија|ЕУ"), ("EUE", "sq", "Bashkimi Evropian"),
    ("EUE", "ka", "ევროკავშირი|ევროპის კავშირი"), ("EUE", "uk", "Європейський Союз|ЄС|Євросоюз"),
    ("EUE", "ru", "Европейский союз|ЕС|Евросоюз"), ("EUE", "ar", "الاتحاد الأوروبي"),
    ("EUE", "hy", "Եվրոպական միություն|Եվրամիություն"), ("EUE", "az", "Avropa İttifaqı"),
    ("EUE", "be", "Еўрапейскі саюз|ЕС"), ("EUE", "ro", "Uniunea Europeană|UE"),
    ("EUE", "tr", "Avrupa Birliği|AB"), ("EUE", "he", "האיחוד האירופי"),
    ("PSG", "en", "Gaza|Gaza Strip"), ("PSG", "fr", "Gaza|bande de Gaza"), ("PSG", "sr", "Газа|Појас Газе"),
    ("PSG", "sr_Latn", "Gaza|Pojas Gaze"), ("PSG", "bs", "Gaza|Pojas Gaze"), ("PSG", "hr", "Gaza|Pojas Gaze"),
    ("PSG", "mk", "Газа|Појас Газа"), ("PSG", "sq", "Gaza|Rripi i Gazës"), ("PSG", "ka", "ღაზა|ღაზის სექტორი"),
    ("PSG", "uk", "Газа|Сектор Гази"), ("PSG", "ru", "Газа|Сектор Газа"), ("PSG", "ar", "غزة|قطاع غزة"),
    ("PSG", "hy", "Գազա|Գազայի հատված"), ("PSG", "az", "Qəzza|Qəzza zolağı"), ("PSG", "be", "Газа|Сектар Газа"),
    ("PSG", "ro", "Gaza|Fâșia Gaza"), ("PSG", "tr", "Gazze|Gazze Şeridi"), ("PSG", "he", "עזה|רצועת עזה"),
    ("BIH-SRP", "en", "Republika Srpska"), ("BIH-SRP", "fr", "Republika Srpska|République serbe de Bosnie"),
    ("BIH-SRP", "sr", "Република Српска"), ("BIH-SRP", "sr_Latn", "Republika Srpska"),
    ("BIH-SRP", "bs", "Republika Srpska"), ("BIH-SRP", "hr", "Republika Srpska"),
    ("BIH-SRP", "mk", "Република Српска"), ("BIH-SRP", "sq", "Republika Srpska"),
    ("BIH-SRP", "uk", "Республіка Сербська"), ("BIH-SRP", "ru", "Республика Сербская"),
    ("BIH-SRP", "ar", "جمهورية صرب البوسنة"), ("BIH-SRP", "ro", "Republika Srpska"),
    ("BIH-SRP", "be", "Рэспубліка Сербская"), ("BIH-SRP", "tr", "Sırp Cumhuriyeti"),
    ("BIH-BIH", "en", "Federation of Bosnia and Herzegovina"),
    ("BIH-BIH", "fr", "Fédération de Bosnie-Herzégovine"), ("BIH-BIH", "sr", "Федерација Босне и Херцеговине"),
    ("BIH-BIH", "sr_Latn", "Federacija Bosne i Hercegovine"), ("BIH-BIH", "bs", "Federacija Bosne i Hercegovine"),
    ("BIH-BIH", "hr", "Federacija Bosne i Hercegovine"), ("BIH-BIH", "mk", "Федерација Босна и Херцеговина"),
    ("BIH-BIH", "uk", "Федерація Боснії і Герцеговини"), ("BIH-BIH", "ru", "Федерация Боснии и Герцеговины"),
    ("BIH-BRC", "en", "Brčko District|Brčko"), ("BIH-BRC", "bs", "Brčko distrikt"), ("BIH-BRC", "sr", "Брчко дистрикт"),
    ("BIH-BRC", "sr_Latn", "Brčko distrikt"), ("BIH-BRC", "hr", "Distrikt Brčko"),
    ("SML", "en", "Somaliland"), ("SML", "fr", "Somaliland"), ("SML", "ar", "أرض الصومال"),
    ("ZZB", "en", "Zanzibar"), ("ZZB", "fr", "Zanzibar"), ("ZZB", "ar", "زنجبار"),
    ("DDR", "en", "German Democratic Republic|East Germany|GDR"), ("YMD", "en", "South Yemen"),
    ("VDR", "en", "South Vietnam|Republic of Vietnam"), ("PSB", "en", "Mandatory Palestine"),
]

# The gazetteer draws this border through Kosovo, which it also lists on its own.
NO_BORDER = {("SRB", "ALB")}
MORE_BORDERS = [
    ("PSG", "ISR"), ("PSG", "EGY"), ("BIH-SRP", "SRB"), ("BIH-SRP", "MNE"), ("BIH-SRP", "HRV"),
    ("BIH-SRP", "BIH-BIH"), ("BIH-BIH", "HRV"), ("BIH-BIH", "MNE"), ("BIH-BRC", "BIH-SRP"),
    ("BIH-BRC", "BIH-BIH"), ("BIH-BRC", "HRV"), ("SML", "SOM"), ("SML", "ETH"), ("SML", "DJI"),
]


def table(path, delimiter):
    with open(path, encoding="utf-8", newline="") as f:
        quoting = csv.QUOTE_NONE if delimiter == "\t" else csv.QUOTE_MINIMAL
        return list(csv.DictReader(f, delimiter=delimiter, quoting=quoting))


def write(folder, name, header, rows):
    with open(os.path.join(folder, name), "w", encoding="utf-8", newline="") as f:
        out = csv.writer(f, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)
    print(f"{name}: {len(rows)} rows")


def english(name):
    return name.replace(" & ", " and ").replace("St. ", "Saint ")


def make_units(places, vdem):
    coded = {row["country_text_id"] for row in vdem if row["GWn"]} | set(SMALL)
    rows = []
    for place in places:
        key = place["iso3"]
        kind = "state" if key in coded or key == "VAT" else "territory"
        name = SHOWN.get(key) or english(place["en"].split("|")[0])
        rows.append((key, kind, "", FROM.get(key, ""), "", name))
    return sorted(rows + MORE)


def make_codes(places, vdem):
    rows = list(DATED)
    numbered = {(unit, scheme) for unit, scheme, *_ in DATED if scheme in ("gw", "cow")}
    for place in places:
        for scheme in ("iso2", "iso3", "fips"):
            if place[scheme]:
                rows.append((place["iso3"], scheme, place[scheme], "", ""))
    past = {row[0]: row[4] for row in MORE}
    for row in vdem:
        unit = row["country_text_id"]
        rows.append((unit, "vdem", unit, "", ""))
        for scheme, column in (("gw", "GWn"), ("cow", "cown")):
            if row[column] and (unit, scheme) not in numbered:
                rows.append((unit, scheme, row[column], FROM.get(unit, ""), past.get(unit, "")))
    for unit in ("VDR", "PSB"):   # V-Dem units that ended before its country table begins
        rows.append((unit, "vdem", unit, "", ""))
    for unit, (gw, cow) in SMALL.items():
        rows += [(unit, "gw", gw, FROM.get(unit, ""), ""), (unit, "cow", cow, FROM.get(unit, ""), "")]
    return sorted({tuple(str(cell) for cell in row) for row in rows})


def variants(place, locale):
    names = [v.strip() for v in place[locale].split("|") if v.strip()]
    if locale == "en":
        shown = [SHOWN[place["iso3"]]] if place["iso3"] in SHOWN else []
        names = shown + [english(n) for n in names] + names
    return names


def make_names(places):
    rows, seen = [], set()

    def add(unit, locale, name, standard, begin="", past=""):
        lang, script = LOCALES[locale]
        if (unit, lang, script, name) not in seen:
            seen.add((unit, lang, script, name))
            rows.append((unit, lang, script, name, standard, begin, past))

    for place in places:
        for locale in LOCALES:
            for i, name in enumerate(variants(place, locale)):
                begin = RENAMED if place["iso3"] == "MKD" else ""
                add(place["iso3"], locale, name, int(i == 0), begin)
    for locale, names in MACEDONIA.items():
        for name in names.split("|"):
            add("MKD", locale, name, 0, "", RENAMED)
    for unit, locale, names in NAMES:
        new = not any(row[0] == unit and (row[1], row[2]) == LOCALES[locale] for row in rows)
        for i, name in enumerate(names.split("|")):
            add(unit, locale, name, int(new and i == 0))
    return sorted(rows, key=lambda r: (r[0], r[1], r[2], -r[4], r[3]))


def make_borders(places):
    iso3 = {place["iso2"]: place["iso3"] for place in places}
    pairs = set(MORE_BORDERS)
    for place in places:
        for other in filter(None, place["neighbours"].split(",")):
            if other in iso3:
                pairs.add((place["iso3"], iso3[other]))
    pairs -= NO_BORDER | {(b, a) for a, b in NO_BORDER}
    return sorted(pairs | {(b, a) for a, b in pairs})


def make_cities(places, cities, names):
    iso3 = {place["iso2"]: place["iso3"] for place in places}
    owner, rows = {}, set()
    for _, lang, _, name, *_ in names:
        owner.setdefault((lang, name), set()).add("country")
    candidates = []
    for city in cities:
        if city["iso2"] in iso3:
            for locale, (lang, script) in LOCALES.items():
                for name in filter(None, city[locale].split("|")):
                    candidates.append((iso3[city["iso2"]], lang, script, name.split(",")[0].strip()))
    for place in places:
        if place["capital_en"]:
            candidates.append((place["iso3"], "en", "Latn", place["capital_en"]))
    candidates += [("UKR", "en", "Latn", "Kyiv"), ("SRB", "en", "Latn", "Novi Sad"),
                   ("BIH-SRP", "en", "Latn", "Banja Luka"), ("BIH-SRP", "sr", "Cyrl", "Бања Лука"),
                   ("BIH-SRP", "sr", "Latn", "Banja Luka"), ("BIH-SRP", "bs", "Latn", "Banja Luka")]
    for unit, lang, _, name in candidates:
        owner.setdefault((lang, name), set()).add(unit)
    for row in candidates:
        if owner[(row[1], row[3])] == {row[0]}:   # a name of two places says nothing
            rows.add(row)
    return sorted(rows)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    source, target = sys.argv[1:]
    places = table(os.path.join(source, "gazetteer", "territories.tsv"), "\t")
    cities = table(os.path.join(source, "gazetteer", "cities.tsv"), "\t")
    vdem = table(os.path.join(source, "vdem", "country_codes.csv"), ",")
    names = make_names(places)
    write(target, "units.csv", ["id", "kind", "parent", "from", "past", "name"], make_units(places, vdem))
    write(target, "codes.csv", ["unit", "scheme", "code", "from", "past"], make_codes(places, vdem))
    write(target, "names.csv", ["unit", "lang", "script", "name", "standard", "from", "past"], names)
    write(target, "neighbours.csv", ["unit", "neighbour"], make_borders(places))
    write(target, "cities.csv", ["unit", "lang", "script", "name"], make_cities(places, cities, names))


if __name__ == "__main__":
    main()
