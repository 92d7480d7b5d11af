/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each feature adds to a chance, by the learners that can say. */
#include "tests/foresee/made_indices.h"

#include "foresee/learner.h"

static double log_odds(double p)
{
	return log(p / (1 - p));
}

static void parts_make_the_chance_also_where_features_are_missing(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct history history;
	struct cases cases;
	size_t asked = 0;

	(void)state;
	made_panel(&history, 11, &arena);
	cases_build(&history, six_spaces, N_SIX_SPACES, RULE_TWO_YEAR, MADE_LAST, NULL, &arena, &cases);
	for (size_t m = 0; m < n_learners; m++) {
		void *model = NULL;
		struct err err;

		if (!learners[m]->parts)
			continue;
		if (learners[m]->fit(&cases, MADE_LAST, 5, &model, &err) < 0)
			fail_msg("%s: %s", learners[m]->name, err.msg);
		for (int64_t year = MADE_FIRST + 3; year <= MADE_LAST; year += 9) {   /* at first little lies behind */
			double parts[N_CASE_FEATURES], rest, sum, p;
			size_t first, past;

			cases_of_years(&cases, year, year, &first, &past);
			for (size_t i = first; i < past; i += 7) {
				assert_int_equal(learners[m]->chance(model, &cases, i, i + 1, &p, &err), 0);
				assert_int_equal(learners[m]->parts(model, &cases, i, parts, &rest, &err), 0);
				sum = rest;
				for (size_t f = 0; f < N_CASE_FEATURES; f++)
					sum += parts[f];
				if (!(fabs(sum - log_odds(p)) < 1e-4))
					fail_msg("%s, %lld: parts make %.6f, the chance %.6f", learners[m]->name,
						 (long long)year, sum, log_odds(p));
				asked++;
			}
		}
		learners[m]->close(model);
	}
	assert_true(asked > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_make_the_chance_also_where_features_are_missing),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("parts", tests, NULL, NULL);
}
