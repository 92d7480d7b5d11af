/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * language.c - the language of a text. A script of one language decides alone;
 * letters that only one alphabet has decide among Cyrillic ones; the rest is
 * CLD2's, with the feed's language as a hint for short or close-related texts.
 */
#include <string.h>

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <tocsin/text.h>

const char *cld2_language(const char *s, int len, int *percent, bool *reliable);

#define SHORT_LETTERS 20

struct letters {
	size_t all, latin, cyrillic, arabic, georgian, armenian, hebrew;
	size_t serbian, macedonian, ukrainian, russian, belarusian, bulgarian_hard;
};

static void count_cyrillic(struct letters *n, uint32_t c)
{
	switch (u_tolower((UChar32)c)) {
	case 0x452: case 0x45b:                         /* dj, tj */
		n->serbian++;
		break;
	case 0x453: case 0x45c: case 0x455:             /* gj, kj, dz */
		n->macedonian++;
		break;
	case 0x456: case 0x457: case 0x454: case 0x491: /* i, ji, ie, g */
		n->ukrainian++;
		break;
	case 0x45e:                                     /* short u */
		n->belarusian++;
		break;
	case 0x44b: case 0x44d: case 0x451:             /* y, e, io */
		n->russian++;
		break;
	case 0x44a:                                     /* hard sign */
		n->bulgarian_hard++;
		break;
	default:
		break;
	}
}

static struct letters count_letters(const char *s, size_t len)
{
	struct letters n = {0};

	for (size_t at = 0; at < len;) {
		uint32_t c = utf8_next(s, len, &at);
		UErrorCode status = U_ZERO_ERROR;

		if (c < 0x80) {
			bool letter = (c | 32) >= 'a' && (c | 32) <= 'z';

			n.all += letter;
			n.latin += letter;
			continue;
		}
		if (!u_isalpha((UChar32)c))
			continue;
		n.all++;
		switch (uscript_getScript((UChar32)c, &status)) {
		case USCRIPT_LATIN:
			n.latin++;
			break;
		case USCRIPT_CYRILLIC:
			n.cyrillic++;
			count_cyrillic(&n, c);
			break;
		case USCRIPT_ARABIC:
			n.arabic++;
			break;
		case USCRIPT_GEORGIAN:
			n.georgian++;
			break;
		case USCRIPT_ARMENIAN:
			n.armenian++;
			break;
		case USCRIPT_HEBREW:
			n.hebrew++;
			break;
		default:
			break;
		}
	}
	return n;
}

static bool hint_is(const char *hint, const char *lang)
{
	return hint && str_starts(hint, lang) && (hint[strlen(lang)] == '\0' || hint[strlen(lang)] == '-');
}

/* Letters of one alphabet only; NULL when they do not decide. */
static const char *cyrillic_language(const struct letters *n, const char *hint)
{
	size_t east = n->russian + n->belarusian;

	if (n->ukrainian && n->belarusian * 2 < n->ukrainian && n->russian * 8 < n->ukrainian)
		return "uk";
	if (n->belarusian && n->belarusian >= n->ukrainian / 8)
		return "be";
	if (n->macedonian && n->macedonian >= n->serbian)
		return "mk";
	if (n->serbian)
		return "sr-Cyrl";
	if (east)
		return "ru";
	return hint_is(hint, "sr") ? "sr-Cyrl" : NULL;
}

/* The tag in our form: Serbian with its script, CLD2's old codes in today's. */
static const char *own_tag(const char *code, const char *hint, bool latin)
{
	static const struct { const char *cld2, *ours; } tags[] = {
		{"iw", "he"}, {"no", "nb"}, {"tl", "fil"}, {"sr-ME", "sr-Latn"},
		{"zh", "zh"}, {"jw", "jv"},
	};
	static const char *const plain[] = {
		"en", "fr", "de", "es", "it", "pt", "nl", "pl", "cs", "sk", "hu", "ro", "bg", "ru", "uk",
		"be", "mk", "sq", "el", "tr", "az", "hy", "ka", "ar", "fa", "he", "sl", "bs", "hr", "lt",
		"lv", "et", "fi", "sv", "da", "ca", "zh", "ja", "ko", "ku", "ur", "kk", "uz", "vi", "id",
	};

	if (strcmp(code, "sr") == 0 && !latin)
		return "sr-Cyrl";
	if (strcmp(code, "hr") == 0 || strcmp(code, "bs") == 0 || strcmp(code, "sr") == 0) {
		if (hint_is(hint, "sr"))
			return "sr-Latn";
		if (hint_is(hint, "bs"))
			return "bs";
		if (hint_is(hint, "hr"))
			return "hr";
		if (strcmp(code, "sr") == 0)
			return "sr-Latn";
	}
	for (size_t i = 0; i < LENGTH(tags); i++)
		if (strcmp(code, tags[i].cld2) == 0)
			return tags[i].ours;
	for (size_t i = 0; i < LENGTH(plain); i++)
		if (strcmp(code, plain[i]) == 0)
			return plain[i];
	return NULL;
}

