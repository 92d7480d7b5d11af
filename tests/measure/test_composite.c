/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_composite.c - frames and tables that are odd, coverage, local weights: known values and sentences. */
#include "measured.h"

static const char frame_text[] =
	"[frame]\nunit = unit\ngroup = region\nnormalise = minmax 0 100\nlevels = Indicator Pillar Index\n"
	"[indicator a]\ngroup = P\n[indicator b]\ngroup = P\ndirection = -1\nweight = 3\n[indicator c]\ngroup = Q\n"
	"[group P]\nparent = Top\n[group Q]\nparent = Top\nweight = 1\n[group Top]\nweight = 1\n";

static const char data_text[] =
	"unit,region,a,b,c\nU1,x,0,4,10\nU2,x,5,2,20\nU3,y,10,0,30\nU4,y,10,1,40\n";

static struct composite_file file_of(const char *name, const char *text)
{
	return (struct composite_file){name, text, strlen(text)};
}

struct run {
	struct composite_job job;
	struct buf out, coverage;
	struct err err;
	int r;
};

static void run_stage(struct run *run, const char *frame, const char *data, const char *stage)
{
	*run = (struct run){.job = {.frame = file_of("frame", frame), .data = file_of("data", data), .stage = stage,
				    .input_error = NAN, .threads = 1, .seed = 1}};
	run->job.coverage = &run->coverage;
	run->r = composite_stage(&run->job, &run->out, &run->err);
}

static void run_close(struct run *run)
{
	buf_free(&run->out);
	buf_free(&run->coverage);
}

static void check_stage(const char *frame, const char *data, const char *stage, const char *expected)
{
	struct run run;

	run_stage(&run, frame, data, stage);
	if (run.r < 0)
		fail_msg("%s", run.err.msg);
	assert_string_equal(run.out.s, expected);
	run_close(&run);
}

static void check_refused(const char *frame, const char *data, const char *message)
{
	struct run run;

	run_stage(&run, frame, data, "stage_aggregated");
	if (run.r != ERR_DATA)
		fail_msg("not refused: %s", message);
	assert_string_equal(run.err.msg, message);
	run_close(&run);
}

