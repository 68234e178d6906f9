// The loss and the gradients of LeNet: forward and backward through both blocks (convolution, activation, pooling) and the dense
// layers, with a group of images at a time.
//
// Equal pixels of the LANES images of a group lie side by side and fill one vector, so that every multiply-add of the
// network is one of whole vectors, however few maps a layer has. The sizes of the network are constants, given as -D, so
// that the compiler unrolls the loops over them and keeps sums in registers: IN maps of SIDE pixels with PAD around them,
// C1 and C3 maps, kernels of KERNEL, F5, F6 and OUT units. MAXIMUM is 1, or 0 for the mean. ACTIVATION is 0 for ReLU, else it
// is SCALE * sigmoid(SLOPE * x) - SHIFT, which is sigmoid, tanh and scaled tanh. `w` are the weights and biases, layer by layer.

#include <math.h>

#if defined(__AVX512F__)
#define LANES 16
#elif defined(__AVX__)
#define LANES 8
#else
#define LANES 4
#endif
#if defined(__AVX512F__) || defined(__aarch64__)
#define TILE 10 // columns of sums that fit, two rows of them, into 32 registers
#else
#define TILE 4 // or into 16
#endif
#define UNITS 8 // sums of a dense layer side by side
#define PART 8 // maps whose rows fit into the first cache
typedef float v __attribute__((vector_size(4 * LANES)));
typedef int vi __attribute__((vector_size(4 * LANES)));
#define AT(x, k, lane) ((float *)(x))[(k) * LANES + (lane)] // of vectors in memory
#define INLINE static inline __attribute__((always_inline))
#ifdef __clang__
#define UNROLL _Pragma("unroll")
#else
#define UNROLL _Pragma("GCC unroll 64")
#endif

enum { KK = KERNEL * KERNEL };
enum { S1 = SIDE + 2 * PAD, P1 = (S1 - KERNEL + 1) / 2 }; // sides of a padded image and of S2
enum { S3 = P1, P3 = (S3 - KERNEL + 1) / 2 };             // sides of C3's input and of S4
enum { X = IN * S1 * S1, S2 = C1 * P1 * P1, S4 = C3 * P3 * P3 }; // values
enum { KEPT_PER_WINDOW = MAXIMUM ? 1 : 4 };
// What is kept of a group, in vectors: padded images, slopes of block 1, S2, slopes of block 3, the values from S4 on, and behind
// F6 the gradients by the sums of F5, F6 and OUT. All from S4 on become a row of numbers for each image.
enum { AT_D1 = X, AT_S2 = AT_D1 + S2 * KEPT_PER_WINDOW, AT_D3 = AT_S2 + S2, AT_S4 = AT_D3 + S4 * KEPT_PER_WINDOW };
enum { AT_F5 = AT_S4 + S4, AT_F6 = AT_F5 + F5, AT_D5 = AT_F6 + F6, AT_D6 = AT_D5 + F5, AT_D7 = AT_D6 + F6, KEPT = AT_D7 + OUT };
enum { ROW = KEPT - AT_S4 };
// The sums of a thread, in vectors: gradients of the weights of C1 and C3, then of all biases, then the loss; and its room to work in.
enum { AT_W3 = C1 * IN * KK, AT_B1 = AT_W3 + C3 * C1 * KK, AT_B3 = AT_B1 + C1, AT_B5 = AT_B3 + C3, AT_B6 = AT_B5 + F5 };
enum { AT_B7 = AT_B6 + F6, AT_LOSS = AT_B7 + OUT, SUMS = AT_LOSS + 1 };
enum { AT_KEPT = SUMS, AT_DS2 = AT_KEPT + KEPT, AT_DS4 = AT_DS2 + S2, AT_D = AT_DS4 + S4, ROOM = AT_D + 4 * (S2 > S4 ? S2 : S4) };

void sizes(int *to) { to[0] = LANES, to[1] = LANES * ROOM, to[2] = SUMS, to[3] = ROW; }

INLINE v where(vi condition, v yes, v no) { return (v)((condition & (vi)yes) | (~condition & (vi)no)); }
INLINE v all(float value) { return (v){} + value; }

