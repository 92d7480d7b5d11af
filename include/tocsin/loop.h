/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loop.h - the order of the stages, rounds, replay, the walk from a plan to the
 * words, and the views that people are shown.
 *
 * A stage knows records only; here they are read from the store as of a date,
 * handed to the stage's core, and what comes back is kept. One round is one unit
 * of work: all of it is kept or nothing.
 */
#ifndef TOCSIN_LOOP_H
#define TOCSIN_LOOP_H

#include <signal.h>

#include <tocsin/ledger.h>
#include <tocsin/render.h>
#include <tocsin/store.h>

struct collect_setup;
struct coder;

/* What the shells found under data/: read once, shared by all stages, never changed. */
struct house {
	struct arena arena;
	const char *data;                /* the folder */
	const char *version;             /* of the program, for the ledger; set by whoever opened it, NULL: not said */
	struct atlas atlas;
	struct coder *coder;
	struct hash coder_hash;          /* of what the coder was made of, while it is read */
	char coder_name[33];             /* method and words in one name: another one codes otherwise */
	struct rules *rules;
	struct instruments *instruments;
	struct statuses *statuses;
	struct profiles *profiles;
	struct civic_frame *civic;       /* NULL: there is none */
};

/* Read the tables of a data folder; the first that is wrong is named with its line. */
int house_open(const char *data, struct house **ret, struct err *err);
/* Units that came with an input folder are known from the store: add those the tables lack. */
int house_add_units(struct house *house, struct store *store, struct err *err);
void house_close(struct house *house);
void house_closep(struct house **house);

/* ---- one round ---- */

enum stage { STAGE_COLLECT, STAGE_CODE, STAGE_MEASURE, STAGE_LEARN, STAGE_FORESEE, STAGE_RESPOND, N_STAGES };
extern const char *const stage_names[N_STAGES];

struct tally {                       /* what one stage did */
	size_t in, made, revised, same, withdrawn;
};

struct round {
	struct instant as_of;            /* given, or found: newest known of what was accepted */
	struct tally stages[N_STAGES];
	size_t documents, copies, erased;    /* collected; of them copies; refused because erased */
	struct collected {               /* one a file or feed */
		const char *name, *lang;     /* file, and language when all are of one; else NULL */
		size_t records;
	} *files;
	size_t n_files;
	struct count { const char *name; size_t n; } *langs, *uncoded;   /* documents; not coded */
	size_t n_langs, n_uncoded;
	const char **skipped;            /* files of the folder that no manifest lists */
	size_t n_skipped;
	struct err *faults;              /* input files that were refused, each whole */
	size_t n_faults;
};

/* Newly made, revised or withdrawn records of the round: 0 means nothing changed. */
size_t round_changes(const struct round *round);

/*
 * Run the stages first..last on the store. `input` is a folder or file to collect,
 * NULL to collect nothing; `as_of` missing means the newest known. Refused files do
 * not stop the round: they stand in round->faults, and the answer is then ERR_DATA
 * after everything else was kept. The arena owns what `ret` points to.
 */
int round_run(struct store *store, const struct house *house, const char *input,
	      struct instant as_of, enum stage first, enum stage last, struct instant now,
	      struct arena *arena, struct round *ret, struct err *err);

/* Rounds as of 1 April of from+1 .. to+1 (when the year's indices are known), in order. */
int replay_run(struct store *store, const struct house *house, int from, int to,
	       void (*progress)(int year, const struct round *round, void *user), void *user,
	       struct arena *arena, struct err *err);

/* One stage as a filter, without a store: records in (JSON Lines, CSV, or raw input for
   collect), records out. `as_of` missing means the newest known of the input. */
int stage_filter(const struct house *house, enum stage stage, const char *name, const char *bytes,
		 size_t len, struct instant as_of, struct instant now, struct records *out,
		 struct round *ret, struct err *err);

/* ---- workers: documents are coded beside one another, on as many machines as there are ---- */

struct worker_setup {
	const char *name;                /* of this worker: no other has it */
	size_t batch;
	int64_t lease_usec;
	bool wait;                       /* stay when there is nothing to do */
	const volatile sig_atomic_t *stop;   /* set from outside: finish the batch and return */
	struct instant (*now)(void);
};

struct worker_tally {
	size_t documents, events, not_coded, failed, batches;
};

