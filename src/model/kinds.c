/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * kinds.c - the one table a kind: what its fields are called, where they lie,
 * which make its identity. JSON, CSV, identifiers, hashes and the tables of the
 * store are all read off from here; docs/reference/ids.md is checked against it.
 *
 * Adding a field: one line here and one member in model.h; then a migration in
 * src/store/migrate.c. Never change what is FIELD_IDENTITY: ids would change.
 */
#include <string.h>

#include <tocsin/model.h>

#define ID FIELD_IDENTITY
#define REQ FIELD_REQUIRED
#define SUM FIELD_COMPUTED
#define PAY FIELD_PAYLOAD
#define IDX FIELD_INDEXED
#define F(noun, name, type, flags) {#name, FIELD_##type, offsetof(struct noun, name), flags}
#define KIND(noun, tag, ...) \
	const struct kind kind_##noun = {.name = #noun, .prefix = tag, .size = sizeof(struct noun), \
		.fields = noun##_fields, .n_fields = LENGTH(noun##_fields), __VA_ARGS__}

static const struct field unit_fields[] = {
	F(unit, type, TEXT, REQ | IDX), F(unit, parent, TEXT, 0), F(unit, name, TEXT, REQ),
};

static const struct field document_fields[] = {
	F(document, feed, TEXT, ID | REQ | IDX), F(document, key, TEXT, ID | REQ | IDX),
	F(document, title, TEXT, PAY), F(document, author, TEXT, PAY),
	F(document, lang, TEXT, IDX), F(document, lang_basis, TEXT, 0),
	F(document, published, TIME, 0), F(document, published_basis, TEXT, 0),
	F(document, link, TEXT, PAY), F(document, source, TEXT, 0),
	F(document, body, TEXT, PAY), F(document, truncated, INT, 0),
	F(document, byte_start, INT, 0), F(document, byte_end, INT, 0),
	F(document, raw_hash, TEXT, 0), F(document, copy_of, TEXT, IDX),
	F(document, flags, TEXT, 0), F(document, seen, TIME, FIELD_CLOCK),
};

static const struct field event_fields[] = {
	F(event, document, TEXT, ID | REQ | IDX), F(event, type, TEXT, IDX),
	F(event, civic_class, TEXT, ID | REQ | IDX), F(event, signal, TEXT, REQ | IDX),
	F(event, actor, TEXT, PAY), F(event, target, TEXT, PAY), F(event, lang, TEXT, 0),
	F(event, negated, INT, 0), F(event, day_basis, TEXT, 0), F(event, confidence, REAL, SUM),
	F(event, feed, TEXT, IDX),
};

static const struct field observation_fields[] = {
	F(observation, indicator, TEXT, ID | REQ | IDX), F(observation, source, TEXT, ID | REQ | IDX),
	F(observation, value, REAL, 0), F(observation, low, REAL, 0), F(observation, high, REAL, 0),
	F(observation, n, REAL, 0), F(observation, sources, INT, 0),
	F(observation, retrospective, INT, 0),
};

static const struct field episode_fields[] = {
	F(episode, indicator, TEXT, ID | REQ | IDX), F(episode, direction, TEXT, ID | REQ | IDX),
	F(episode, pre_year, INT, 0), F(episode, first_year, INT, REQ),
	F(episode, last_year, INT, REQ), F(episode, change, REAL, SUM),
	F(episode, uncertain, INT, 0), F(episode, termination, INT, 0),
	F(episode, status, TEXT, REQ),
};

static const struct field juncture_fields[] = {
	F(juncture, key, TEXT, ID | REQ | IDX), F(juncture, type, TEXT, IDX),
	F(juncture, what, TEXT, 0), F(juncture, status, TEXT, IDX),
	F(juncture, source, TEXT, 0), F(juncture, checked, TEXT, 0),
};

static const struct field forecast_fields[] = {
	F(forecast, question, TEXT, ID | REQ | IDX), F(forecast, origin, INT, ID | REQ),
	F(forecast, as_of, TIME, ID | REQ), F(forecast, p, REAL, SUM),
	F(forecast, low, REAL, SUM), F(forecast, high, REAL, SUM), F(forecast, raw, REAL, SUM),
	F(forecast, base_rate, REAL, SUM), F(forecast, country_rate, REAL, SUM),
	F(forecast, persistence, REAL, SUM), F(forecast, logit, REAL, SUM), F(forecast, trees, REAL, SUM),
	F(forecast, hazard, REAL, SUM), F(forecast, path, REAL, SUM), F(forecast, weights, JSON, 0),
	F(forecast, drivers, JSON, 0), F(forecast, similar, JSON, 0), F(forecast, skill, TEXT, 0),
	F(forecast, inputs, TEXT, 0),
	F(forecast, n, REAL, SUM), F(forecast, positives, REAL, SUM), F(forecast, seed, INT, 0),
	F(forecast, pulse, REAL, SUM), F(forecast, yearly, REAL, SUM), F(forecast, news, REAL, SUM),
};

