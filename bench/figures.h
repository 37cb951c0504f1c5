/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * figures - medians and the lines `name value unit` that tools/bench reads.
 */
#include <stdio.h>
#include <stdlib.h>

static inline int figures_by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorts them. share 0.5: the median. */
static inline double figures_quantile(double *values, size_t n, double share)
{
    qsort(values, n, sizeof(values[0]), figures_by_value);
    size_t at = (size_t)(share * (double)n);
    return values[at < n ? at : n - 1];
}

static inline double figures_median(double *values, size_t n)
{
    return figures_quantile(values, n, 0.5);
}

static inline void figure(const char *name, double value, const char *unit)
{
    (void)printf("%s %.*f %s\n", name, value < 10 ? 3 : value < 1000 ? 1 : 0, value, unit);
    (void)fflush(stdout);
}
