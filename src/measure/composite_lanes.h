/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * composite_lanes.h - arithmetic on four doubles at a time, the same bits on every processor.
 *
 * GCC's vector types: only plain IEEE operations, so that a machine with wider registers is quicker
 * and nothing else. The tests compare logarithm and exponential with the C library's.
 */
#ifndef MEASURE_COMPOSITE_LANES_H
#define MEASURE_COMPOSITE_LANES_H

#include <stdbool.h>
#include <stdint.h>
#ifdef __SSE2__
#include <emmintrin.h>
#else
#include <math.h>
#endif

#define LANES 4
#define lanes_inline static inline __attribute__((always_inline))

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpsabi"

typedef double lanes __attribute__((vector_size(32)));
typedef int64_t lane_bits __attribute__((vector_size(32)));
typedef uint64_t lane_words __attribute__((vector_size(32)));

lanes_inline lanes lanes_all(double x)
{
	return (lanes){x, x, x, x};
}

lanes_inline lanes lanes_pick(lane_bits where, lanes yes, lanes no)
{
	return (lanes)((where & (lane_bits)yes) | (~where & (lane_bits)no));
}

lanes_inline lanes lanes_min(lanes a, lanes b)
{
	return lanes_pick(a < b, a, b);
}

lanes_inline lanes lanes_max(lanes a, lanes b)
{
	return lanes_pick(a > b, a, b);
}

lanes_inline double lanes_sum(lanes x)
{
	return (x[0] + x[1]) + (x[2] + x[3]);
}

lanes_inline double lanes_least(lanes x)
{
	const double a = x[0] < x[1] ? x[0] : x[1], b = x[2] < x[3] ? x[2] : x[3];

	return a < b ? a : b;
}

lanes_inline double lanes_most(lanes x)
{
	const double a = x[0] > x[1] ? x[0] : x[1], b = x[2] > x[3] ? x[2] : x[3];

	return a > b ? a : b;
}

lanes_inline lanes lanes_sqrt(lanes x)
{
#ifdef __SSE2__
	const __m128d low = _mm_sqrt_pd((__m128d){x[0], x[1]}), high = _mm_sqrt_pd((__m128d){x[2], x[3]});

	return (lanes){low[0], low[1], high[0], high[1]};
#else
	return (lanes){sqrt(x[0]), sqrt(x[1]), sqrt(x[2]), sqrt(x[3])};
#endif
}

/*
 * Natural logarithm of positive normal numbers: ln m by 2 atanh((m - 1) / (m + 1)), m in [sqrt 1/2,
 * sqrt 2), good to 1e-15, or to 1e-10 when it is for a random number. Polynomials are summed in
 * pairs (Estrin), which shortens the chain of what waits for what.
 */
lanes_inline lanes lanes_log_to(lanes x, bool fully)
{
	const lane_words bits = (lane_words)x, one = (lane_words)lanes_all(1);
	const lane_words exponent = (bits - (lane_words)lanes_all(0x1.6a09e667f3bcdp-1) + one) >> 52;   /* sqrt(1/2) */
	const lanes m = (lanes)(bits - (exponent << 52) + one);
	/* 2^52 + 2^51 + exponent, read as a double: the exponent without a conversion */
	const lanes e = (lanes)((lane_words)lanes_all(0x1.8p52) + exponent) - (0x1.8p52 + 1023);
	const lanes f = (m - 1) / (m + 1), s = f * f, s2 = s * s, s4 = s2 * s2;
	lanes p = (2.0 / 3 + 2.0 / 5 * s) + (2.0 / 7 + 2.0 / 9 * s) * s2;

	if (fully)
		p += ((2.0 / 11 + 2.0 / 13 * s) + (2.0 / 15 + 2.0 / 17 * s) * s2 + 2.0 / 19 * s4) * s4;
	else
		p += (2.0 / 11 + 2.0 / 13 * s) * s4;
	return e * 0x1.62e42fefa39efp-1 + (p * s * f + 2 * f);
}

lanes_inline lanes lanes_log(lanes x)
{
	return lanes_log_to(x, true);
}

/* e^x for |x| < 700: 2^k e^r, |r| <= ln 2 / 2. */
lanes_inline lanes lanes_exp(lanes x)
{
	const lanes magic = lanes_all(0x1.8p52), shifted = x * 0x1.71547652b82fep0 + magic, k = shifted - magic;
	const lanes r = (x - k * 0x1.62e42fee00000p-1) - k * 0x1.a39ef35793c76p-33;
	lanes p = lanes_all(1.0 / 6227020800);

	p = p * r + 1.0 / 479001600;
	p = p * r + 1.0 / 39916800;
	p = p * r + 1.0 / 3628800;
	p = p * r + 1.0 / 362880;
	p = p * r + 1.0 / 40320;
	p = p * r + 1.0 / 5040;
	p = p * r + 1.0 / 720;
	p = p * r + 1.0 / 120;
	p = p * r + 1.0 / 24;
	p = p * r + 1.0 / 6;
	p = p * r + 0.5;
	p = p * r + 1;
	p = p * r + 1;
	return (lanes)((lane_bits)p + ((lane_bits)shifted << 52));
}

/* ---- random numbers: four streams of xoshiro256+ (Blackman and Vigna 2021) ---- */

struct lane_rng {
	lane_words s[4];
};

lanes_inline uint64_t lane_mix(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

lanes_inline void lane_rng_seed(struct lane_rng *rng, uint64_t seed)
{
	for (int word = 0; word < 4; word++)
		for (int lane = 0; lane < LANES; lane++)
			rng->s[word][lane] = lane_mix(&seed);
}

lanes_inline lane_words lane_rng_next(struct lane_rng *rng)
{
	lane_words *s = rng->s, out = s[0] + s[3], t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = s[3] << 45 | s[3] >> 19;
	return out;
}

/*
 * Two times four standard normals (Box and Muller 1958). The angle is drawn within an eighth
 * of the circle to both sides of an axis, where short polynomials will do; two more bits pick the axis.
 */
lanes_inline void lanes_normal(struct lane_rng *rng, lanes *one, lanes *two)
{
	const lane_words a = lane_rng_next(rng), b = lane_rng_next(rng);
	const lane_words unit = (lane_words)(lane_bits)lanes_all(1);
	const lanes u = 2 - (lanes)(a >> 12 | unit);                              /* (0, 1] */
	const lanes t = ((lanes)(b >> 12 | unit) - 1.5) * 0x1.921fb54442d18p0;    /* (-pi/4, pi/4) */
	const lanes r = lanes_sqrt(-2 * lanes_log_to(u, false)), q = t * t, q2 = q * q, q4 = q2 * q2;
	const lane_bits swap = -(lane_bits)(b >> 10 & 1), sign = (lane_bits)(b << 52 & (lane_words)lanes_all(-0.0));
	const lanes sine = ((1 - q * (1.0 / 6)) + (1.0 / 120 - q * (1.0 / 5040)) * q2 +
			    (1.0 / 362880 - q * (1.0 / 39916800)) * q4) * t * r;
	const lanes positive = ((1 - q * 0.5) + (1.0 / 24 - q * (1.0 / 720)) * q2 +
				(1.0 / 40320 - q * (1.0 / 3628800)) * q4) * r;
	const lanes cosine = (lanes)((lane_bits)positive ^ sign);

	*one = lanes_pick(swap, sine, cosine);
	*two = lanes_pick(swap, cosine, sine);
}

#pragma GCC diagnostic pop

#endif