static char *changed(struct arena *arena, const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);

	assert_non_null(at);
	return arena_printf(arena, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

static void a_frame_of_our_own_gives_the_scores_computed_by_hand(void **state)
{
	(void)state;
	/* P = (a + 3 b) / 4 of [0, 100], b turned round; Top = (P + Q) / 2 */
	check_stage(frame_text, data_text, "stage_aggregated",
		    "uCode,a,b,c,P,Q,Top\nU1,0,0,0,0,0,0\nU2,50,50,33.3333333333,50,33.3333333333,41.6666666667\n"
		    "U3,100,100,66.6666666667,100,66.6666666667,83.3333333333\nU4,100,75,100,81.25,100,90.625\n");
}

static void effective_weights_multiply_up_the_tree_and_sum_to_one(void **state)
{
	(void)state;
	check_stage(frame_text, data_text, "effective_weights",
		    "iCode,Level,Weight,EffWeight\na,1,1,0.125\nb,1,3,0.375\nc,1,1,0.5\nP,2,1,0.5\nQ,2,1,0.5\nTop,3,1,1\n");
}

static void a_missing_value_becomes_the_mean_of_its_group_and_is_reported(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct run run;

	(void)state;
	run_stage(&run, frame_text, changed(&arena, data_text, "U1,x,0", "U1,x,"), "stage_imputed");
	assert_string_equal(run.out.s, "uCode,a,b,c\nU1,5,4,10\nU2,5,2,20\nU3,10,0,30\nU4,10,1,40\n");
	assert_string_equal(run.coverage.s, "step,unit,indicator,what\nimpute,U1,a,mean of x: 5\n");
	assert_int_equal(run.job.skipped, 1);
	run_close(&run);
}

static void without_groups_a_missing_value_stays_missing_and_is_left_out(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct run run;

	(void)state;
	run_stage(&run, changed(&arena, frame_text, "group = region\n", ""),
		  changed(&arena, data_text, "U4,y,10", "U4,y,NA"), "ranks");
	assert_string_equal(run.out.s, "uCode,score,rank\nU1,0,4\nU2,41.6666666667,3\nU3,83.3333333333,2\nU4,87.5,1\n");
	assert_non_null(strstr(run.coverage.s, "impute,,,skipped: the frame names no group\n"));
	assert_non_null(strstr(run.coverage.s, "impute,U4,a,left missing\n"));
	run_close(&run);
}

static void a_constant_indicator_is_left_out_and_reported(void **state)
{
	struct run run;

	(void)state;
	run_stage(&run, frame_text, "unit,region,a,b,c\nU1,x,7,4,10\nU2,x,7,2,20\nU3,y,7,0,30\n", "stage_aggregated");
	assert_string_equal(run.out.s, "uCode,a,b,c,P,Q,Top\nU1,,0,0,0,0,0\nU2,,50,50,50,50,50\nU3,,100,100,100,100,100\n");
	assert_non_null(strstr(run.coverage.s, "normalise,,a,constant: left out\n"));
	run_close(&run);
}

static void a_unit_without_any_value_has_no_score(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct run run;

	(void)state;
	run_stage(&run, changed(&arena, frame_text, "group = region\n", ""),
		  changed(&arena, data_text, "U2,x,5,2,20", "U2,x,,,"), "ranks");
	assert_string_equal(run.out.s, "uCode,score,rank\nU1,0,3\nU2,,\nU3,83.3333333333,2\nU4,90.625,1\n");
	assert_non_null(strstr(run.coverage.s, "unit,U2,,no value: no score\n"));
	run_close(&run);
}

static void one_unit_alone_has_no_scale_and_no_score(void **state)
{
	(void)state;
	check_stage(frame_text, "unit,region,a,b,c\nU1,x,1,2,3\n", "stage_aggregated", "uCode,a,b,c,P,Q,Top\nU1,,,,,,\n");
}

static void a_denominator_of_zero_prints_inf_and_no_number_prints_nothing(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	const char *frame = changed(&arena, frame_text, "[indicator a]\n", "[indicator a]\ndenominator = d\n");

	(void)state;
	check_stage(frame, "unit,region,a,b,c,d\nU1,x,1,2,3,0\nU2,x,0,2,3,0\nU3,x,1,2,3,\nU4,x,-1,2,3,0\n", "stage_denominated",
		    "uCode,a,b,c\nU1,inf,2,3\nU2,,2,3\nU3,,2,3\nU4,-inf,2,3\n");
}

static void bad_tables_are_refused_with_their_place(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};

	(void)state;
	check_refused(frame_text, changed(&arena, data_text, "U2,", "U1,"),
		      "data:3:1: unit \"U1\" stands twice, first in line 2");
	check_refused(frame_text, changed(&arena, data_text, "U2,x,5", "U2,x,NaN"), "data:3:6: \"NaN\" is not a number");
	check_refused(frame_text, changed(&arena, data_text, ",b,", ",bb,"), "data:1:1: no column \"b\"");
	check_refused(frame_text, changed(&arena, data_text, "U3,y,10,0,30", "U3,y,10,0"),
		      "data:4:1: row has 4 columns, expected 5");
	check_refused(frame_text, "unit,region,a,b,c\n", "data:1:1: no units below the header");
	check_refused(frame_text, changed(&arena, data_text, ",region,", ",area,"), "data:1:1: no column \"region\"");
	check_refused(changed(&arena, frame_text, "unit = unit\n", "unit = unit\ntime = region\n"), data_text,
		      "data:2:4: \"x\" is not a year");
}

static void bad_frames_are_refused_with_their_line(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};

	(void)state;
	check_refused(changed(&arena, frame_text, "weight = 3", "weight = -3"), data_text,
		      "frame:11:1: \"weight\" is \"-3\", expected a weight of 0 or more");
	check_refused(changed(&arena, frame_text, "group = Q", "group = R"), data_text, "frame:13:1: no group \"R\"");
	check_refused(changed(&arena, frame_text, "[group Top]\nweight = 1", "[group Top]\nparent = P"), data_text,
		      "frame:20:1: more than sixteen levels at \"Top\"");
	check_refused(changed(&arena, frame_text, "direction = -1", "direction = 0"), data_text,
		      "frame:10:1: \"direction\" is \"0\", expected 1 or -1");
	check_refused(changed(&arena, frame_text, "[indicator c]", "[indicators c]"), data_text,
		      "frame:13:1: unknown section \"[indicators c]\"");
	check_refused("[frame]\nunit = unit\n", data_text, "frame:1:1: a frame without indicators");
}