/*
 * Take documents from the queue and code them until it is empty and nothing is leased to
 * others, or until told to stop. ERR_BUSY when the server went away: open the store anew and
 * go on. ERR_CONFLICT when the store was coded with other words: a round must do that.
 */
int worker_run(struct store *store, const struct house *house, const struct worker_setup *setup,
	       struct worker_tally *ret, struct err *err);

/* ---- the ledger: every round commits the forecasts that it made or changed (docs/methods/ledger.md) ---- */

/* Entries that no head speaks of yet. */
int ledger_pending(struct store *store, int64_t *ret, struct err *err);
/*
 * A head over all entries, if there are some that none speaks of: a unit of work of its own.
 * `key` NULL: unsigned. 1, or 0 when there is nothing to seal. ERR_INTEGRITY when the log is not
 * that of its newest head: nothing more is signed then. O(entries).
 */
int ledger_seal(struct store *store, const struct signing_key *key, struct instant now, struct head *ret,
		struct err *err);
/* The newest head; ERR_NOT_FOUND when there is none. */
int ledger_head(struct store *store, struct head *ret, struct err *err);

struct ledger_ask {
	const char *id;                  /* of a forecast to be told about; NULL: none */
	const struct head *kept;         /* a head that was kept elsewhere; NULL: none */
	const char *const *publics;      /* the keys that may have signed; none: the kept head's, if there is one */
	size_t n_publics;
};

struct commitment {                      /* of one revision of the forecast that was asked for */
	int64_t position, revision;
	const char *version;
	struct instant from, past;       /* the window that it speaks of */
	struct instant at;               /* of the first head that covers it; missing: none does yet */
	uint64_t head_size;
	bool late;                       /* made when the window had ended: the outcome could be known */
};

struct ledger_report {
	uint64_t size, covered;          /* entries; of them those that a head of the log speaks of */
	size_t n_heads;
	struct head newest;              /* size 0: there is none */
	uint64_t late;                   /* covered only by heads that were made when the window had ended */
	struct commitment *commitments;
	size_t n_commitments;
};

/*
 * Compute everything anew: every entry from the forecast kept in the store, every hash, the root of every
 * head, the signatures. ERR_INTEGRITY says the first position that does not agree and why;
 * ERR_NOT_FOUND when there is no ledger, or no such forecast. O(entries) time, little memory.
 */
int ledger_verify(struct store *store, const struct ledger_ask *ask, struct arena *arena,
		  struct ledger_report *ret, struct err *err);

/* ---- why ---- */

int why_walk(struct store *store, const char *id, int64_t as_of, struct arena *arena,
	     struct why **ret, size_t *ret_n, struct err *err);

/* ---- views (their structs are in render.h, where the forms are) ---- */

/* As of a time; `as_of` AS_OF_ALL: the newest known. ERR_NOT_FOUND for an unknown unit. */
int view_country(struct store *store, const struct atlas *atlas, const char *unit, int64_t as_of,
		 struct arena *arena, struct country_view *ret, struct err *err);
int view_situation(struct store *store, const struct atlas *atlas, int64_t as_of,
		   struct arena *arena, struct situation_view *ret, struct err *err);
int view_alerts(struct store *store, int64_t as_of, const char *unit, bool with_closed,
		struct arena *arena, struct alert_view **ret, size_t *ret_n, struct err *err);
int view_learned(struct store *store, int64_t as_of, struct arena *arena, struct learned_view *ret, struct err *err);
/* One alert with its steps and its walk; ERR_NOT_FOUND when the id is not of an alert. */
int view_alert(struct store *store, const char *id, int64_t as_of, struct arena *arena,
	       struct alert_detail *ret, struct err *err);

/* ---- settings set back ---- */

struct setting_act {
	bool pin;                        /* set back and pinned; false: released */
	int64_t as_of;                   /* the value as of then; AS_OF_ALL: the one before the present */
	const char *user, *note;         /* note NULL: none */
};

/*
 * Inside a unit of work: a newer revision of the settings that `which` means (an id, a name, or the beginning
 * of names up to a dot), known at the time of the newest data, where the next round stands. Returns
 * how many changed; ERR_NOT_FOUND for no such setting, or no former value.
 */
int setting_act(struct store *store, const char *which, const struct setting_act *act, struct arena *arena,
		struct err *err);

#endif
