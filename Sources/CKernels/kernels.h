// The matrix product of the pocket engine, compiled for plain x86-64 and for AVX2, which takes half the time: Swift compiles a
// function for one kind of processor only. Both give the same bits, since each output is one sum in a fixed order, and
// multiplication and addition are rounded separately.

#pragma once

#include <stdbool.h>

#pragma clang fp contract(off)

/// Sixteen neighbouring outputs, at the alignment that Swift gives them.
typedef float rsd_panel __attribute__((vector_size(64), aligned(16), may_alias));

/// Two tokens by one panel, or one token by two panels: eight four-wide sums in flight, which is what the sixteen registers of plain
/// x86-64 allow.
static inline __attribute__((always_inline)) void rsd_product(
    const rsd_panel *weights, const rsd_panel *bias, long panels, long columns,
    const float *input, long input_stride, long tokens, float *output, long output_stride) {
    for (long panel = 0; panel < panels; panel++) {
        const rsd_panel *weight = weights + panel * columns;
        for (long token = 0; token + 1 < tokens; token += 2) {
            const float *x0 = input + token * input_stride, *x1 = x0 + input_stride;
            rsd_panel sum0 = bias[panel], sum1 = bias[panel];
            for (long column = 0; column < columns; column++) {
                rsd_panel w = weight[column];
                sum0 += w * x0[column];
                sum1 += w * x1[column];
            }
            ((rsd_panel *)(output + token * output_stride))[panel] = sum0;
            ((rsd_panel *)(output + (token + 1) * output_stride))[panel] = sum1;
        }
    }
    if (tokens % 2 == 0) return;
    const float *x = input + (tokens - 1) * input_stride;
    rsd_panel *out = (rsd_panel *)(output + (tokens - 1) * output_stride);
    long panel = 0;
    for (; panel + 1 < panels; panel += 2) {
        const rsd_panel *weight0 = weights + panel * columns, *weight1 = weight0 + columns;
        rsd_panel sum0 = bias[panel], sum1 = bias[panel + 1];
        for (long column = 0; column < columns; column++) {
            sum0 += weight0[column] * x[column];
            sum1 += weight1[column] * x[column];
        }
        out[panel] = sum0;
        out[panel + 1] = sum1;
    }
    if (panel < panels) {
        const rsd_panel *weight = weights + panel * columns;
        rsd_panel sum = bias[panel];
        for (long column = 0; column < columns; column++) sum += weight[column] * x[column];
        out[panel] = sum;
    }
}

static void rsd_multiply_plain(
    const void *weights, const void *bias, long panels, long columns,
    const float *input, long input_stride, long tokens, float *output, long output_stride) {
    rsd_product(weights, bias, panels, columns, input, input_stride, tokens, output, output_stride);
}

#if defined(__x86_64__)
__attribute__((target("avx2")))
#endif
static void rsd_multiply_wide(
    const void *weights, const void *bias, long panels, long columns,
    const float *input, long input_stride, long tokens, float *output, long output_stride) {
    rsd_product(weights, bias, panels, columns, input, input_stride, tokens, output, output_stride);
}

/// Whether this processor can run ``rsd_multiply_wide``, and gains by it.
static inline bool rsd_has_wide_vectors(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx2");
#else
    return false;
#endif
}
