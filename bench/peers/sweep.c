// The plain sweep in C: f64, fused multiply-add, eight accumulators of the widest vectors the machine has. Reads what the bench wrote, prints the
// best nanoseconds a multiply-add.
//   cc -O3 -march=native -pthread sweep.c -o sweep && ./sweep FILE THREADS
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined(__AVX512F__)
#include <immintrin.h>
typedef __m512d vec;
#define SPLAT(x) _mm512_set1_pd(x)
#define LOAD(at) _mm512_loadu_pd(at)
#define MADD(a, b, c) _mm512_fmadd_pd(a, b, c)
#define LEAST(a, b) _mm512_min_pd(a, b)
#elif defined(__AVX2__) && defined(__FMA__)
#include <immintrin.h>
typedef __m256d vec;
#define SPLAT(x) _mm256_set1_pd(x)
#define LOAD(at) _mm256_loadu_pd(at)
#define MADD(a, b, c) _mm256_fmadd_pd(a, b, c)
#define LEAST(a, b) _mm256_min_pd(a, b)
#else
typedef double vec __attribute__((vector_size(16)));
#define SPLAT(x) ((vec){(x), (x)})
static inline vec LOAD(const double *at) { vec v; memcpy(&v, at, sizeof v); return v; }
#define MADD(a, b, c) ((a) * (b) + (c))
static inline vec LEAST(vec a, vec b) { return (vec){a[0] < b[0] ? a[0] : b[0], a[1] < b[1] ? a[1] : b[1]}; }
#endif
enum { WIDTH = sizeof(vec) / sizeof(double), CHUNK = 512, ROUNDS = 9, THREADS_MAX = 64 };

static int64_t accounts, positions, products, lanes;
static int32_t *start, *rows;
static double *quantities, *book, *out;
static int64_t next_account;

// N accumulators over the lanes from t on; the compiler unrolls it, so that all of them are registers.
#define PASS(N)                                                              \
  for (; t + (N) * WIDTH <= lanes; t += (N) * WIDTH) {                       \
    vec sum[N];                                                              \
    _Pragma("GCC unroll 8") for (int a = 0; a < (N); a++) sum[a] = SPLAT(0); \
    for (int32_t p = start[i]; p < start[i + 1]; p++) {                      \
      const double *row = book + (int64_t)rows[p] * lanes + t;               \
      const vec q = SPLAT(quantities[p]);                                    \
      _Pragma("GCC unroll 8") for (int a = 0; a < (N); a++)                  \
        sum[a] = MADD(q, LOAD(row + a * WIDTH), sum[a]);                     \
    }                                                                        \
    _Pragma("GCC unroll 8") for (int a = 0; a < (N); a++) least = LEAST(least, sum[a]); \
  }

static void sweep(int64_t from, int64_t to) {
  for (int64_t i = from; i < to; i++) {
    vec least = SPLAT(0);
    int64_t t = 0;
    PASS(8)
    PASS(4)
    PASS(1)
    double each[WIDTH], worst = 0;
    memcpy(each, &least, sizeof each);
    for (int s = 0; s < WIDTH; s++) worst = each[s] < worst ? each[s] : worst;
    out[i] = -worst;
  }
}

static void *work(void *unused) {
  (void)unused;
  for (;;) {
    int64_t from = __atomic_fetch_add(&next_account, CHUNK, __ATOMIC_RELAXED);
    if (from >= accounts) return NULL;
    sweep(from, from + CHUNK < accounts ? from + CHUNK : accounts);
  }
}

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

int main(int argc, char **argv) {
  FILE *file = argc > 2 ? fopen(argv[1], "rb") : NULL;
  int threads = argc > 2 ? atoi(argv[2]) : 1;
  int64_t head[4];
  if (!file || threads < 1 || threads > THREADS_MAX || fread(head, 8, 4, file) != 4) return 1;
  accounts = head[0], positions = head[1], products = head[2], lanes = head[3];
  if (lanes % WIDTH != 0) return 1;
  start = malloc(4 * (accounts + 2));
  rows = malloc(4 * (positions + 2));
  quantities = malloc(8 * positions);
  book = aligned_alloc(64, (8 * products * lanes + 63) / 64 * 64);
  out = malloc(8 * accounts);
  size_t read = fread(book, 8, products * lanes, file) + fread(quantities, 8, positions, file) +
                fread(start, 4, accounts + 1, file) + fread(rows, 4, positions, file);
  if ((int64_t)read != products * lanes + positions + accounts + 1 + positions) return 1;
  double best = 1e9;
  for (int round = 0; round < ROUNDS; round++) {
    pthread_t pool[THREADS_MAX];
    next_account = 0;
    double began = seconds();
    for (int k = 1; k < threads; k++) pthread_create(&pool[k], NULL, work, NULL);
    work(NULL);
    for (int k = 1; k < threads; k++) pthread_join(pool[k], NULL);
    double took = seconds() - began;
    if (took < best) best = took;
  }
  printf("%.6f %.9g\n", 1e9 * best / ((double)positions * lanes), out[0] + out[accounts - 1]);
  return 0;
}