static void a_table_of_elements_refuses_a_negative_weight_at_its_cell(void **state)
{
	(void)state;
	check_refused("Level,iCode,Direction,Weight,Parent,Type\n1,a,1,-2,Top,Indicator\n2,Top,1,1,,Aggregate\n", data_text,
		      "frame:2:7: weight of \"a\" is negative: -2");
}

static void an_unknown_stage_names_the_nearest(void **state)
{
	struct run run;

	(void)state;
	run_stage(&run, frame_text, data_text, "stage_agregated");
	assert_int_equal(run.r, ERR_USAGE);
	assert_string_equal(run.err.hint, "Did you mean \"stage_aggregated\"?");
	run_close(&run);
}

/* ---- treatment ---- */

static const char skewed_frame[] = "[frame]\nunit = u\n[indicator a]\ngroup = T\n[group T]\nweight = 1\n";
static const char skewed_data[] = "u,a\nA,1\nB,2\nC,3\nD,4\nE,5\nF,6\nG,7\nH,8\nI,9\nJ,100\n";

static void an_outlier_moves_to_the_next_value(void **state)
{
	(void)state;
	check_stage(skewed_frame, skewed_data, "stage_treated",
		    "uCode,a\nA,1\nB,2\nC,3\nD,4\nE,5\nF,6\nG,7\nH,8\nI,9\nJ,9\n");
}

static void a_frame_may_leave_an_outlier_alone(void **state)
{
	_cleanup_(arena_free) struct arena arena = {0};
	struct run run;

	(void)state;
	run_stage(&run, changed(&arena, skewed_frame, "[indicator a]\n", "[indicator a]\ntreat = none\n"), skewed_data,
		  "stage_treated");
	assert_non_null(strstr(run.out.s, "J,100\n"));
	assert_non_null(strstr(run.coverage.s, "treat,,a,skewed and left as it is\n"));
	run_close(&run);
}

static void what_winsorising_does_not_mend_gets_a_logarithm(void **state)
{
	struct run run;
	struct buf data = {0};

	(void)state;
	buf_puts(&data, "u,a\n");
	for (int i = 0; i < 60; i++)
		buf_printf(&data, "U%02d,%g\n", i, i < 54 ? i / 10.0 : 1000.0 + i);   /* one in ten, and five may move */
	run_stage(&run, skewed_frame, data.s, "coverage");
	assert_non_null(strstr(run.out.s, "treat,,a,logarithm\n"));
	run_close(&run);
	buf_free(&data);
}

/* ---- panels ---- */

static const char panel_text[] = "u,Time,a,b\nA,2001,1,5\nB,2001,3,\nC,2001,2,6\nA,2002,4,7\nB,2002,5,5\nC,2002,9,10\n"
				 "A,2003,4,1\nB,2003,20,2\nC,2003,8,3\n";
static const char panel_frame[] = "[frame]\nunit = u\nnormalise = minmax 0 100\ntrends = a\ntreat = none\n"
				  "[indicator a]\ngroup = T\n[indicator b]\ngroup = T\n[group T]\nweight = 1\n";

static void a_panel_screens_by_year_and_scales_all_years_together(void **state)
{
	struct run run;

	(void)state;
	run_stage(&run, panel_frame, panel_text, "panel_aggregated");
	assert_string_equal(run.coverage.s, "step,unit,indicator,what\nscreen,B,,2001: 1 of 2 indicators\n");
	assert_true(str_starts(run.out.s, "Time,uCode,a,b,T\n2001,A,0,44.4444444444,22.2222222222\n2001,C,"));
	assert_non_null(strstr(run.out.s, "2003,B,100,11.1111111111,55.5555555556\n"));
	run_close(&run);
}

static void growth_is_compound_over_the_latest_three_years(void **state)
{
	(void)state;
	check_stage(panel_frame, panel_text, "panel_trends_cagr",
		    "uCode,iCode,CAGR,Avail,t_first,t_latest,Avail_use_latest,t_first_use_latest\n"
		    "A,a,1,1,2001,2003,1,2001\nB,a,1.58198889747,1,2001,2003,1,2001\nC,a,1,1,2001,2003,1,2001\n");
}

static void a_panel_needs_years(void **state)
{
	struct run run;

	(void)state;
	run_stage(&run, panel_frame, "u,a,b\nA,1,2\n", "panel_aggregated");
	assert_int_equal(run.r, ERR_DATA);
	assert_string_equal(run.err.msg, "data:1:1: no column \"Time\"");
	run_close(&run);
}

