// SPDX-License-Identifier: GPL-3.0-or-later
// language_cld2.cc - the one door to CLD2, which speaks C++ only.
#include <cstdio>

#include <cld2/public/compact_lang_det.h>

extern "C" const char *cld2_language(const char *s, int len, int *percent, bool *reliable);

extern "C" const char *cld2_language(const char *s, int len, int *percent, bool *reliable)
{
	CLD2::Language best[3];
	int percents[3], bytes;

	CLD2::DetectLanguageSummary(s, len, true, best, percents, &bytes, reliable);
	*percent = percents[0];
	return CLD2::LanguageCode(best[0]);
}
