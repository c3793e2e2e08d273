// The inner loops of the pocket engine, compiled for plain x86-64 and for AVX2, which takes half the time: Swift compiles a function
// for one kind of processor only. Both give the same bits, since every operation has a fixed order, and multiplication and addition
// are rounded separately. `wide` chooses between them, and may be true only where `rsd_has_wide_vectors()` is.

#pragma once

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#pragma clang fp contract(off)

/// Sixteen neighbouring values, at the alignment that Swift gives them.
typedef float rsd_panel __attribute__((vector_size(64), aligned(16), may_alias));
typedef int rsd_lanes __attribute__((vector_size(64), aligned(16), may_alias));
/// Sixteen neighbouring bfloat16 numbers, the upper halves of floats.
typedef unsigned short rsd_halves __attribute__((vector_size(32), aligned(16), may_alias));

#define RSD_INLINE static inline __attribute__((always_inline))
#if defined(__x86_64__)
#define RSD_WIDE static __attribute__((target("avx2")))
#else
#define RSD_WIDE static
#endif

/// Whether this processor has vectors of eight floats.
static inline bool rsd_has_wide_vectors(void) {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx2");
#else
    return false;
#endif
}

#define RSD_ALL(value) ((rsd_panel){} + (value))

// MARK: The matrix product

/// Where a sum begins, what it adds, and where it goes.
typedef struct {
    const void *weights;
    const rsd_panel *bias;
    const float *input;
    rsd_panel *output;
} rsd_sum;

#define RSD_START(sum) ((sum).bias ? *(sum).bias : RSD_ALL(0))
#define RSD_WEIGHTS(sum, i)                                                                              \
    (halves ? (rsd_panel)(__builtin_convertvector(((const rsd_halves *)(sum).weights)[i], rsd_lanes) << 16) \
            : ((const rsd_panel *)(sum).weights)[i])

RSD_INLINE void rsd_one(bool halves, rsd_sum a, long columns) {
    rsd_panel sum = RSD_START(a);
    for (long i = 0; i < columns; i++) sum += RSD_WEIGHTS(a, i) * a.input[i];
    *a.output = sum;
}

RSD_INLINE void rsd_two(bool halves, rsd_sum a, rsd_sum b, long columns) {
    rsd_panel sum0 = RSD_START(a), sum1 = RSD_START(b);
    for (long i = 0; i < columns; i++) {
        sum0 += RSD_WEIGHTS(a, i) * a.input[i];
        sum1 += RSD_WEIGHTS(b, i) * b.input[i];
    }
    *a.output = sum0;
    *b.output = sum1;
}

RSD_INLINE void rsd_four(bool halves, rsd_sum a, rsd_sum b, rsd_sum c, rsd_sum d, long columns) {
    rsd_panel sum0 = RSD_START(a), sum1 = RSD_START(b), sum2 = RSD_START(c), sum3 = RSD_START(d);
    for (long i = 0; i < columns; i++) {
        sum0 += RSD_WEIGHTS(a, i) * a.input[i];
        sum1 += RSD_WEIGHTS(b, i) * b.input[i];
        sum2 += RSD_WEIGHTS(c, i) * c.input[i];
        sum3 += RSD_WEIGHTS(d, i) * d.input[i];
    }
    *a.output = sum0;
    *b.output = sum1;
    *c.output = sum2;
    *d.output = sum3;
}