/* ---- local weights ---- */

static void check_local(const char *local, const char *stage, const char *expected, const char *reported)
{
	struct run run = {.job = {.frame = file_of("frame", frame_text), .data = file_of("data", data_text), .stage = stage,
				  .local = file_of("local", local)}};

	run.job.coverage = &run.coverage;
	run.r = composite_local(&run.job, &run.out, &run.err);
	if (run.r < 0)
		fail_msg("%s", run.err.msg);
	assert_string_equal(run.out.s, expected);
	if (reported)
		assert_non_null(strstr(run.coverage.s, reported));
	run_close(&run);
}

static void local_weights_stand_beside_those_of_the_frame(void **state)
{
	(void)state;
	/* without c, Top is P alone: U3 passes U4 */
	check_local("unit,indicator,weight\nU3,Q,0\n", "local_ranks",
		    "local,uCode,score,rank,local_score,local_rank,moved\nU3,U1,0,4,0,4,0\nU3,U2,41.6666666667,3,50,3,0\n"
		    "U3,U3,83.3333333333,2,100,1,1\nU3,U4,90.625,1,81.25,2,-1\n", NULL);
}

static void a_profile_gives_local_weights_and_what_it_weighs_otherwise_is_reported(void **state)
{
	(void)state;
	check_local("[profile]\nunit = U4\n[weights]\nQ = 0\ncensorship = 1.2\n", "local_moves",
		    "local,rank,local_rank,moved,mean_move,largest_move,kendall\nU4,1,2,-1,0.5,1,0.666666666667\n",
		    "local,U4,censorship,left out: not of the frame\n");
}

static void local_weights_of_an_unknown_indicator_or_unit_are_refused(void **state)
{
	struct composite_job job = {.frame = file_of("frame", frame_text), .data = file_of("data", data_text),
				    .local = file_of("local", "unit,indicator,weight\nU1,Tops,1\n")};
	struct buf out = {0};
	struct err err = {0};

	(void)state;
	assert_int_equal(composite_local(&job, &out, &err), ERR_DATA);
	assert_string_equal(err.msg, "local:2:4: the frame has no indicator or group \"Tops\"");
	assert_string_equal(err.hint, "Did you mean \"Top\"?");
	job.local = file_of("local", "unit,indicator,weight\nU9,a,1\n");
	assert_int_equal(composite_local(&job, &out, &err), ERR_DATA);
	assert_string_equal(err.msg, "local:2:1: the data have no unit \"U9\"");
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_frame_of_our_own_gives_the_scores_computed_by_hand),
		cmocka_unit_test(effective_weights_multiply_up_the_tree_and_sum_to_one),
		cmocka_unit_test(a_missing_value_becomes_the_mean_of_its_group_and_is_reported),
		cmocka_unit_test(without_groups_a_missing_value_stays_missing_and_is_left_out),
		cmocka_unit_test(a_constant_indicator_is_left_out_and_reported),
		cmocka_unit_test(a_unit_without_any_value_has_no_score),
		cmocka_unit_test(one_unit_alone_has_no_scale_and_no_score),
		cmocka_unit_test(a_denominator_of_zero_prints_inf_and_no_number_prints_nothing),
		cmocka_unit_test(bad_tables_are_refused_with_their_place),
		cmocka_unit_test(bad_frames_are_refused_with_their_line),
		cmocka_unit_test(a_table_of_elements_refuses_a_negative_weight_at_its_cell),
		cmocka_unit_test(an_unknown_stage_names_the_nearest),
		cmocka_unit_test(an_outlier_moves_to_the_next_value),
		cmocka_unit_test(a_frame_may_leave_an_outlier_alone),
		cmocka_unit_test(what_winsorising_does_not_mend_gets_a_logarithm),
		cmocka_unit_test(a_panel_screens_by_year_and_scales_all_years_together),
		cmocka_unit_test(growth_is_compound_over_the_latest_three_years),
		cmocka_unit_test(a_panel_needs_years),
		cmocka_unit_test(local_weights_stand_beside_those_of_the_frame),
		cmocka_unit_test(a_profile_gives_local_weights_and_what_it_weighs_otherwise_is_reported),
		cmocka_unit_test(local_weights_of_an_unknown_indicator_or_unit_are_refused),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("composite", tests, NULL, NULL);
}