static const struct field alert_fields[] = {
	F(alert, fingerprint, TEXT, ID | REQ | IDX), F(alert, labels, JSON, REQ),
	F(alert, rule, TEXT, REQ | IDX), F(alert, title, TEXT, REQ), F(alert, level, INT, REQ),
	F(alert, direction, TEXT, REQ | IDX), F(alert, value, REAL, SUM),
	F(alert, threshold, REAL, SUM), F(alert, sources, INT, 0), F(alert, triggered, TIME, 0),
	F(alert, issued, TIME, 0), F(alert, changed, TIME, 0), F(alert, standing, TEXT, 0),
	F(alert, ack_due, TIME, 0), F(alert, owner, TEXT, 0),
};

static const struct field transition_fields[] = {
	F(transition, alert, TEXT, ID | REQ | IDX), F(transition, step, INT, ID | REQ),
	F(transition, state_from, TEXT, 0), F(transition, state_to, TEXT, REQ),
	F(transition, at, TIME, REQ), F(transition, reason, TEXT, 0),
	F(transition, note, TEXT, PAY), F(transition, previous, TEXT, 0),
};

static const struct field plan_fields[] = {
	F(plan, alert, TEXT, ID | REQ | IDX), F(plan, days_to_trigger, REAL, SUM),
	F(plan, steps, JSON, REQ), F(plan, rejected, JSON, REQ), F(plan, unknown, JSON, REQ),
	F(plan, summary, TEXT, 0),
};

static const struct field response_fields[] = {
	F(response, key, TEXT, ID | REQ | IDX), F(response, actor, TEXT, 0),
	F(response, instrument, TEXT, IDX), F(response, action, TEXT, 0),
	F(response, trigger_item, TEXT, 0), F(response, trigger_date, TIME, 0),
	F(response, days, REAL, 0), F(response, source, TEXT, 0),
	F(response, checked, TEXT, 0), F(response, note, TEXT, 0),
};

static const struct field outcome_fields[] = {
	F(outcome, key, TEXT, ID | REQ | IDX), F(outcome, what, TEXT, 0),
	F(outcome, direction, TEXT, REQ | IDX), F(outcome, after, TEXT, 0),
	F(outcome, event_item, TEXT, 0), F(outcome, source, TEXT, 0), F(outcome, checked, TEXT, 0),
};

static const struct field score_fields[] = {
	F(score, about, TEXT, ID | REQ | IDX), F(score, subject, TEXT, ID | REQ | IDX),
	F(score, member, TEXT, ID | REQ | IDX), F(score, origin, INT, ID),
	F(score, n, REAL, SUM), F(score, positives, REAL, SUM), F(score, brier, REAL, SUM),
	F(score, log_score, REAL, SUM), F(score, auc, REAL, SUM), F(score, skill, REAL, SUM),
	F(score, skill_low, REAL, SUM), F(score, skill_high, REAL, SUM), F(score, hits, REAL, SUM),
	F(score, misses, REAL, SUM), F(score, false_alarms, REAL, SUM), F(score, lead_days, REAL, SUM),
	F(score, grouping, TEXT, 0), F(score, horizon, INT, 0), F(score, auc_pr, REAL, SUM),
	F(score, ece, REAL, SUM), F(score, ece_floor, REAL, SUM), F(score, reliability, REAL, SUM),
	F(score, resolution, REAL, SUM), F(score, uncertainty, REAL, SUM), F(score, skill_country, REAL, SUM),
	F(score, skill_country_low, REAL, SUM), F(score, skill_country_high, REAL, SUM),
	F(score, bins, JSON, 0), F(score, verdict, TEXT, 0), F(score, cost, REAL, SUM),
	F(score, value, REAL, SUM), F(score, hit_rate, REAL, SUM), F(score, hit_rate_low, REAL, SUM),
	F(score, hit_rate_high, REAL, SUM), F(score, lead_months, REAL, SUM),
};