/// As many sums at once as the registers hold (`size` 2 or 4): of several tokens, or of several panels for the last tokens.
RSD_INLINE void rsd_blocks(
    int size, bool halves, const char *weights, long stride, const rsd_panel *bias, long panels, long columns,
    const float *input, long input_stride, long tokens, float *output, long output_stride) {
#define RSD_SUM(t, p)                                                                                    \
    ((rsd_sum){weights + (p)*stride * (halves ? 32 : 64), bias ? bias + (p) : NULL, input + (t)*input_stride, \
               (rsd_panel *)(output + (t)*output_stride) + (p)})
    long t = 0;
    for (; size == 4 && t + 3 < tokens; t += 4)
        for (long p = 0; p < panels; p++) rsd_four(halves, RSD_SUM(t, p), RSD_SUM(t + 1, p), RSD_SUM(t + 2, p), RSD_SUM(t + 3, p), columns);
    for (; t + 1 < tokens; t += 2)
        for (long p = 0; p < panels; p++) rsd_two(halves, RSD_SUM(t, p), RSD_SUM(t + 1, p), columns);
    if (t == tokens) return;
    long p = 0;
    for (; size == 4 && p + 3 < panels; p += 4)
        rsd_four(halves, RSD_SUM(t, p), RSD_SUM(t, p + 1), RSD_SUM(t, p + 2), RSD_SUM(t, p + 3), columns);
    for (; p + 1 < panels; p += 2) rsd_two(halves, RSD_SUM(t, p), RSD_SUM(t, p + 1), columns);
    if (p < panels) rsd_one(halves, RSD_SUM(t, p), columns);
#undef RSD_SUM
}

static void rsd_product_plain(
    bool halves, const char *weights, long stride, const rsd_panel *bias, long panels, long columns,
    const float *input, long input_stride, long tokens, float *output, long output_stride) {
    if (halves) rsd_blocks(2, true, weights, stride, bias, panels, columns, input, input_stride, tokens, output, output_stride);
    else rsd_blocks(2, false, weights, stride, bias, panels, columns, input, input_stride, tokens, output, output_stride);
}

RSD_WIDE void rsd_product_wide(
    bool halves, const char *weights, long stride, const rsd_panel *bias, long panels, long columns,
    const float *input, long input_stride, long tokens, float *output, long output_stride) {
    if (halves) rsd_blocks(4, true, weights, stride, bias, panels, columns, input, input_stride, tokens, output, output_stride);
    else rsd_blocks(4, false, weights, stride, bias, panels, columns, input, input_stride, tokens, output, output_stride);
}

/// `((bias + w0·x0) + w1·x1) + …` for `tokens` vectors. `weights[p * stride + c]` holds sixteen rows of column c < `columns`, as halves or
/// as floats; no `bias` is one of zeros. `input` has `input_stride` floats for each token, `output` `output_stride`.
static inline void rsd_multiply(
    bool halves, const void *weights, long stride, const void *bias, long panels, long columns,
    const float *input, long input_stride, long tokens, float *output, long output_stride, bool wide) {
    (wide ? rsd_product_wide : rsd_product_plain)(
        halves, weights, stride, bias, panels, columns, input, input_stride, tokens, output, output_stride);
}

// MARK: Weights

/// The values of `count` bfloat16 numbers, the upper halves of floats; they may be at any address. Little endian, as the rest.
static inline void rsd_floats_of_halves(const void *halves, long count, float *values) {
    for (long i = 0; i < count; i++) {
        unsigned short half;
        memcpy(&half, (const char *)halves + 2 * i, sizeof half);
        unsigned bits = (unsigned)half << 16;
        memcpy(values + i, &bits, sizeof bits);
    }
}

/// Whether all values are bfloat16 numbers.
static inline bool rsd_are_halves(const float *values, long count) {
    unsigned rest = 0;
    for (long i = 0; i < count; i++) {
        unsigned bits;
        memcpy(&bits, values + i, sizeof bits);
        rest |= bits & 0xFFFF;
    }
    return rest == 0;
}

/// A row-major matrix as `rsd_multiply` reads it: `panels[p * columns + c]` holds sixteen rows of column c. Missing rows stay as they are.
static inline void rsd_transpose(bool halves, const float *values, long rows, long columns, void *panels) {
    for (long first = 0; first < rows; first += 16)
        for (long c = 0; c < columns; c++)
            for (long lane = 0; lane < 16 && first + lane < rows; lane++) {
                unsigned bits;
                memcpy(&bits, values + (first + lane) * columns + c, sizeof bits);
                long place = first * columns + c * 16 + lane;
                if (halves) ((unsigned short *)panels)[place] = bits >> 16;
                else memcpy((float *)panels + place, &bits, sizeof bits);
            }
}

// MARK: Exponentials

// Vectors go by address, since those by value are passed otherwise where the processor has wide ones.

