/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * civic.c - civic space by dimension: base of the sources, live adjustment of the incidents, bands.
 *
 * base = weighted mean of the rebased sources; live = the incidents' points, each halved every
 * half-life, counted in full up to `volume` reported incidents and by their mean beyond it, held
 * within the limit. The error joins the sources' own, their age, their disagreement and the
 * incidents' weights; that of the mean takes the dimensions' errors as one, since most sources
 * speak of all three.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "measure/civic.h"

#define RECENT 90        /* days of the watchlist's look back */
#define LEAST_SD 1e-6

static double clamp(double value, double low, double high)
{
	return fmin(fmax(value, low), high);
}

static double normal_below(double z)
{
	return erfc(-z / sqrt(2)) / 2;
}

int64_t month_last_day(int64_t month)
{
	return instant_of_month(month + 1).usec / USEC_PER_DAY - 1;
}

static int64_t month_of_day(int64_t day)
{
	return instant_month((struct instant){.usec = day * USEC_PER_DAY, .precision = INSTANT_DAY});
}

/* ---- the base ---- */

/* The newest value of its indicator that counts in a month, and speaks of the dimension. */
static bool counts(const struct civic_frame *frame, const struct civic_unit *unit, size_t i, int64_t month,
		   int dimension)
{
	const struct civic_source *source = &unit->sources[i];

	if (!(source->indicator->dimensions >> dimension & 1) || !(source->indicator->weight > 0) ||
	    source->month > month || (double)(month - source->month) > 12 * frame->years)
		return false;
	for (size_t k = 0; k < unit->n_sources; k++) {
		const struct civic_source *other = &unit->sources[k];

		if (other->indicator == source->indicator && other->month <= month &&
		    (other->month > source->month || (other->month == source->month && k < i)))
			return false;
	}
	return true;
}

static double rebased(const struct civic_source *source)
{
	const struct civic_indicator *indicator = source->indicator;

	return clamp(100 * (source->value - indicator->low) / (indicator->high - indicator->low), 0, 100);
}

static double error_of(const struct civic_frame *frame, const struct civic_source *source, int64_t month)
{
	const struct civic_indicator *indicator = source->indicator;
	double sd = isnan(source->sd) ? indicator->sd : source->sd;

	if (isnan(sd))
		sd = 0;
	return hypot(hypot(100 * sd / fabs(indicator->high - indicator->low), indicator->slack),
		     frame->drift * (double)(month - source->month) / 12);
}

struct parts {
	struct civic_part *v;        /* NULL: not wanted */
	size_t n;
};

static void add_part(struct parts *parts, struct civic_part part)
{
	if (parts->v)
		parts->v[parts->n++] = part;
}

/* Base and its variance. */
static void rate_base(const struct civic_frame *frame, const struct civic_unit *unit, int64_t month, int dimension,
			struct parts *parts, double *base, double *variance)
{
	double total = 0, sum = 0, noise = 0, squares = 0, spread = 0;
	size_t n = 0;

	for (size_t i = 0; i < unit->n_sources; i++)
		if (counts(frame, unit, i, month, dimension)) {
			double w = unit->sources[i].indicator->weight;

			total += w;
			sum += w * rebased(&unit->sources[i]);
			n++;
		}
	if (n == 0) {
		*base = frame->prior;
		*variance = frame->prior_sd * frame->prior_sd;
		return;
	}
	*base = sum / total;
	for (size_t i = 0; i < unit->n_sources; i++)
		if (counts(frame, unit, i, month, dimension)) {
			const struct civic_source *source = &unit->sources[i];
			double share = source->indicator->weight / total, x = rebased(source);

			noise += pow(share * error_of(frame, source, month), 2);
			squares += share * share;
			spread += share * pow(x - *base, 2);
			add_part(parts, (struct civic_part){.source = source, .dimension = dimension,
				 .share = share * x});
		}
	*variance = noise + spread * squares;
}

/* ---- live ---- */

static double decay(const struct civic_frame *frame, const struct civic_incident *incident, int64_t day)
{
	double age = (double)(day - incident->day);

	return age < 0 || age > frame->horizon ? 0 : exp2(-age / frame->half_life);
}

/* What one decayed incident counts: less than 1 where more is reported than `volume`. */
static double volume_scale(const struct civic_frame *frame, const struct civic_unit *unit, int64_t day)
{
	double volume = 0;

	for (size_t i = 0; i < unit->n_incidents; i++)
		volume += decay(frame, &unit->incidents[i], day);
	return volume > frame->volume ? frame->volume / volume : 1;
}

struct live {
	double sum, variance, fall;
	size_t n;
};