/* Among Serbian, Croatian and Bosnian in Latin letters: e-speech and words of one standard. */
static const char *split_hbs(const char *s, size_t len, const char *guess)
{
	static const char *const serbian[] = {"vreme", "uvek", "gde", "reč", "posle", "protesta", "hiljada",
					      "vlast", "izveštaj", "beograd", "deca", "svet", "ovde", "sledeć"};
	static const char *const other[] = {"vrijeme", "uvijek", "gdje", "riječ", "poslije", "tisuć", "izvješ",
					    "djec", "svijet", "ovdje", "sljedeć", "nije moguće", "vijeć"};
	size_t e = 0, ije = 0;
	_cleanup_(buf_free) struct buf text = {0};

	for (size_t at = 0; at < len;)
		utf8_put(&text, (uint32_t)u_tolower((UChar32)utf8_next(s, len, &at)));
	for (size_t i = 0; i < LENGTH(serbian); i++)
		e += strstr(text.s, serbian[i]) != NULL;
	for (size_t i = 0; i < LENGTH(other); i++)
		ije += strstr(text.s, other[i]) != NULL;
	return e > ije ? "sr-Latn" : guess;
}

static const char *by_cld2(const char *s, size_t len, const char *hint, bool latin, double *confidence)
{
	bool reliable = false;
	int percent = 0;
	const char *code = cld2_language(s, (int)(len < 65536 ? len : 65536), &percent, &reliable), *tag;

	*confidence = reliable ? percent / 100.0 : percent / 200.0;
	if (!reliable && percent < 60)
		return NULL;
	tag = own_tag(code, hint, latin);
	if (tag && !hint && (strcmp(tag, "hr") == 0 || strcmp(tag, "bs") == 0))
		tag = split_hbs(s, len, tag);
	return tag;
}

/* A hint counts only when the script does not speak against it. */
static bool script_agrees(const struct letters *n, const char *hint)
{
	static const char *const cyrillic[] = {"uk", "ru", "be", "mk", "bg", "sr-Cyrl"};

	if (!hint)
		return false;
	if (n->georgian || n->armenian || n->hebrew || n->arabic)
		return hint_is(hint, "ka") || hint_is(hint, "hy") || hint_is(hint, "he") || hint_is(hint, "ar") ||
		       hint_is(hint, "fa");
	for (size_t i = 0; i < LENGTH(cyrillic); i++)
		if (hint_is(hint, cyrillic[i]))
			return n->cyrillic > n->latin;
	if (strcmp(hint, "sr") == 0)
		return true;
	return n->latin >= n->cyrillic;
}

static const char *hint_in_script(const struct letters *n, const char *hint)
{
	if (strcmp(hint, "sr") == 0)
		return n->cyrillic > n->latin ? "sr-Cyrl" : "sr-Latn";
	return hint;
}

const char *text_language(const char *s, size_t len, const char *hint, double *confidence)
{
	struct letters n = count_letters(s, len);
	const char *found = NULL;
	double sure = 1;

	if (n.all == 0) {
		sure = 0;
	} else if (n.georgian * 2 > n.all) {
		found = "ka";
	} else if (n.armenian * 2 > n.all) {
		found = "hy";
	} else if (n.hebrew * 2 > n.all) {
		found = "he";
	} else if (n.all < SHORT_LETTERS && script_agrees(&n, hint)) {
		found = hint_in_script(&n, hint);
		sure = 0.5;
	} else {
		if (n.cyrillic * 2 > n.all)
			found = cyrillic_language(&n, hint);
		if (!found)
			found = by_cld2(s, len, hint, n.latin > n.cyrillic, &sure);
		if (!found && script_agrees(&n, hint)) {
			found = hint_in_script(&n, hint);
			sure = 0.5;
		}
		if (!found && n.arabic * 2 > n.all) {
			found = "ar";
			sure = 0.6;
		}
	}
	if (confidence)
		*confidence = sure;
	return found;
}