/// e^x to about one unit in the last place for -87 <= x <= 88; clamped to the end values outside, never infinity. Its own, so that it
/// is the same on every machine: the C library's result depends on the processor.
RSD_INLINE void rsd_exponential(rsd_panel *x) {
    rsd_panel bounded = __builtin_elementwise_min(__builtin_elementwise_max(*x, RSD_ALL(-87)), RSD_ALL(88));
    // Adding 1.5 · 2^23 leaves the nearest integer in the low bits of the mantissa.
    const float magic = 12582912;
    rsd_panel shifted = bounded * 1.44269504f + magic;
    rsd_panel n = shifted - magic;
    rsd_panel r = (bounded - n * 0.693359375f) - n * -2.1219444e-4f;
    rsd_panel p = r * 1.98756915e-4f + 1.39819995e-3f;
    p = p * r + 8.333452e-3f;
    p = p * r + 4.1665796e-2f;
    p = p * r + 1.66666655e-1f;
    p = p * r + 5.0000001e-1f;
    p = p * (r * r) + r + 1.0f;
    rsd_lanes bits = (rsd_lanes)shifted - 0x4B400000 + 127;
    *x = p * (rsd_panel)(bits << 23);
}

/// 1 / (1 + e^-x).
RSD_INLINE void rsd_sigmoid(rsd_panel *x) {
    *x = -*x;
    rsd_exponential(x);
    *x = 1.0f / (*x + 1.0f);
}

RSD_INLINE float rsd_softmax_terms(float *scores, long count, float scale) {
    long panels = (count + 15) / 16;
    rsd_panel *vectors = (rsd_panel *)scores;
    for (long i = 0; i < panels; i++) vectors[i] *= scale;
    for (long i = count; i < panels * 16; i++) scores[i] = -INFINITY;
    rsd_panel top = RSD_ALL(-INFINITY);
    for (long i = 0; i < panels; i++) top = __builtin_elementwise_max(top, vectors[i]);
    float maximum = top[0];
    for (int i = 1; i < 16; i++) maximum = top[i] > maximum ? top[i] : maximum;
    for (long i = 0; i < panels; i++) {
        vectors[i] -= maximum;
        rsd_exponential(vectors + i);
    }
    for (long i = count; i < panels * 16; i++) scores[i] = 0;
    rsd_panel sum = RSD_ALL(0);
    for (long i = 0; i < panels; i++) sum += vectors[i];
    // As a fixed tree.
    for (int half = 8; half > 0; half /= 2)
        for (int i = 0; i < half; i++) sum[i] += sum[i + half];
    return sum[0];
}

RSD_WIDE float rsd_softmax_terms_wide(float *scores, long count, float scale) { return rsd_softmax_terms(scores, count, scale); }

/// Replaces the first `count` of `scores` with e^(scale · score - max), and the rest of their last panel with 0. Returns the sum.
static inline float rsd_exponentials(float *scores, long count, float scale, bool wide) {
    return (wide ? rsd_softmax_terms_wide : rsd_softmax_terms)(scores, count, scale);
}

RSD_INLINE void rsd_silu_product(rsd_panel *gate, const rsd_panel *up, long panels) {
    for (long i = 0; i < panels; i++) {
        rsd_panel sigmoid = gate[i];
        rsd_sigmoid(&sigmoid);
        gate[i] = gate[i] * sigmoid * up[i];
    }
}

RSD_WIDE void rsd_silu_product_wide(rsd_panel *gate, const rsd_panel *up, long panels) { rsd_silu_product(gate, up, panels); }

/// gate = gate · sigmoid(gate) · up.
static inline void rsd_gate(float *gate, const float *up, long panels, bool wide) {
    (wide ? rsd_silu_product_wide : rsd_silu_product)((rsd_panel *)gate, (const rsd_panel *)up, panels);
}

static inline float rsd_exponential_of(float x) {
    rsd_panel all = RSD_ALL(x);
    rsd_exponential(&all);
    return all[0];
}

static inline float rsd_sigmoid_of(float x) {
    rsd_panel all = RSD_ALL(x);
    rsd_sigmoid(&all);
    return all[0];
}
