/* SPDX-License-Identifier: GPL-3.0-or-later */
/* boost.c - XGBoost behind four functions. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <xgboost/c_api.h>

#include "foresee/boost.h"

struct boost {
	BoosterHandle handle;
	size_t k;
};

static int failed(struct err *err)
{
	return err_set(err, ERR_FAILED, "XGBoost: %.300s", XGBGetLastError());
}

static int matrix(const float *x, size_t n, size_t k, DMatrixHandle *ret, struct err *err)
{
	char array[200];

	snprintf(array, sizeof array, "{\"data\":[%zu,true],\"shape\":[%zu,%zu],\"typestr\":\"<f4\",\"version\":3}",
		 (size_t)(uintptr_t)x, n, k);
	return XGDMatrixCreateFromDense(array, "{\"missing\":NaN,\"nthread\":1}", ret) == 0 ? 0 : failed(err);
}

static int set(BoosterHandle handle, const char *name, double value, struct err *err)
{
	char text[32];

	num_write(value, text);
	return XGBoosterSetParam(handle, name, text) == 0 ? 0 : failed(err);
}

static int configure(BoosterHandle handle, const struct boost_setup *setup, struct err *err)
{
	static const char *const fixed[][2] = {
		{"objective", "binary:logistic"}, {"tree_method", "hist"}, {"nthread", "1"}, {"verbosity", "0"},
	};
	const struct { const char *name; double value; } numbers[] = {
		{"max_depth", setup->depth}, {"eta", setup->rate}, {"subsample", setup->subsample},
		{"colsample_bytree", setup->columns}, {"min_child_weight", setup->least_weight}, {"lambda", setup->ridge},
		{"max_bin", 64}, {"seed", (double)(setup->seed % 1000000007)},
	};
	int r = 0;

	for (size_t i = 0; i < LENGTH(fixed); i++)
		if (XGBoosterSetParam(handle, fixed[i][0], fixed[i][1]) != 0)
			return failed(err);
	for (size_t i = 0; i < LENGTH(numbers) && r == 0; i++)
		r = set(handle, numbers[i].name, numbers[i].value, err);
	return r;
}

static int train(const struct boost_setup *setup, DMatrixHandle data, BoosterHandle handle, struct err *err)
{
	int r = configure(handle, setup, err);

	for (int round = 0; round < setup->rounds && r == 0; round++)
		if (XGBoosterUpdateOneIter(handle, round, data) != 0)
			r = failed(err);
	return r;
}

struct boost_data {
	DMatrixHandle handle;
	size_t k;
};

int boost_data_open(const float *x, const float *y, const float *weight, size_t n, size_t k, struct boost_data **ret,
		    struct err *err)
{
	DMatrixHandle handle;
	int r = matrix(x, n, k, &handle, err);

	if (r < 0)
		return r;
	if (XGDMatrixSetFloatInfo(handle, "label", y, n) != 0 || XGDMatrixSetFloatInfo(handle, "weight", weight, n) != 0) {
		XGDMatrixFree(handle);
		return failed(err);
	}
	*ret = calloc(1, sizeof **ret);
	if (!*ret)
		abort();
	**ret = (struct boost_data){handle, k};
	return 0;
}

void boost_data_close(struct boost_data *data)
{
	if (data)
		XGDMatrixFree(data->handle);
	free(data);
}

int boost_fit(struct boost_data *data, const struct boost_setup *setup, struct boost **ret, struct err *err)
{
	BoosterHandle handle;
	int r;

	if (XGBoosterCreate(&data->handle, 1, &handle) != 0)
		return failed(err);
	r = train(setup, data->handle, handle, err);
	if (r < 0) {
		XGBoosterFree(handle);
		return r;
	}
	*ret = calloc(1, sizeof **ret);
	if (!*ret)
		abort();
	**ret = (struct boost){handle, data->k};
	return 0;
}

/* type 0: chances; 2: contributions. Each row gives `width` numbers. */
static int predict(const struct boost *boost, const float *x, size_t n, int type, size_t width, double *out, struct err *err)
{
	char config[200];
	DMatrixHandle data;
	bst_ulong const *shape;
	bst_ulong dims;
	const float *result;
	int r;

	if (n == 0)
		return 0;
	r = matrix(x, n, boost->k, &data, err);
	if (r < 0)
		return r;
	snprintf(config, sizeof config,
		 "{\"type\":%d,\"training\":false,\"iteration_begin\":0,\"iteration_end\":0,\"strict_shape\":false}", type);
	if (XGBoosterPredictFromDMatrix(boost->handle, data, config, &shape, &dims, &result) != 0)
		r = failed(err);
	for (size_t i = 0; r == 0 && i < n * width; i++)
		out[i] = result[i];
	XGDMatrixFree(data);
	return r;
}

int boost_chance(const struct boost *boost, const float *x, size_t n, double *p, struct err *err)
{
	return predict(boost, x, n, 0, 1, p, err);
}

int boost_parts(const struct boost *boost, const float *x, size_t n, double *parts, struct err *err)
{
	return predict(boost, x, n, 2, boost->k + 1, parts, err);
}

void boost_close(struct boost *boost)
{
	if (!boost)
		return;
	XGBoosterFree(boost->handle);
	free(boost);
}
