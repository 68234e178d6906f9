// The two blocks of LeNet (convolution, activation, pooling), forward and backward, on a group of images at a time.
//
// Equal pixels of the LANES images of a group lie side by side and fill one vector, so that every multiply-add of the
// network is one of whole vectors, however few maps a layer has. The sizes of the network are constants, given as -D, so
// that the compiler unrolls the loops over them and keeps sums in registers: IN maps of SIDE pixels with PAD around them,
// C1 and C3 maps, kernels of KERNEL. MAXIMUM is 1, or 0 for the mean. ACTIVATION is 0 for ReLU, else it is
// SCALE * sigmoid(SLOPE * x) - SHIFT, which is sigmoid, tanh and scaled tanh.

#if defined(__AVX512F__)
#define LANES 16
#elif defined(__AVX__)
#define LANES 8
#else
#define LANES 4
#endif
#if defined(__AVX512F__) || defined(__aarch64__)
#define TILE 14 // columns of sums that fit, two rows of them, into 32 registers
#else
#define TILE 4 // or into 16
#endif
typedef float v __attribute__((vector_size(4 * LANES)));
typedef int vi __attribute__((vector_size(4 * LANES)));
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
// What forward keeps of a group for backward, in vectors: padded images, slopes of block 1, S2, slopes of block 3, and S4.
enum { AT_D1 = X, AT_S2 = AT_D1 + S2 * KEPT_PER_WINDOW, AT_D3 = AT_S2 + S2, AT_S4 = AT_D3 + S4 * KEPT_PER_WINDOW };
enum { KEPT = AT_S4 + S4 };
// The sums of a thread, in vectors: gradients of the weights and biases of C1, then of C3; and its room to work in.
enum { AT_B1 = C1 * IN * KK, AT_W3 = AT_B1 + C1, AT_B3 = AT_W3 + C3 * C1 * KK, SUMS = AT_B3 + C3 };
enum { AT_DS2 = SUMS, AT_D = AT_DS2 + S2, ROOM = AT_D + 4 * (S2 > S4 ? S2 : S4) };

