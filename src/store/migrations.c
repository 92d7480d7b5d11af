/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * migrations.c - the schema in numbered steps, for every engine alike.
 *
 * Types are BIGINT, DOUBLE PRECISION and TEXT only. A released step is never
 * changed: a new field of a kind (src/model/kinds.c) comes with a new step that
 * adds its column, and tests/store/test_migrate.c proves that the columns after
 * the last step are those of the kinds. An instant takes three columns.
 */
#include "store/engine.h"

#define ENVELOPE \
	"\"id\" TEXT NOT NULL, \"revision\" BIGINT NOT NULL, \"unit\" TEXT, " \
	"\"known\" BIGINT NOT NULL, \"known_precision\" BIGINT NOT NULL, \"known_offset\" BIGINT NOT NULL, " \
	"\"valid_from\" BIGINT, \"valid_from_precision\" BIGINT, \"valid_from_offset\" BIGINT, " \
	"\"valid_past\" BIGINT, \"valid_past_precision\" BIGINT, \"valid_past_offset\" BIGINT, " \
	"\"by\" TEXT NOT NULL, \"schema\" TEXT NOT NULL, \"licence\" TEXT NOT NULL, " \
	"\"withdrawn\" BIGINT NOT NULL, \"missing\" TEXT, \"extra\" TEXT, " \
	"\"content\" TEXT, \"recorded\" BIGINT NOT NULL"
#define KEY ", PRIMARY KEY (\"id\", \"revision\"))"