INLINE v exponential(v x) { // 2^n e^r with r at most half of log 2, to the last digits of a float
    x = where(x > 87, all(87), where(x < -87, all(-87), x));
    const v shifted = x * 1.44269504f + 12582912.0f, n = shifted - 12582912.0f; // adding 1.5 * 2^23 rounds
    const v r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
    const v e = 1 + r * (1 + r * (1 / 2.f + r * (1 / 6.f + r * (1 / 24.f + r * (1 / 120.f + r * (1 / 720.f + r / 5040))))));
    return e * (v)((__builtin_convertvector(n, vi) + 127) << 23);
}

INLINE v activate(v x) {
    return ACTIVATION ? SCALE / (1 + exponential(-SLOPE * x)) - SHIFT : where(x > 0, x, all(0));
}

INLINE v slope(v y) { // of the activation where it outputs y
    return ACTIVATION ? SLOPE / SCALE * (y + SHIFT) * (SCALE - SHIFT - y) : where(y > 0, all(1), all(0));
}

// The pooled activation of a window of four sums, and in `kept` its slope in each of them: of a maximum the slope where it is,
// with the place, 0 to 3, in the last two bits of the float.
INLINE v pool(const v *z, v *kept) {
    v top = z[0], mean = all(0);
    vi place = {};
    UNROLL for (int i = 0; i < 4; i++) {
        const vi more = z[i] > top;
        top = where(more, z[i], top), place = (more & i) | (~more & place);
        if (!MAXIMUM) { const v a = activate(z[i]); mean += a / 4, kept[i] = slope(a) / 4; }
    }
    const v best = activate(top);
    if (MAXIMUM) kept[0] = (v)(((vi)slope(best) & ~3) | place);
    return MAXIMUM ? best : mean;
}

INLINE v slope_at(const v *kept, int i) {
    return MAXIMUM ? where(((vi)kept[0] & 3) == i, (v)((vi)kept[0] & ~3), all(0)) : kept[i];
}

// One block: maps x of `side` pixels to `out` pooled maps y; two rows of sums at a time, a tile of columns wide, in registers.
INLINE void block(int in, int side, int out, const v *x, const float *w, const float *b, v *kept, v *y) {
    const int P = (side - KERNEL + 1) / 2, R = 2 * P, tiles = (R + TILE - 1) / TILE, tile = 2 * ((P + tiles - 1) / tiles);
    for (int p = 0; p < P; p++) for (int o = 0; o < out; o++) for (int t = 0; t < tiles; t++) {
        const int j = t * tile < R - tile ? t * tile : R - tile; // the last tile may overlap
        v a[2][TILE];
        UNROLL for (int i = 0; i < tile; i++) a[0][i] = a[1][i] = all(b[o]);
        for (int c = 0; c < in; c++) {
            const float *k = w + (o * in + c) * KK;
            UNROLL for (int u = 0; u <= KERNEL; u++) UNROLL for (int s = 0; s < KERNEL; s++) UNROLL for (int i = 0; i < tile; i++) {
                const v q = x[(c * side + 2 * p + u) * side + j + s + i];
                if (u < KERNEL) a[0][i] += q * k[u * KERNEL + s];
                if (u > 0) a[1][i] += q * k[(u - 1) * KERNEL + s];
            }
        }
        UNROLL for (int i = 0; i < tile; i += 2) {
            const v z[4] = {a[0][i], a[0][i + 1], a[1][i], a[1][i + 1]};
            const int window = (o * P + p) * P + (j + i) / 2;
            y[window] = pool(z, kept + window * KEPT_PER_WINDOW);
        }
    }
}

// The gradient d of the sums `(out, 2 P, 2 P)` from that of the pooled values `(out, P, P)`, which is added to that of the biases.
INLINE void unpool(int out, int P, const v *back, const v *kept, v *d, v *db) {
    for (int o = 0; o < out; o++) {
        v bias = db[o];
        for (int p = 0; p < P; p++) for (int q = 0; q < P; q++) for (int i = 0; i < 4; i++) {
            const int window = (o * P + p) * P + q;
            const v g = back[window] * slope_at(kept + window * KEPT_PER_WINDOW, i);
            d[(o * 2 * P + 2 * p + i / 2) * 2 * P + 2 * q + i % 2] = g, bias += g;
        }
        db[o] = bias;
    }
}