static void rate_live(const struct civic_frame *frame, const struct civic_unit *unit, int64_t day, int dimension,
		      double scale, struct parts *parts, struct live *live)
{
	double held;

	for (int pass = 0; pass < 2; pass++) {
		held = pass && fabs(live->sum) > frame->limit ? frame->limit / fabs(live->sum) : 1;
		for (size_t i = 0; i < unit->n_incidents; i++) {
			const struct civic_incident *incident = &unit->incidents[i];
			double share = decay(frame, incident, day) * scale * incident->points * incident->confidence;

			if (incident->dimension != dimension || share == 0)
				continue;
			if (pass == 0) {
				live->sum += share;
				live->variance += pow(share * frame->noise, 2);
				live->n++;
				continue;
			}
			if (day - incident->day <= RECENT)
				live->fall -= share * held;
			add_part(parts, (struct civic_part){.incident = incident, .dimension = dimension,
				 .share = share * held});
		}
	}
	live->sum *= held;
}

/* ---- bands ---- */

static void band_chances(const struct civic_frame *frame, double mean, double sd, double *p)
{
	double below = 0;

	for (int b = 0; b < CIVIC_BANDS; b++) {
		double next = b == CIVIC_BANDS - 1 ? 1 : normal_below((frame->cuts[b] - mean) / fmax(sd, LEAST_SD));

		p[b] = fmax(0, next - below);
		below = next;
	}
}

static void finish(const struct civic_frame *frame, double variance, struct civic_estimate *estimate)
{
	estimate->sd = sqrt(variance);
	estimate->value = clamp(estimate->base + estimate->live, 0, 100);
	band_chances(frame, estimate->base + estimate->live, estimate->sd, estimate->p);
}

static void settle_rating(const struct civic_frame *frame, const struct civic_unit *unit, int64_t day, int before,
			  struct civic_rating *rating)
{
	const double *p = rating->v[CIVIC_SPACE].p;
	double below = 0;

	for (int b = 1; b < CIVIC_BANDS; b++)
		if (p[b] > p[rating->band])
			rating->band = b;
	rating->rating = before < 0 || p[rating->band] >= frame->hysteresis ? rating->band : before;
	rating->panel = civic_panel_on(frame, unit->unit, day);
	if (rating->panel)
		rating->rating = rating->panel->band;
	for (int b = 0; b < rating->rating; b++)
		below += p[b];
	/* near a cut without a loss is no news */
	rating->watch = rating->fall > 0 && (below >= frame->watch_chance || rating->fall >= frame->watch_fall);
}

void civic_rate(const struct civic_frame *frame, const struct civic_unit *unit, int64_t day, int before,
		struct civic_rating *ret, struct civic_part *parts, size_t *n_parts)
{
	struct civic_rating rating = {0};
	struct civic_estimate *space = &rating.v[CIVIC_SPACE];
	struct parts list = {.v = parts};
	double scale = volume_scale(frame, unit, day), sd = 0;
	int64_t month = month_of_day(day);

	for (int d = 0; d < CIVIC_DIMENSIONS; d++) {
		struct civic_estimate *estimate = &rating.v[d];
		struct live live = {0};
		double variance = 0;

		rate_base(frame, unit, month, d, &list, &estimate->base, &variance);
		rate_live(frame, unit, day, d, scale, &list, &live);
		estimate->live = live.sum;
		finish(frame, variance + live.variance, estimate);
		rating.n_incidents += live.n;
		rating.fall += live.fall / CIVIC_DIMENSIONS;
		space->base += estimate->base / CIVIC_DIMENSIONS;
		space->live += estimate->live / CIVIC_DIMENSIONS;
		sd += estimate->sd / CIVIC_DIMENSIONS;
	}
	finish(frame, sd * sd, space);
	for (size_t i = 0; i < unit->n_sources; i++) {
		bool any = false;

		for (int d = 0; d < CIVIC_DIMENSIONS; d++)
			any |= counts(frame, unit, i, month, d);
		rating.n_sources += any;
	}
	settle_rating(frame, unit, day, before, &rating);
	*ret = rating;
	if (n_parts)
		*n_parts = list.n;
}

/* ---- months ---- */

static int by_month(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

size_t civic_months(const struct civic_frame *frame, const struct civic_unit *unit, int64_t last, struct arena *arena,
		    int64_t **ret)
{
	int64_t *months = NULL, done = INT64_MIN;
	size_t n = 0, cap = 0, kept = 0;

	for (size_t i = 0; i < unit->n_sources; i++)
		if (unit->sources[i].month <= last && (double)unit->sources[i].month >= 12 * frame->since &&
		    unit->sources[i].indicator->weight > 0)
			*arena_push(arena, months, n, cap) = unit->sources[i].month;
	for (size_t i = 0; i < unit->n_incidents; i++) {
		int64_t from = month_of_day(unit->incidents[i].day);
		int64_t to = month_of_day(unit->incidents[i].day + (int64_t)frame->horizon);

		if (unit->incidents[i].dimension < 0)
			continue;
		for (int64_t m = from > done ? from : done + 1; m <= to && m <= last; m++)
			*arena_push(arena, months, n, cap) = done = m;
	}
	if (n)
		qsort(months, n, sizeof *months, by_month);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || months[i] != months[kept - 1])
			months[kept++] = months[i];
	*ret = months;
	return kept;
}