void sizes(int *to) { to[0] = LANES, to[1] = KEPT, to[2] = SUMS, to[3] = ROOM; }

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
    for (int o = 0; o < out; o++) for (int p = 0; p < P; p++) for (int t = 0; t < tiles; t++) {
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

// The gradient d of the sums `(out, 2 P, 2 P)` from that of the pooled values `(out, P, P)`.
INLINE void unpool(int out, int P, const v *back, const v *kept, v *d) {
    for (int o = 0; o < out; o++) for (int p = 0; p < P; p++) for (int q = 0; q < P; q++) for (int i = 0; i < 4; i++) {
        const int window = (o * P + p) * P + q;
        d[(o * 2 * P + 2 * p + i / 2) * 2 * P + 2 * q + i % 2] = back[window] * slope_at(kept + window * KEPT_PER_WINDOW, i);
    }
}

// Add the gradients of kernels and biases: a kernel's in registers, `tile` columns of d against the pixels above them.
INLINE void weights(int in, int side, int out, const v *x, const v *d, v *dw, v *db) {
    const int R = (side - KERNEL + 1) / 2 * 2, tile = R % 5 == 0 ? 5 : R % 4 == 0 ? 4 : 2;
    for (int o = 0; o < out; o++) for (int c = 0; c < in; c++) {
        v a[KK], bias = all(0), *to = dw + (o * in + c) * KK;
        UNROLL for (int k = 0; k < KK; k++) a[k] = to[k];
        for (int i = 0; i < R; i++) for (int j = 0; j < R; j += tile) {
            v g[5];
            UNROLL for (int t = 0; t < tile; t++) { g[t] = d[(o * R + i) * R + j + t]; bias += g[t]; }
            UNROLL for (int u = 0; u < KERNEL; u++) UNROLL for (int p = 0; p < tile + KERNEL - 1; p++) {
                const v q = x[(c * side + i + u) * side + j + p];
                UNROLL for (int t = 0; t < tile; t++) if (p >= t && p - t < KERNEL) a[u * KERNEL + p - t] += g[t] * q;
            }
        }
        UNROLL for (int k = 0; k < KK; k++) to[k] = a[k];
        if (c == 0) db[o] += bias;
    }
}

// The gradient dx of the maps that a block reads, a row at a time.
INLINE void inputs(int in, int side, int out, const float *w, const v *d, v *dx) {
    const int R = (side - KERNEL + 1) / 2 * 2;
    for (int c = 0; c < in; c++) for (int y = 0; y < side; y++) {
        v row[side];
        UNROLL for (int i = 0; i < side; i++) row[i] = all(0);
        for (int o = 0; o < out; o++) for (int u = 0; u < KERNEL; u++) if (y - u >= 0 && y - u < R) {
            const v *g = d + (o * R + y - u) * R;
            UNROLL for (int s = 0; s < KERNEL; s++) UNROLL for (int i = 0; i < R; i++)
                row[i + s] += g[i] * w[((o * in + c) * KERNEL + u) * KERNEL + s];
        }
        UNROLL for (int i = 0; i < side; i++) dx[(c * side + y) * side + i] = row[i];
    }
}

// Of n images (n, IN, SIDE, SIDE): S4 as (n, S4), and what backward needs in `keep`, KEPT vectors a group.
void forward(const float *images, int n, int threads, const float *w1, const float *b1, const float *w3, const float *b3,
             v *keep, float *out) {
    const int groups = (n + LANES - 1) / LANES;
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int g = 0; g < groups; g++) {
        v *x = keep + (long)g * KEPT, *y = x + AT_S4;
        const float *from[LANES];
        for (int l = 0; l < LANES; l++) from[l] = images + (long)IN * SIDE * SIDE * (g * LANES + l < n ? g * LANES + l : n - 1);
        for (int c = 0; c < IN; c++) for (int i = 0; i < S1; i++) for (int j = 0; j < S1; j++) {
            const int inside = i >= PAD && i < PAD + SIDE && j >= PAD && j < PAD + SIDE;
            v q = all(0);
            if (inside) for (int l = 0; l < LANES; l++) q[l] = from[l][(c * SIDE + i - PAD) * SIDE + j - PAD];
            x[(c * S1 + i) * S1 + j] = q;
        }
        block(IN, S1, C1, x, w1, b1, x + AT_D1, x + AT_S2);
        block(C1, S3, C3, x + AT_S2, w3, b3, x + AT_D3, y);
        for (int l = 0; l < LANES && g * LANES + l < n; l++)
            for (int k = 0; k < S4; k++) out[(long)(g * LANES + l) * S4 + k] = y[k][l];
    }
}

// From the gradient of S4 (n, S4): all gradients, as SUMS vectors at the head of the ROOM of each thread, whose lanes are to be added.
void backward(const float *back, int n, int threads, const float *w3, v *keep, v *rooms) {
    const int groups = (n + LANES - 1) / LANES;
#pragma omp parallel for num_threads(threads) schedule(static)
    for (int t = 0; t < threads; t++) {
        v *sums = rooms + (long)t * ROOM, *ds2 = sums + AT_DS2, *d = sums + AT_D;
        for (int k = 0; k < SUMS; k++) sums[k] = all(0);
        for (int g = groups * t / threads; g < groups * (t + 1) / threads; g++) {
            v *x = keep + (long)g * KEPT, *y = x + AT_S4;
            for (int k = 0; k < S4; k++) for (int l = 0; l < LANES; l++)
                y[k][l] = g * LANES + l < n ? back[(long)(g * LANES + l) * S4 + k] : 0;
            unpool(C3, P3, y, x + AT_D3, d);
            weights(C1, S3, C3, x + AT_S2, d, sums + AT_W3, sums + AT_B3);
            inputs(C1, S3, C3, w3, d, ds2);
            unpool(C1, P1, ds2, x + AT_D1, d);
            weights(IN, S1, C1, x, d, sums, sums + AT_B1);
        }
    }
}