static const struct field setting_fields[] = {
	F(setting, name, TEXT, ID | REQ | IDX), F(setting, value, REAL, SUM),
	F(setting, reason, TEXT, 0), F(setting, pinned, INT, 0),
};

static const struct field contribution_fields[] = {
	F(contribution, partner, TEXT, ID | REQ | IDX), F(contribution, about, TEXT, ID | REQ | IDX),
	F(contribution, text, TEXT, PAY), F(contribution, value, REAL, 0),
	F(contribution, status, TEXT, IDX), F(contribution, used_for, TEXT, 0),
};

static const struct field question_fields[] = {
	F(question, key, TEXT, ID | REQ | IDX), F(question, text, TEXT, REQ),
	F(question, answers, JSON, REQ), F(question, ordered, INT, 0),
	F(question, rule, TEXT, REQ), F(question, indicator, TEXT, 0),
	F(question, operator, TEXT, 0), F(question, threshold, REAL, SUM),
	F(question, until, TIME, 0), F(question, opens, TIME, REQ), F(question, closes, TIME, REQ),
	F(question, resolves, TIME, REQ), F(question, forecast_question, TEXT, 0),
	F(question, forecast_origin, INT, 0), F(question, status, TEXT, REQ | IDX),
	F(question, outcome, TEXT, 0), F(question, source, TEXT, 0), F(question, resolved, TIME, 0),
	F(question, reason, TEXT, 0),
};

static const struct field judgement_fields[] = {
	F(judgement, question, TEXT, ID | REQ | IDX), F(judgement, forecaster, TEXT, ID | REQ | IDX),
	F(judgement, at, TIME, ID | REQ), F(judgement, probabilities, JSON, REQ),
	F(judgement, clipped, INT, 0), F(judgement, low, JSON, 0), F(judgement, high, JSON, 0),
	F(judgement, weights, JSON, 0), F(judgement, extremity, REAL, SUM),
	F(judgement, reason, TEXT, PAY),
};

KIND(unit, "un", .unit_is_identity = true, .unit_is_required = true);
KIND(document, "do", .from_outside = true);
KIND(event, "ev", .unit_is_identity = true, .unit_is_required = true);
KIND(observation, "ob", .unit_is_identity = true, .from_is_identity = true,
     .unit_is_required = true, .from_outside = true);
KIND(episode, "ep", .unit_is_identity = true, .from_is_identity = true, .unit_is_required = true);
KIND(juncture, "ju", .unit_is_identity = true, .unit_is_required = true);
KIND(forecast, "fo", .unit_is_identity = true, .unit_is_required = true);
KIND(alert, "al", .from_is_identity = true, .unit_is_required = true);
KIND(transition, "tr", .unit_is_required = false);
KIND(plan, "pl", .unit_is_required = true);
KIND(response, "re", .unit_is_identity = true, .unit_is_required = true);
KIND(outcome, "ou", .unit_is_identity = true, .unit_is_required = true);
KIND(score, "sc", .unit_is_required = false);
KIND(setting, "se", .unit_is_identity = true);
KIND(contribution, "co", .unit_is_identity = true, .unit_is_required = true);
KIND(question, "qu", .unit_is_required = false);
KIND(judgement, "jd", .unit_is_required = false);

const struct kind *const kinds[] = {
	&kind_unit, &kind_document, &kind_event, &kind_observation, &kind_episode, &kind_juncture,
	&kind_forecast, &kind_alert, &kind_transition, &kind_plan, &kind_response, &kind_outcome,
	&kind_score, &kind_setting, &kind_contribution, &kind_question, &kind_judgement,
};
const size_t n_kinds = LENGTH(kinds);

const char *const civic_classes[] = {
	"protest", "protester_detained", "journalist_attacked", "ngo_law", "censorship", "election",
	"court", "constitutional_change", "corruption", "disinformation", "eu_step", "conflict",
};
const size_t n_civic_classes = LENGTH(civic_classes);

const struct kind *kind_named(const char *name)
{
	for (size_t i = 0; i < n_kinds; i++)
		if (str_eq(kinds[i]->name, name))
			return kinds[i];
	return NULL;
}

const struct kind *kind_of_id(const char *id)
{
	if (!id || strlen(id) != 34 || strspn(id + 2, "0123456789abcdef") != 32)
		return NULL;
	for (size_t i = 0; i < n_kinds; i++)
		if (strncmp(id, kinds[i]->prefix, 2) == 0)
			return kinds[i];
	return NULL;
}