static const char *const first[] = {
	"CREATE TABLE \"payload\" (\"id\" TEXT NOT NULL, \"revision\" BIGINT NOT NULL, \"field\" TEXT NOT NULL, "
	"\"value\" TEXT NOT NULL, PRIMARY KEY (\"id\", \"revision\", \"field\"))",
	"CREATE TABLE \"origin\" (\"id\" TEXT NOT NULL, \"revision\" BIGINT NOT NULL, \"position\" BIGINT NOT NULL, "
	"\"from_id\" TEXT NOT NULL, \"role\" TEXT, \"part\" TEXT, \"byte_start\" BIGINT, \"byte_end\" BIGINT, "
	"PRIMARY KEY (\"id\", \"revision\", \"position\"))",
	"CREATE INDEX \"origin_from\" ON \"origin\" (\"from_id\")",
	"CREATE TABLE \"erased\" (\"id\" TEXT NOT NULL PRIMARY KEY, \"reason\" TEXT NOT NULL, \"recorded\" BIGINT NOT NULL)",
	"CREATE TABLE \"unit\" (" ENVELOPE
	", \"type\" TEXT, \"parent\" TEXT, \"name\" TEXT"
	KEY,
	"CREATE INDEX \"unit_known\" ON \"unit\" (\"known\", \"id\")",
	"CREATE TABLE \"document\" (" ENVELOPE
	", \"feed\" TEXT, \"key\" TEXT, \"lang\" TEXT, \"lang_basis\" TEXT"
	", \"published\" BIGINT, \"published_precision\" BIGINT, \"published_offset\" BIGINT"
	", \"published_basis\" TEXT, \"source\" TEXT, \"truncated\" BIGINT"
	", \"byte_start\" BIGINT, \"byte_end\" BIGINT, \"raw_hash\" TEXT, \"copy_of\" TEXT"
	", \"flags\" TEXT, \"seen\" BIGINT, \"seen_precision\" BIGINT, \"seen_offset\" BIGINT"
	KEY,
	"CREATE INDEX \"document_known\" ON \"document\" (\"known\", \"id\")",
	"CREATE TABLE \"event\" (" ENVELOPE
	", \"document\" TEXT, \"type\" TEXT, \"civic_class\" TEXT, \"signal\" TEXT"
	", \"lang\" TEXT, \"negated\" BIGINT, \"day_basis\" TEXT"
	", \"confidence\" DOUBLE PRECISION, \"feed\" TEXT"
	KEY,
	"CREATE INDEX \"event_known\" ON \"event\" (\"known\", \"id\")",
	"CREATE INDEX \"event_unit\" ON \"event\" (\"unit\", \"id\")",
	"CREATE INDEX \"event_document\" ON \"event\" (\"document\", \"id\")",
	"CREATE TABLE \"observation\" (" ENVELOPE
	", \"indicator\" TEXT, \"source\" TEXT, \"value\" DOUBLE PRECISION"
	", \"low\" DOUBLE PRECISION, \"high\" DOUBLE PRECISION, \"n\" DOUBLE PRECISION"
	", \"sources\" BIGINT, \"retrospective\" BIGINT"
	KEY,
	"CREATE INDEX \"observation_known\" ON \"observation\" (\"known\", \"id\")",
	"CREATE INDEX \"observation_unit\" ON \"observation\" (\"unit\", \"id\")",
	"CREATE INDEX \"observation_indicator\" ON \"observation\" (\"indicator\", \"id\")",
	"CREATE TABLE \"episode\" (" ENVELOPE
	", \"indicator\" TEXT, \"direction\" TEXT, \"pre_year\" BIGINT, \"first_year\" BIGINT"
	", \"last_year\" BIGINT, \"change\" DOUBLE PRECISION, \"uncertain\" BIGINT"
	", \"termination\" BIGINT, \"status\" TEXT"
	KEY,
	"CREATE INDEX \"episode_known\" ON \"episode\" (\"known\", \"id\")",
	"CREATE INDEX \"episode_unit\" ON \"episode\" (\"unit\", \"id\")",
	"CREATE TABLE \"juncture\" (" ENVELOPE
	", \"key\" TEXT, \"type\" TEXT, \"what\" TEXT, \"status\" TEXT, \"source\" TEXT"
	", \"checked\" TEXT"
	KEY,
	"CREATE INDEX \"juncture_known\" ON \"juncture\" (\"known\", \"id\")",
	"CREATE INDEX \"juncture_unit\" ON \"juncture\" (\"unit\", \"id\")",
	"CREATE TABLE \"forecast\" (" ENVELOPE
	", \"question\" TEXT, \"origin\" BIGINT"
	", \"as_of\" BIGINT, \"as_of_precision\" BIGINT, \"as_of_offset\" BIGINT"
	", \"p\" DOUBLE PRECISION, \"low\" DOUBLE PRECISION, \"high\" DOUBLE PRECISION"
	", \"base_rate\" DOUBLE PRECISION, \"persistence\" DOUBLE PRECISION"
	", \"logit\" DOUBLE PRECISION, \"weights\" TEXT, \"drivers\" TEXT, \"skill\" TEXT"
	", \"n\" DOUBLE PRECISION, \"positives\" DOUBLE PRECISION, \"seed\" BIGINT"
	KEY,
	"CREATE INDEX \"forecast_known\" ON \"forecast\" (\"known\", \"id\")",
	"CREATE INDEX \"forecast_unit\" ON \"forecast\" (\"unit\", \"id\")",
	"CREATE TABLE \"alert\" (" ENVELOPE
	", \"fingerprint\" TEXT, \"labels\" TEXT, \"rule\" TEXT, \"title\" TEXT"
	", \"level\" BIGINT, \"direction\" TEXT, \"value\" DOUBLE PRECISION"
	", \"threshold\" DOUBLE PRECISION, \"sources\" BIGINT"
	", \"triggered\" BIGINT, \"triggered_precision\" BIGINT, \"triggered_offset\" BIGINT"
	", \"issued\" BIGINT, \"issued_precision\" BIGINT, \"issued_offset\" BIGINT"
	", \"changed\" BIGINT, \"changed_precision\" BIGINT, \"changed_offset\" BIGINT"
	", \"standing\" TEXT"
	", \"ack_due\" BIGINT, \"ack_due_precision\" BIGINT, \"ack_due_offset\" BIGINT"
	", \"owner\" TEXT"
	KEY,
	"CREATE INDEX \"alert_known\" ON \"alert\" (\"known\", \"id\")",
	"CREATE INDEX \"alert_unit\" ON \"alert\" (\"unit\", \"id\")",
	"CREATE TABLE \"transition\" (" ENVELOPE
	", \"alert\" TEXT, \"step\" BIGINT, \"state_from\" TEXT, \"state_to\" TEXT"
	", \"at\" BIGINT, \"at_precision\" BIGINT, \"at_offset\" BIGINT, \"reason\" TEXT"
	", \"previous\" TEXT"
	KEY,
	"CREATE INDEX \"transition_known\" ON \"transition\" (\"known\", \"id\")",
	"CREATE INDEX \"transition_alert\" ON \"transition\" (\"alert\", \"id\")",
	"CREATE TABLE \"plan\" (" ENVELOPE
	", \"alert\" TEXT, \"days_to_trigger\" DOUBLE PRECISION, \"steps\" TEXT"
	", \"rejected\" TEXT, \"unknown\" TEXT, \"summary\" TEXT"
	KEY,
	"CREATE INDEX \"plan_known\" ON \"plan\" (\"known\", \"id\")",
	"CREATE INDEX \"plan_unit\" ON \"plan\" (\"unit\", \"id\")",
	"CREATE INDEX \"plan_alert\" ON \"plan\" (\"alert\", \"id\")",
	"CREATE TABLE \"response\" (" ENVELOPE
	", \"key\" TEXT, \"actor\" TEXT, \"instrument\" TEXT, \"action\" TEXT"
	", \"trigger_item\" TEXT"
	", \"trigger_date\" BIGINT, \"trigger_date_precision\" BIGINT, \"trigger_date_offset\" BIGINT"
	", \"days\" DOUBLE PRECISION, \"source\" TEXT, \"checked\" TEXT, \"note\" TEXT"
	KEY,
	"CREATE INDEX \"response_known\" ON \"response\" (\"known\", \"id\")",
	"CREATE INDEX \"response_unit\" ON \"response\" (\"unit\", \"id\")",
	"CREATE TABLE \"outcome\" (" ENVELOPE
	", \"key\" TEXT, \"what\" TEXT, \"direction\" TEXT, \"after\" TEXT, \"event_item\" TEXT"
	", \"source\" TEXT, \"checked\" TEXT"
	KEY,
	"CREATE INDEX \"outcome_known\" ON \"outcome\" (\"known\", \"id\")",
	"CREATE INDEX \"outcome_unit\" ON \"outcome\" (\"unit\", \"id\")",
	"CREATE TABLE \"score\" (" ENVELOPE
	", \"about\" TEXT, \"subject\" TEXT, \"member\" TEXT, \"origin\" BIGINT"
	", \"n\" DOUBLE PRECISION, \"positives\" DOUBLE PRECISION, \"brier\" DOUBLE PRECISION"
	", \"log_score\" DOUBLE PRECISION, \"auc\" DOUBLE PRECISION, \"skill\" DOUBLE PRECISION"
	", \"skill_low\" DOUBLE PRECISION, \"skill_high\" DOUBLE PRECISION"
	", \"hits\" DOUBLE PRECISION, \"misses\" DOUBLE PRECISION"
	", \"false_alarms\" DOUBLE PRECISION, \"lead_days\" DOUBLE PRECISION"
	KEY,
	"CREATE INDEX \"score_known\" ON \"score\" (\"known\", \"id\")",
	"CREATE INDEX \"score_subject\" ON \"score\" (\"subject\", \"id\")",
	"CREATE TABLE \"setting\" (" ENVELOPE
	", \"name\" TEXT, \"value\" DOUBLE PRECISION, \"reason\" TEXT"
	KEY,
	"CREATE INDEX \"setting_known\" ON \"setting\" (\"known\", \"id\")",
	"CREATE TABLE \"contribution\" (" ENVELOPE
	", \"partner\" TEXT, \"about\" TEXT, \"value\" DOUBLE PRECISION, \"status\" TEXT"
	", \"used_for\" TEXT"
	KEY,
	"CREATE INDEX \"contribution_known\" ON \"contribution\" (\"known\", \"id\")",
	"CREATE INDEX \"contribution_unit\" ON \"contribution\" (\"unit\", \"id\")",
	NULL,
};

const struct migration migrations[] = {
	{1, first},
};
const size_t n_migrations = LENGTH(migrations);