// Add the gradients of the kernels: a kernel's in registers, `tile` columns of d against the pixels above them.
INLINE void weights(int in, int side, int out, const v *x, const v *d, v *dw) {
    const int R = (side - KERNEL + 1) / 2 * 2, tile = R % 5 == 0 ? 5 : R % 4 == 0 ? 4 : 2;
    for (int o = 0; o < out; o++) for (int c = 0; c < in; c++) {
        v a[KK], *to = dw + (o * in + c) * KK;
        UNROLL for (int k = 0; k < KK; k++) a[k] = to[k];
        for (int i = 0; i < R; i++) for (int j = 0; j < R; j += tile) {
            v g[5];
            UNROLL for (int t = 0; t < tile; t++) g[t] = d[(o * R + i) * R + j + t];
            UNROLL for (int u = 0; u < KERNEL; u++) UNROLL for (int p = 0; p < tile + KERNEL - 1; p++) {
                const v q = x[(c * side + i + u) * side + j + p];
                UNROLL for (int t = 0; t < tile; t++) if (p >= t && p - t < KERNEL) a[u * KERNEL + p - t] += g[t] * q;
            }
        }
        UNROLL for (int k = 0; k < KK; k++) to[k] = a[k];
    }
}

// The gradient dx of the maps that a block reads, a row at a time; PART maps of d at once, whose rows stay in the first cache.
INLINE void inputs(int in, int side, int out, const float *w, const v *d, v *dx) {
    const int R = (side - KERNEL + 1) / 2 * 2;
    for (int y = 0; y < side; y++) for (int from = 0; from < out; from += PART) for (int c = 0; c < in; c++) {
        v row[side], *to = dx + (c * side + y) * side;
        UNROLL for (int i = 0; i < side; i++) row[i] = from ? to[i] : all(0);
        for (int o = from; o < from + PART && o < out; o++) for (int u = 0; u < KERNEL; u++) if (y - u >= 0 && y - u < R) {
            const v *g = d + (o * R + y - u) * R;
            UNROLL for (int s = 0; s < KERNEL; s++) UNROLL for (int i = 0; i < R; i++)
                row[i + s] += g[i] * w[((o * in + c) * KERNEL + u) * KERNEL + s];
        }
        UNROLL for (int i = 0; i < side; i++) to[i] = row[i];
    }
}

// A dense layer: the sums y of `out` units, or their activations unless it is the last.
INLINE void dense(int in, int out, const v *x, const float *w, const float *b, int last, v *y) {
    const int tile = out < UNITS ? out : UNITS;
    for (int t = 0; t < out; t += tile) {
        const int o = t < out - tile ? t : out - tile; // the last tile may overlap
        v a[UNITS];
        UNROLL for (int k = 0; k < tile; k++) a[k] = all(b[o + k]);
        for (int i = 0; i < in; i++) UNROLL for (int k = 0; k < tile; k++) a[k] += x[i] * w[(o + k) * in + i];
        UNROLL for (int k = 0; k < tile; k++) y[o + k] = last ? a[k] : activate(a[k]);
    }
}

// The gradient dx of what it reads, or of the sums whose activations x it reads; and d is added to that of its biases.
INLINE void undense(int in, int out, const v *d, const float *w, const v *x, v *db, v *dx) {
    const int tile = in < UNITS ? in : UNITS;
    for (int t = 0; t < in; t += tile) {
        const int i = t < in - tile ? t : in - tile;
        v a[UNITS];
        UNROLL for (int k = 0; k < tile; k++) a[k] = all(0);
        for (int o = 0; o < out; o++) UNROLL for (int k = 0; k < tile; k++) a[k] += d[o] * w[o * in + i + k];
        UNROLL for (int k = 0; k < tile; k++) dx[i + k] = x ? a[k] * slope(x[i + k]) : a[k];
    }
    for (int o = 0; o < out; o++) db[o] += d[o];
}