/* ---- incidents of events ---- */

static int by_kind(const void *a, const void *b)
{
	const struct event *x = *(const struct event *const *)a, *y = *(const struct event *const *)b;
	int order = str_cmp(x->r.unit, y->r.unit);

	if (order == 0)
		order = str_cmp(x->civic_class, y->civic_class);
	if (order == 0)
		order = str_cmp(x->signal, y->signal);
	if (order == 0)
		order = (x->r.valid_from.usec > y->r.valid_from.usec) - (x->r.valid_from.usec < y->r.valid_from.usec);
	return order ? order : str_cmp(x->r.id, y->r.id);
}

static bool one_incident(const struct event *a, const struct event *b)
{
	return str_eq(a->r.unit, b->r.unit) && str_eq(a->civic_class, b->civic_class) &&
	       str_eq(a->signal, b->signal) &&
	       instant_days_between(a->r.valid_from, b->r.valid_from) <= 1;
}

static void incident_start(const struct civic_frame *frame, const struct event **events,
			   struct civic_incident *incident)
{
	const struct event *event = events[0];
	int sign = str_eq(event->signal, "threat") ? -1 : str_eq(event->signal, "opportunity") ? 1 : 0;

	*incident = (struct civic_incident){.day = event->r.valid_from.usec / USEC_PER_DAY, .signal = sign, .dimension = -1,
					    .events = events, .civic_class = event->civic_class};
	for (size_t i = 0; i < n_civic_classes && i < LENGTH(frame->dimension); i++)
		if (str_eq(event->civic_class, civic_classes[i]) && sign != 0 && frame->severity[i] > 0) {
			incident->dimension = frame->dimension[i];
			incident->points = sign * frame->severity[i];
		}
}

/* An incident is as sure as the surest report of it. */
static void incident_add(struct civic_incident *incident, const struct event *event)
{
	double confidence = isnan(event->confidence) ? 1 : event->confidence;

	incident->confidence = fmax(incident->confidence, confidence);
	incident->n++;
}

static int by_day(const void *a, const void *b)
{
	const struct civic_incident *x = a, *y = b;
	int order = strcmp(x->events[0]->r.unit, y->events[0]->r.unit);

	if (order == 0)
		order = (x->day > y->day) - (x->day < y->day);
	if (order == 0)
		order = str_cmp(x->civic_class, y->civic_class);
	return order ? order : str_cmp(x->events[0]->r.id, y->events[0]->r.id);
}

void civic_add_events(const struct civic_frame *frame, const struct records *in, struct instant as_of,
		      struct arena *arena, struct civic_unit **ret, size_t *ret_n)
{
	const struct event **events = arena_array(arena, const struct event *, in->n + 1), *event;
	struct civic_incident *incidents;
	struct civic_unit *units;
	size_t n = 0, n_incidents = 0, n_units = 0;

	for (size_t i = 0; (event = records_next(in, &kind_event, &i));)
		if (event->negated != 1 && instant_is_set(event->r.valid_from) &&
		    event->r.valid_from.usec <= as_of.usec)
			events[n++] = event;
	if (n)
		qsort(events, n, sizeof *events, by_kind);
	incidents = arena_array(arena, struct civic_incident, n + 1);
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || !one_incident(events[i - 1], events[i]))
			incident_start(frame, &events[i], &incidents[n_incidents++]);
		incident_add(&incidents[n_incidents - 1], events[i]);
	}
	if (n_incidents)
		qsort(incidents, n_incidents, sizeof *incidents, by_day);
	units = arena_array(arena, struct civic_unit, n_incidents + 1);
	for (size_t i = 0; i < n_incidents; i++) {
		const char *unit = incidents[i].events[0]->r.unit;

		if (n_units == 0 || strcmp(units[n_units - 1].unit, unit) != 0)
			units[n_units++] = (struct civic_unit){.unit = unit, .incidents = &incidents[i]};
		units[n_units - 1].n_incidents++;
	}
	*ret = units;
	*ret_n = n_units;
}

const struct civic_unit *civic_unit_find(const struct civic_unit *units, size_t n, const char *unit)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(units[middle].unit, unit) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && strcmp(units[low].unit, unit) == 0 ? &units[low] : NULL;
}
