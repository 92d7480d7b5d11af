/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger.c - [TAMPERINGS [ENTRIES [SEED]]]: tamper with a log of forecasts, and count what its exported head does not show. */
#include <time.h>

#include "tests/ledger/tampered.h"

struct count {
	size_t tried, found;
};

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static size_t number(int argc, char **argv, int i, size_t fallback)
{
	int64_t value;

	return argc > i && num_read_int(argv[i], strlen(argv[i]), &value) == 0 && value > 1 ? (size_t)value : fallback;
}

static struct signing_key key_number(unsigned char n)
{
	unsigned char seed[KEY_SEED] = {n};
	struct signing_key key;

	key_of_seed(seed, &key);
	return key;
}

int main(int argc, char **argv)
{
	_cleanup_(arena_free) struct arena arena = {0};
	size_t wanted = number(argc, argv, 1, 10000), entries = number(argc, argv, 2, 2000), unchanged = 0;
	struct signing_key key = key_number(1), other = key_number(2);
	struct count counts[N_TAMPERINGS] = {{0}}, all = {0};
	double begun = seconds(), audited;
	struct log log = {0};
	struct head kept;
	struct rng rng;

	rng_seed(&rng, number(argc, argv, 3, 20260101));
	log_grow(&log, entries, &rng, &arena);
	log_number(&log);
	log_seal(&log, &key, instant_of_day(2026, 1, 1));
	kept = log.newest;
	audited = seconds();
	if (log_audit(&log, &kept, NULL) < 0)
		return 1;
	audited = seconds() - audited;
	for (size_t i = 0; all.tried < wanted; i++) {
		struct count *count = &counts[i % N_TAMPERINGS];
		int found = tamper_once(&log, (enum tampering)(i % N_TAMPERINGS), &key, &other, &kept, &rng);

		if (found < 0) {
			unchanged++;
			continue;
		}
		count->tried++;
		count->found += (size_t)found;
		all.tried++;
		all.found += (size_t)found;
	}
	for (size_t i = 0; i < N_TAMPERINGS; i++)
		printf("%-42s %6zu of %6zu found\n", tampering_names[i], counts[i].found, counts[i].tried);
	printf("%-42s %6zu of %6zu found\n", "together", all.found, all.tried);
	printf("%zu draws that changed nothing are not counted; a log of %zu entries is audited in %.1f ms; %.0f s of processor time\n",
	       unchanged, entries, 1e3 * audited, seconds() - begun);
	return all.found < all.tried;
}