// Adds the cross-entropy of the logits z of `images` images to `loss`; z becomes the gradient of its mean over n images.
INLINE void entropy(v *z, const long long *labels, int images, int n, v *loss) {
    v top = z[0], sum = all(0);
    for (int k = 1; k < OUT; k++) top = where(z[k] > top, z[k], top);
    for (int l = 0; l < images; l++) AT(loss, 0, l) += AT(&top, 0, l) - AT(z, labels[l], l);
    for (int k = 0; k < OUT; k++) z[k] = exponential(z[k] - top), sum += z[k];
    for (int k = 0; k < OUT; k++) z[k] /= sum;
    for (int l = 0; l < images; l++) AT(loss, 0, l) += logf(AT(&sum, 0, l));
    for (int k = 0; k < OUT; k++) for (int l = 0; l < LANES; l++)
        AT(z, k, l) = l < images ? (AT(z, k, l) - (k == labels[l])) / n : 0;
}

// One group of `images` images out of n: its gradients and its loss are added to `sums`, its rows written.
INLINE void group(const float *pixels, const long long *labels, int images, int n, const float *const *w, v *sums, float *rows) {
    v *x = sums + AT_KEPT, *ds2 = sums + AT_DS2, *ds4 = sums + AT_DS4, *d = sums + AT_D;
    for (int k = 0; k < X; k++) x[k] = all(0);
    for (int l = 0; l < images; l++) for (int c = 0; c < IN; c++) for (int i = 0; i < SIDE; i++) for (int j = 0; j < SIDE; j++)
        AT(x, (c * S1 + i + PAD) * S1 + j + PAD, l) = pixels[((l * IN + c) * SIDE + i) * SIDE + j];
    block(IN, S1, C1, x, w[0], w[1], x + AT_D1, x + AT_S2);
    block(C1, S3, C3, x + AT_S2, w[2], w[3], x + AT_D3, x + AT_S4);
    dense(S4, F5, x + AT_S4, w[4], w[5], 0, x + AT_F5);
    dense(F5, F6, x + AT_F5, w[6], w[7], 0, x + AT_F6);
    dense(F6, OUT, x + AT_F6, w[8], w[9], 1, x + AT_D7);
    entropy(x + AT_D7, labels, images, n, sums + AT_LOSS);
    undense(F6, OUT, x + AT_D7, w[8], x + AT_F6, sums + AT_B7, x + AT_D6);
    undense(F5, F6, x + AT_D6, w[6], x + AT_F5, sums + AT_B6, x + AT_D5);
    undense(S4, F5, x + AT_D5, w[4], 0, sums + AT_B5, ds4);
    for (int l = 0; l < images; l++) for (int k = 0; k < ROW; k++) rows[l * ROW + k] = AT(x + AT_S4, k, l);
    unpool(C3, P3, ds4, x + AT_D3, d, sums + AT_B3);
    weights(C1, S3, C3, x + AT_S2, d, sums + AT_W3);
    inputs(C1, S3, C3, w[2], d, ds2);
    unpool(C1, P1, ds2, x + AT_D1, d, sums + AT_B1);
    weights(IN, S1, C1, x, d, sums);
}

// Of n images (n, IN, SIDE, SIDE) the gradients of the mean loss by kernels and biases, and the sum of their losses: SUMS numbers.
// The weights of the dense layers are left: for them every image has a row, of S4, F5, F6 and the gradients by the sums of F5, F6
// and OUT.
void gradients(const float *pixels, const long long *labels, int n, int threads, const float *const *w, v *rooms, float *rows,
               float *totals) {
    const int groups = (n + LANES - 1) / LANES;
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int t = 0; t < threads; t++) {
        v *sums = rooms + (long)t * ROOM;
        for (int k = 0; k < SUMS; k++) sums[k] = all(0);
        for (int first = groups * t / threads * LANES; first < n && first < groups * (t + 1) / threads * LANES; first += LANES)
            group(pixels + (long)first * IN * SIDE * SIDE, labels + first, n - first < LANES ? n - first : LANES, n, w, sums,
                  rows + (long)first * ROW);
    }
    for (int k = 0; k < SUMS; k++) {
        totals[k] = 0;
        for (int t = 0; t < threads; t++) for (int l = 0; l < LANES; l++) totals[k] += AT(rooms + (long)t * ROOM, k, l);
    }
}
